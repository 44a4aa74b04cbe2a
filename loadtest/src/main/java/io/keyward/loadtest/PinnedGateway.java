package io.keyward.loadtest;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
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

  @Mixin private Processors processors = new Processors();

  /** Lets this program run before others, and on its own processor if there are several. */
  void makeRoom() throws IOException, InterruptedException {
    processors.pinClient();
  }

  /** As {@link Processors#watchHost}. */
  HostWatch watchHost() throws InterruptedException {
    return processors.watchHost();
  }

  /** Starts the gateway; {@link #makeRoom} comes before. */
  RunningServer start(Path config) throws IOException, InterruptedException {
    ServerCommand line =
        new ServerCommand("keyward", command.replace("{config}", config.toString()));
    return RunningServer.start(line, 0, processors.ofServers());
  }
}
