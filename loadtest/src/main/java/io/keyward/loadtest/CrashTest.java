package io.keyward.loadtest;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Kills a server again and again while it is written to, and looks what it has lost. */
@Command(
    name = "crash",
    description = {
      "Kills the server (SIGKILL) at random moments while clients write and files are rewritten,"
          + " starts it again on its files, and compares what it holds with what it acknowledged.",
      "Nothing may be missing, with --fsync everysec neither: the operating system has what was"
          + " acknowledged, and lives on."
    },
    sortOptions = false)
final class CrashTest implements Callable<Integer> {
  @Option(names = "--kills", description = "How often to kill. Default: ${DEFAULT-VALUE}.")
  private int kills = 1000;

  @Option(
      names = "--fsync",
      description = "appendfsync of the server: always or everysec. Default: ${DEFAULT-VALUE}.")
  private String fsync = "always";

  @Option(names = "--writers", description = "Clients that write. Default: ${DEFAULT-VALUE}.")
  private int writers = 4;

  @Option(
      names = "--longest",
      description = "Most milliseconds of load. Default: ${DEFAULT-VALUE}.")
  private int longest = 700;

  @Option(names = "--fresh-every", description = "Kills after which the data begins anew.")
  private int freshEvery = 50;

  @Option(names = "--seed", description = "Repeats a run.")
  private long seed = System.nanoTime();

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
          + "' --port {port} --dir . --appendonly yes --appendfsync {fsync}"
          + " --auto-aof-rewrite-min-size 64kb --save \"\"";

  @Override
  public Integer call() throws IOException, InterruptedException {
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    List<CrashWriter> clients = new ArrayList<>();
    for (int i = 0; i < writers; i++) {
      clients.add(new CrashWriter(i, random.split()));
    }
    int used = Ports.orFree(port);
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), used);
    Path directory = Files.createTempDirectory("crashes");
    String line = command.replace("{port}", Integer.toString(used)).replace("{fsync}", fsync);
    List<String> wrong = new ArrayList<>();
    for (int kill = 0; kill < kills && wrong.isEmpty(); ) {
      delete(directory);
      Files.createDirectories(directory);
      try (RestartedServer server = RestartedServer.start(line, directory, address)) {
        int last = Math.min(kills, kill + freshEvery);
        while (kill < last && wrong.isEmpty()) {
          kill++;
          for (CrashWriter client : clients) {
            client.begin(address);
          }
          long killed = load(clients, address, server, random);
          server.startAgain();
          for (CrashWriter client : clients) {
            wrong.addAll(client.check(address, killed));
          }
        }
      }
      if (wrong.isEmpty()) {
        System.out.println(kill + " kills, nothing lost");
      }
    }
    if (!wrong.isEmpty()) {
      System.out.println("the files are in " + directory);
      wrong.forEach(System.out::println);
      return 1;
    }
    delete(directory);
    System.out.println(kills + " kills with " + fsync + ": nothing lost, every restart succeeded");
    return 0;
  }

  /** Writes for a while, then kills the server; returns when that was. */
  private long load(
      List<CrashWriter> clients,
      InetSocketAddress address,
      RestartedServer server,
      SplittableRandom random)
      throws IOException, InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (CrashWriter client : clients) {
      threads.add(Thread.ofPlatform().start(() -> client.run(address)));
    }
    int rewriteEvery = 1 + random.nextInt(150);
    threads.add(Thread.ofPlatform().start(() -> rewrite(address, rewriteEvery)));
    Thread.sleep(random.nextInt(longest));
    long now = System.nanoTime();
    server.end("KILL");
    for (Thread thread : threads) {
      thread.join();
    }
    return now;
  }

  /** Has the server rewrite its files over and over. */
  private static void rewrite(InetSocketAddress address, int everyMillis) {
    try (ControlConnection connection = new ControlConnection(address)) {
      while (true) {
        Thread.sleep(everyMillis);
        try {
          connection.call("BGREWRITEAOF");
        } catch (ErrorReplyException running) {
          // One at a time.
        }
      }
    } catch (IOException gone) {
      // Killed.
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
