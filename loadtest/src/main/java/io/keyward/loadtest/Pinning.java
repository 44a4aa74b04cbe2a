package io.keyward.loadtest;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;

/** Keeps this program on processors of its own, so that servers have theirs for themselves. */
final class Pinning {
  private Pinning() {}

  /** Whether there is more than one processor; to be asked before this program is pinned. */
  static boolean possible() {
    return Runtime.getRuntime().availableProcessors() > 1;
  }

  /** Pins all present threads of this program, from which those to come inherit it. */
  static void pinThisProgram(String cpus) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                "taskset", "-a", "-c", "-p", cpus, Long.toString(ProcessHandle.current().pid()))
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.INHERIT)
            .start();
    if (process.waitFor() != 0) {
      throw new IOException("taskset could not pin this program to processor " + cpus);
    }
  }
}
