package io.keyward.loadtest;

import static io.keyward.loadtest.Figures.fixed;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares how often a cache of equal memory has what is asked for, policy by policy. */
@Command(
    name = "hit-ratio",
    description = {
      "Asks each server for the keys of three traces, stores what it has not, and prints the share"
          + " of requests that found their key, for each eviction policy at the same maxmemory.",
      "The first half of each trace fills the cache and is not counted."
    },
    sortOptions = false)
final class CompareHitRatio implements Callable<Integer> {
  private static final int BATCH = 64;
  private static final long SEED = 42;
  private static final List<String> EVERYBODYS = List.of("allkeys-lru", "allkeys-lfu");
  private static final String OURS = "allkeys-tinylfu";

  @Option(names = "--maxmemory", description = "Default: ${DEFAULT-VALUE}.")
  private String memory = "32mb";

  @Option(names = "--keys", description = "Default: ${DEFAULT-VALUE}.")
  private int keys = 1_000_000;

  @Option(names = "--requests", description = "Of each trace. Default: ${DEFAULT-VALUE}.")
  private int requests = 1_500_000;

  @Option(names = "--size", description = "Bytes of a value. Default: ${DEFAULT-VALUE}.")
  private int size = 100;

  @Mixin private ServerOptions servers = new ServerOptions();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Weight.raise();
    List<RunningServer> running = servers.startAll(null);
    TextTable table = new TextTable().column("trace");
    List<double[]> best = new ArrayList<>();
    try {
      List<RunningServer> columns = new ArrayList<>();
      List<String> policies = new ArrayList<>();
      for (RunningServer server : running) {
        for (String policy : policies(server)) {
          columns.add(server);
          policies.add(policy);
          table.column(server.name(), policy);
        }
      }
      for (Trace trace : Trace.values()) {
        List<String> cells = new ArrayList<>(List.of(trace.toString()));
        double reference = 0;
        double tiny = 0;
        for (int i = 0; i < columns.size(); i++) {
          double ratio = run(columns.get(i), policies.get(i), trace);
          cells.add(fixed(100 * ratio, 2));
          String cell = trace + " " + columns.get(i).name() + " " + policies.get(i);
          System.err.println(cell + " " + cells.getLast() + " %");
          if (columns.get(i) == running.getFirst()) {
            reference = Math.max(reference, ratio);
          }
          tiny = policies.get(i).equals(OURS) ? ratio : tiny;
        }
        table.row(cells);
        best.add(new double[] {reference, tiny});
      }
    } finally {
      ServerOptions.stopAll(running);
    }
    System.out.print(table.render(servers.format()));
    List<Verdict> verdicts = new ArrayList<>();
    for (Trace trace : Trace.values()) {
      double[] pair = best.get(trace.ordinal());
      verdicts.add(
          new Verdict(
              pair[1] > pair[0],
              "hit ratio of " + OURS + " above both of the reference's on " + trace,
              fixed(100 * pair[1], 2) + " to " + fixed(100 * pair[0], 2) + " %"));
    }
    return Verdict.print(verdicts);
  }

  private static List<String> policies(RunningServer server) throws IOException {
    List<String> policies = new ArrayList<>(EVERYBODYS);
    try (ControlConnection control = server.connect()) {
      control.call("CONFIG", "SET", "maxmemory-policy", OURS);
      policies.add(OURS);
    } catch (ErrorReplyException unknown) {
      // This server does not have it.
    }
    return policies;
  }

  private double run(RunningServer server, String policy, Trace trace)
      throws IOException, InterruptedException {
    try (ControlConnection control = server.connect()) {
      control.call("FLUSHALL");
      control.call("CONFIG", "SET", "maxmemory", memory);
      control.call("CONFIG", "SET", "maxmemory-policy", policy);
      // A server may take the new policy into use with its next regular work.
      Thread.sleep(300);
    }
    Trace.Keys asked = trace.begin(keys, requests, SEED);
    long hits = 0;
    long counted = 0;
    try (Cache cache = new Cache(server, size)) {
      for (int sent = 0; sent < requests; sent += BATCH) {
        int found = cache.ask(asked);
        if (sent >= requests / 2) {
          hits += found;
          counted += BATCH;
        }
      }
    }
    return (double) hits / counted;
  }

  /** Asks for keys in batches and stores those that were not there. */
  private static final class Cache implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final ByteBuffer out;
    private final byte[] value;
    private final int[] batch = new int[BATCH];

    Cache(RunningServer server, int size) throws IOException {
      socket = new Socket(server.address().getAddress(), server.address().getPort());
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
      out = ByteBuffer.allocate(BATCH * (size + 100));
      value = ("$" + size + "\r\n" + "x".repeat(size) + "\r\n").getBytes(ISO_8859_1);
    }

    int ask(Trace.Keys keys) throws IOException {
      for (int i = 0; i < BATCH; i++) {
        batch[i] = keys.next();
        out.put("*2\r\n$3\r\nGET\r\n".getBytes(ISO_8859_1));
        key(batch[i]);
      }
      send();
      int hits = 0;
      int misses = 0;
      for (int i = 0; i < BATCH; i++) {
        if (takeBulk()) {
          hits++;
        } else {
          misses++;
          out.put("*3\r\n$3\r\nSET\r\n".getBytes(ISO_8859_1));
          key(batch[i]);
          out.put(value);
        }
      }
      send();
      for (int i = 0; i < misses; i++) {
        takeLine();
      }
      return hits;
    }

    private void key(int number) {
      String digits = Integer.toString(number);
      out.put(("$" + (digits.length() + 4) + "\r\nkey:" + digits + "\r\n").getBytes(ISO_8859_1));
    }

    private void send() throws IOException {
      socket.getOutputStream().write(out.array(), 0, out.position());
      out.clear();
    }

    private boolean takeBulk() throws IOException {
      int length = Integer.parseInt(takeLine().substring(1));
      if (length >= 0) {
        in.skipNBytes(length + 2);
      }
      return length >= 0;
    }

    private String takeLine() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0) {
          throw new EOFException("the server closed the connection");
        }
        if (b != '\r') {
          line.append((char) b);
        }
      }
      if (line.charAt(0) == '-') {
        throw new IOException(line.toString());
      }
      return line.toString();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
