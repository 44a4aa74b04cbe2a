package io.keyward.loadtest;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** A gateway with a configuration file, on a processor of its own. */
final class PinnedGateway {
  @Option(
      names = "--command",
      description =
          "How to start the gateway; {config} stands for keyward.yaml and {port} for the port."
              + " Default: gateway/run.")
  private String command =
      "'"
          + Path.of(System.getProperty("keyward.top", "."), "gateway/run")
          + "' {config} --port {port} --save \"\" --appendonly no";

  @Option(
      names = "--server-cpu",
      description = "Processor that the gateway is pinned to. Default: ${DEFAULT-VALUE}.")
  private String serverCpu = "1";

  @Option(
      names = "--client-cpu",
      description =
          "Processor that this program and what it starts beside the gateway are pinned to."
              + " Default: ${DEFAULT-VALUE}.")
  private String clientCpu = "0";

  private boolean pinned;

  /** Lets this program run before others, and on its own processor if there are several. */
  void makeRoom() throws IOException, InterruptedException {
    pinned = Pinning.possible();
    Weight.raise();
    if (pinned) {
      Pinning.pinThisProgram(clientCpu);
    }
  }

  /** Starts the gateway; {@link #makeRoom} comes before. */
  RunningServer start(Path config) throws IOException, InterruptedException {
    ServerCommand line =
        new ServerCommand("keyward", command.replace("{config}", config.toString()));
    return RunningServer.start(line, 0, pinned ? serverCpu : null);
  }
}
