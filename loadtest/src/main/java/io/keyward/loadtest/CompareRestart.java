package io.keyward.loadtest;

import static io.keyward.loadtest.Figures.fixed;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures how long a server is away that is restarted with live streams. */
@Command(
    name = "restart",
    description = {
      "Fills a server with live streams as a chat service writes them, lets readers listen, ends it"
          + " by a signal and starts it again on its files.",
      "Printed are milliseconds from the signal to the moment at which the last reader knows that"
          + " its connection is gone, to the end of the process, and to the first PONG of the next"
          + " one, which is started at once; and whether every stream has all of its entries."
    },
    sortOptions = false)
final class CompareRestart implements Callable<Integer> {
  private static final int CONNECTIONS = 8;
  private static final int PIPELINE = 64;
  private static final String EVENT =
      "{\"event\":\"on_message_delta\",\"data\":{\"id\":\"step_XSpEGfJxPvNcMQUU\",\"delta\":"
          + "{\"content\":[{\"type\":\"text\",\"text\":\" token\"}]}}}";

  @Option(names = "--streams", description = "Live streams. Default: ${DEFAULT-VALUE}.")
  private int streams = 10_000;

  @Option(names = "--chunks", description = "Entries of each. Default: ${DEFAULT-VALUE}.")
  private int chunks = 200;

  @Option(names = "--readers", description = "Subscribed clients. Default: ${DEFAULT-VALUE}.")
  private int readers = 100;

  @Option(
      names = "--signals",
      split = ",",
      description = "What ends the server, one after the other. Default: TERM,KILL.")
  private List<String> signals = List.of("TERM", "KILL");

  @Option(names = "--fsync", description = "appendfsync. Default: ${DEFAULT-VALUE}.")
  private String fsync = "everysec";

  @Option(names = "--port", description = "Port of the server. Default: a free one.")
  private int port;

  @Option(
      names = "--server-cmd",
      description =
          "Shell command that becomes the server; {port} and {fsync} stand for those. Default:"
              + " gateway/run.")
  private String command =
      "'"
          + Path.of(System.getProperty("keyward.top", "."), "gateway/run")
          + "' --port {port} --dir . --appendonly yes --appendfsync {fsync} --save \"\"";

  @Override
  public Integer call() throws IOException, InterruptedException {
    int used = Ports.orFree(port);
    Path directory = Files.createTempDirectory("restarts");
    String line = command.replace("{port}", Integer.toString(used)).replace("{fsync}", fsync);
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), used);
    TextTable table = new TextTable().column("signal");
    for (String name : List.of("readers told", "process ended", "serving again")) {
      table.column("ms after the signal", name);
    }
    table.column("AOF MB").column("streams short");
    RestartedServer server = RestartedServer.start(line, directory, address);
    boolean whole = true;
    try {
      fill(address);
      for (String signal : signals) {
        int lacking = restart(server, signal, directory, table);
        whole &= lacking == 0;
      }
    } finally {
      server.close();
    }
    System.out.print(table.render(TextTable.Format.table));
    delete(directory);
    return Verdict.print(
        List.of(
            new Verdict(
                whole,
                "after each restart %d streams have %d entries".formatted(streams, chunks),
                whole ? "all" : "not all")));
  }

  private void fill(InetSocketAddress address) throws IOException {
    RequestTemplate add =
        RequestTemplate.of(
            List.of("XADD", "stream:{" + RequestTemplate.SLOT + "}:chunks", "*", "event", EVENT));
    try (LoadGenerator generator =
        new LoadGenerator(address, CONNECTIONS, add, PIPELINE, KeyNumbers.sequential(streams))) {
      generator.closedLoop((long) streams * chunks, Duration.ofHours(1).toNanos());
    } catch (ErrorReplyException refused) {
      throw new IOException("the server refused a chunk: " + refused.getMessage(), refused);
    }
  }

  /** Restarts the server and adds a line; returns how many streams lack something. */
  private int restart(RestartedServer server, String signal, Path directory, TextTable table)
      throws IOException, InterruptedException {
    try (ListeningReaders listening = new ListeningReaders(server.address(), readers)) {
      double bytes = size(directory);
      long begin = System.nanoTime();
      server.end(signal);
      long ended = System.nanoTime();
      server.startAgain();
      long serving = System.nanoTime();
      int lacking = lacking(server.address());
      table.row(
          List.of(
              signal,
              fixed((listening.lastEndNanos() - begin) / 1e6, 0),
              fixed((ended - begin) / 1e6, 0),
              fixed((serving - begin) / 1e6, 0),
              fixed(bytes / 1e6, 0),
              Integer.toString(lacking)));
      return lacking;
    }
  }

  private int lacking(InetSocketAddress address) throws IOException {
    int lacking = 0;
    String wanted = Integer.toString(chunks);
    try (ControlConnection connection = new ControlConnection(address)) {
      for (int i = 0; i < streams; i++) {
        String key = "stream:{" + "%012d".formatted(i) + "}:chunks";
        lacking += connection.call("XLEN", key).equals(wanted) ? 0 : 1;
      }
    }
    return lacking;
  }

  private static long size(Path directory) throws IOException {
    long size = 0;
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        size += Files.size(file);
      }
    }
    return size;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
