package io.keyward.loadtest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say which servers are compared and how the figures are printed. */
final class ServerOptions {
  @Option(
      names = "--server-cmd",
      paramLabel = "<name=command>",
      description =
          "A server to start, repeatable; {port} in the command stands for its port. The words"
              + " 'redis' and 'keyward' alone mean the two default servers. The first is the"
              + " reference of the ratios. Default: redis-server from the PATH, then gateway/run.")
  private List<String> commands = new ArrayList<>();

  @Option(
      names = "--appendfsync",
      paramLabel = "<when>",
      description =
          "Has every server write an append-only file: always, everysec or no. Default: the default"
              + " servers are in memory alone.")
  private @Nullable String appendFsync;

  @Option(
      names = "--port",
      description = "Port of the first server, the next takes the next one. Default: free ports.")
  private int port;

  @Option(
      names = "--format",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
      defaultValue = "table")
  private TextTable.Format format = TextTable.Format.table;

  TextTable.Format format() {
    return format;
  }

  List<ServerCommand> servers() {
    Path top = Path.of(System.getProperty("keyward.top", "."));
    List<ServerCommand> all =
        commands.isEmpty()
            ? List.of(ServerCommand.redis(), ServerCommand.gateway(top))
            : commands.stream().map(text -> ServerCommand.parse(text, top)).toList();
    return appendFsync == null
        ? all
        : all.stream()
            .map(server -> server.with("--appendonly yes --appendfsync " + appendFsync))
            .toList();
  }

  RunningServer start(int index, @Nullable String cpus) throws IOException, InterruptedException {
    return RunningServer.start(servers().get(index), port == 0 ? 0 : port + index, cpus);
  }

  /** Starts all servers; when one fails, those before it are stopped. */
  List<RunningServer> startAll(@Nullable String cpus) throws IOException, InterruptedException {
    List<RunningServer> running = new ArrayList<>();
    try {
      for (int i = 0; i < servers().size(); i++) {
        running.add(start(i, cpus));
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      stopAll(running);
      throw e;
    }
    return running;
  }

  static void stopAll(List<RunningServer> servers) throws IOException {
    for (RunningServer server : servers) {
      server.close();
    }
  }
}
