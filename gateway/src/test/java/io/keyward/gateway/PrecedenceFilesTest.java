package io.keyward.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which threads have a name, as their files say. */
class PrecedenceFilesTest {
  @TempDir Path threads;

  private void thread(String number, String name) throws IOException {
    Files.writeString(Files.createDirectory(threads.resolve(number)).resolve("comm"), name + "\n");
  }

  @Test
  void oneThatEndsMeanwhileIsPassedOver() throws Exception {
    thread("101", "vert.x-eventloop");
    thread("102", "C2 CompilerThre");
    Files.createDirectory(threads.resolve("103"));
    thread("104", "C1 CompilerThre");
    assertThat(Precedence.numbers(threads, "C[12] Compiler.*")).containsExactlyInAnyOrder(102, 104);
  }
}
