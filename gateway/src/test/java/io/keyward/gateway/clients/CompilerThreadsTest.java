package io.keyward.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keyward.gateway.fixture.GatewayProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JVM's compiler threads give way to event loops, where the system lets threads do so. */
class CompilerThreadsTest {
  /** The place of the niceness in a thread's file behind its name, as in proc_pid_stat(5). */
  private static final int NICENESS = 16;

  @TempDir Path folder;

  @Test
  void theyAreNicerThanEventLoops() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/task")));
    try (GatewayProcess gateway = GatewayProcess.start(folder, List.of(), Map.of())) {
      int loops = niceness(gateway, "vert.x-eventloop").getFirst();
      Waiting.until(
          "compiler threads to be nicer",
          () -> niceness(gateway, "C1 CompilerThread").stream().allMatch(one -> one > loops));
      assertThat(niceness(gateway, "vert.x-eventloop")).containsOnly(loops);
    }
  }

  /** That of each thread whose name, of which the system keeps 15 characters, begins so. */
  private static List<Integer> niceness(GatewayProcess gateway, String name) throws IOException {
    String kept = "(" + name.substring(0, 15) + ")";
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + gateway.pid() + "/task"))) {
      List<Integer> found =
          threads
              .map(CompilerThreadsTest::figures)
              .filter(figures -> figures.contains(kept))
              .map(figures -> figures.substring(figures.lastIndexOf(')') + 2).split(" ", -1))
              .map(figures -> Integer.parseInt(figures[NICENESS]))
              .toList();
      assertThat(found).as(name).isNotEmpty();
      return found;
    }
  }

  private static String figures(Path thread) {
    try {
      return Files.readString(thread.resolve("stat"));
    } catch (IOException ended) {
      return "";
    }
  }
}
