package io.keyward.loadtest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say where servers run, and where this program: on processors of their own. */
final class Processors {
  private static final String ALLOWED = "Cpus_allowed_list:";

  @Option(
      names = "--server-cpu",
      description = "Processor that each server is pinned to. Default: ${DEFAULT-VALUE}.",
      defaultValue = "1")
  private String ofServers = "1";

  @Option(
      names = "--client-cpu",
      description =
          "Processor that this program, and what it starts beside the servers, is pinned to."
              + " Default: ${DEFAULT-VALUE}.",
      defaultValue = "0")
  private String ofClient = "0";

  /** Asked before this program is pinned itself, as it sees one processor afterwards. */
  private final boolean several = Runtime.getRuntime().availableProcessors() > 1;

  /** Likewise: all that this program may use, as taskset lists them. */
  private final String all = allowed();

  private static String allowed() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith(ALLOWED))
          .map(line -> line.substring(ALLOWED.length()).strip())
          .findFirst()
          .orElseThrow();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Where a server may use every processor: one that is not pinned has those of this program. */
  String all() {
    return all;
  }

  /** Where servers are pinned to; null where there is only one processor. */
  @Nullable String ofServers() {
    return several ? ofServers : null;
  }

  /** Begins to watch whether the host leaves both processors here. */
  HostWatch watchHost() throws InterruptedException {
    return HostWatch.of(several ? List.of(ofClient, ofServers) : List.of(ofServers));
  }

  /**
   * Pins all threads of this program, so that the servers have their processor for themselves, and
   * sees to it that other programs hardly take part of either.
   */
  void pinClient() throws IOException, InterruptedException {
    Weight.raise();
    if (several) {
      pinThisProgram(ofClient);
    } else {
      System.err.println("only one processor: servers and client share it, nothing is pinned");
    }
  }

  /** Pins all present threads, from which those to come inherit it. */
  private static void pinThisProgram(String cpus) throws IOException, InterruptedException {
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
