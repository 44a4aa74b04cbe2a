package io.keyward.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keyward.gateway.fixture.GatewayProcess;
import io.keyward.gateway.fixture.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Event loops run before the JVM's compiler threads, where the system lets threads ask for it. */
class PrecedenceTest {
  /** The place of the niceness in a thread's file behind its name, as in proc_pid_stat(5). */
  private static final int NICENESS = 16;

  /** What stands before a thread's slice, as sched_show_task of Linux writes it. */
  private static final String SLICE = "se.slice";

  @TempDir Path folder;

  @Test
  void compilersAreNicerThanEventLoops() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/task")));
    try (GatewayProcess gateway = GatewayProcess.start(folder, List.of(), Map.of())) {
      int loops = niceness(gateway, "vert.x-eventloop").getFirst();
      Waiting.until(
          "compiler threads to be nicer",
          () -> niceness(gateway, "C1 CompilerThread").stream().allMatch(one -> one > loops));
      assertThat(niceness(gateway, "vert.x-eventloop")).containsOnly(loops);
    }
  }

  @Test
  void eventLoopsHaveShorterSlicesThanCompilers() throws Exception {
    assumeTrue(threadsMayAskForSlices());
    try (GatewayProcess gateway = GatewayProcess.start(folder, List.of(), Map.of())) {
      Waiting.until(
          "event loops to have short slices",
          () -> {
            long longest = slices(gateway, "vert.x-eventloo").max().orElseThrow();
            return longest < slices(gateway, "C1 CompilerThre").min().orElseThrow();
          });
    }
  }

  @Test
  void whatALoopStartsHasUsualSlices() throws Exception {
    assumeTrue(threadsMayAskForSlices());
    try (GatewayProcess gateway = GatewayProcess.start(folder, List.of(), Map.of());
        Jedis client = new Jedis("127.0.0.1", gateway.port(), Patience.MILLIS)) {
      long usual = slices(gateway, "C1 CompilerThre").findFirst().orElseThrow();
      Waiting.until(
          "event loops to have short slices",
          () -> slices(gateway, "vert.x-eventloo").allMatch(slice -> slice < usual));
      client.mset("a", "1", "b", "2");
      client.configSet("rdb-key-save-delay", "10000000");
      client.bgrewriteaof();
      Waiting.until(
          "the thread of a rewrite", () -> slices(gateway, "keyward-aof-rew").count() == 1);
      assertThat(slices(gateway, "keyward-aof-rew")).containsExactly(usual);
      client.configSet("rdb-key-save-delay", "0");
    }
  }

  /** Whether it is Linux from 6.12 on, built so that it tells of slices. */
  private static boolean threadsMayAskForSlices() throws IOException {
    String[] version = System.getProperty("os.version").split("[.-]", -1);
    Path own = Path.of("/proc/self/sched");
    return Files.isReadable(own)
        && Files.readString(own).contains(SLICE)
        && (Integer.parseInt(version[0]) > 6
            || (version[0].equals("6") && Integer.parseInt(version[1]) >= 12));
  }

  /** Those of the threads of a name, in nanoseconds. */
  private static LongStream slices(GatewayProcess gateway, String name) throws IOException {
    List<Path> threads;
    try (Stream<Path> found = Files.list(Path.of("/proc/" + gateway.pid() + "/task"))) {
      threads = found.filter(thread -> figures(thread).contains("(" + name + ")")).toList();
    }
    return threads.stream()
        .flatMap(thread -> text(thread.resolve("sched")).lines())
        .filter(line -> line.startsWith(SLICE))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()));
  }

  /** That of each thread whose name, of which the system keeps 15 characters, begins so. */
  private static List<Integer> niceness(GatewayProcess gateway, String name) throws IOException {
    String kept = "(" + name.substring(0, 15) + ")";
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + gateway.pid() + "/task"))) {
      List<Integer> found =
          threads
              .map(PrecedenceTest::figures)
              .filter(figures -> figures.contains(kept))
              .map(figures -> figures.substring(figures.lastIndexOf(')') + 2).split(" ", -1))
              .map(figures -> Integer.parseInt(figures[NICENESS]))
              .toList();
      assertThat(found).as(name).isNotEmpty();
      return found;
    }
  }

  private static String figures(Path thread) {
    return text(thread.resolve("stat"));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException ended) {
      return "";
    }
  }
}
