package io.keyward.gateway;

import io.keyward.config.ConfigurationException;
import io.keyward.config.Settings;
import io.keyward.gateway.server.StartException;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Starts a gateway and uses it a little, so that the JVM can record an AOT cache of the classes
 * that it takes to serve clients and to load each kind of file with each type.
 */
final class AotTraining {
  private static final int ROUNDS = 200;

  private static final int COLLECTIONS = 1_000;
  private static final int BATCH = 500;

  private AotTraining() {}

  /**
   * Starts, serves a few clients, and stops; then starts on the files. The data does not matter.
   */
  static void run() throws ConfigurationException, StartException, IOException {
    Path folder = Files.createTempDirectory("keyward-training");
    try {
      start(folder, "yes", AotTraining::fill); // what the next start loads are commands
      start(folder, "yes", port -> call(port, "BGREWRITEAOF", "SAVE"));
      start(folder, "no", AotTraining::serve); // a snapshot
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** What is done with a gateway that listens on a port. */
  private interface Use {
    void of(int port) throws IOException;
  }

  private static void start(Path folder, String appendOnly, Use use)
      throws ConfigurationException, StartException, IOException {
    Settings settings =
        Settings.load(
            List.of(
                "--bind",
                "127.0.0.1",
                "--dir",
                folder.toString(),
                "--save",
                "",
                "--appendonly",
                appendOnly),
            Map.of());
    try (Gateway gateway = Gateway.startOnFreePorts(settings)) {
      Banner.text(gateway);
      use.of(gateway.ports().redis());
    }
  }

  private static void fill(int port) throws IOException {
    serve(port);
    try (Conversation client = new Conversation(port)) {
      for (int i = 0; i < COLLECTIONS; i++) {
        client.send("SET training:" + i + " " + "v".repeat(i % 40) + i);
        client.send("SET number:" + i + " " + i * 1_000_003L);
        client.send("SET passing:" + i + " x EX 100000");
        client.send("SET long:" + i + " " + "compressible".repeat(20));
        client.send("RPUSH list:" + i + " a 1 b 2 c 300000");
        client.send("RPUSH chain " + "element".repeat(20) + i);
        client.send("SADD integers:" + i + " 1 2 3 70000");
        client.send("SADD words:" + i + " a b c d");
        client.send("SADD table member:" + i);
        client.send("HSET hash:" + i + " f v g 12 h w");
        client.send("HSET fields field:" + i + " value");
        client.send("ZADD scores:" + i + " 1 a 2.5 b 3 c");
        client.send("ZADD tree " + i + ".5 member:" + i);
        client.send("XADD stream * field value number " + i);
        client.send("XADD stream:" + i % 10 + " * field value");
      }
      client.send("XGROUP CREATE stream group 0");
      client.send("XREADGROUP GROUP group consumer COUNT 100 STREAMS stream >");
      client.send("SELECT 1");
      client.send("SET other database");
    }
  }

  private static void serve(int port) throws IOException {
    for (int client = 0; client < 3; client++) {
      try (Conversation conversation = new Conversation(port)) {
        for (int i = 0; i < ROUNDS; i++) {
          for (String command :
              List.of(
                  "PING",
                  "SET training 1",
                  "GET training",
                  "CLIENT INFO",
                  "INFO",
                  "CONFIG GET max*",
                  "DEL training")) {
            conversation.send(command);
          }
        }
      }
    }
  }

  private static void call(int port, String... commands) throws IOException {
    try (Conversation client = new Conversation(port)) {
      for (String command : commands) {
        client.send(command);
      }
    }
  }

  /** A client that sends pipelines; closing it waits for the last reply. */
  private static final class Conversation implements AutoCloseable {
    private static final String LAST = "the last reply";

    private final Socket socket;
    private final BufferedReader replies;
    private final StringBuilder pipeline = new StringBuilder();
    private int waiting;

    Conversation(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      replies =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    void send(String command) throws IOException {
      String[] words = command.split(" ", -1);
      pipeline.append('*').append(words.length).append("\r\n");
      for (String word : words) {
        pipeline.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
      }
      if (++waiting == BATCH) {
        flush();
      }
    }

    private void flush() throws IOException {
      waiting = 0;
      pipeline.append("ECHO \"").append(LAST).append("\"\r\n");
      socket.getOutputStream().write(pipeline.toString().getBytes(StandardCharsets.US_ASCII));
      pipeline.setLength(0);
      for (String line = replies.readLine(); !LAST.equals(line); line = replies.readLine()) {
        if (line == null) {
          throw new EOFException("the gateway has closed the connection");
        }
      }
    }

    @Override
    public void close() {
      try (socket) {
        flush();
      } catch (IOException broken) {
        throw new UncheckedIOException(broken);
      }
    }
  }
}
