package io.keyward.gateway.dashboards;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that has been run to its end.
 *
 * @param output what it wrote, errors among it
 */
record Program(int exitCode, String output) {
  private static final long LIMIT_SECONDS = 120;

  static Program run(Path directory, List<String> command)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("keyward-program", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      try {
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
          throw new IOException(command + " did not end within " + LIMIT_SECONDS + " s");
        }
      } finally {
        process.destroyForcibly();
      }
      return new Program(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    } finally {
      Files.delete(output);
    }
  }
}
