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
import java.util.ArrayList;
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
      Path another = Files.createDirectory(folder.resolve("deployments"));
      start(deployments(another), another, "no", AotTraining::cloneOne);
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
    start(List.of(), folder, appendOnly, use);
  }

  private static void start(List<String> before, Path folder, String appendOnly, Use use)
      throws ConfigurationException, StartException, IOException {
    List<String> arguments = new ArrayList<>(before);
    arguments.addAll(
        List.of(
            "--bind",
            "127.0.0.1",
            "--dir",
            folder.toString(),
            "--save",
            "",
            "--appendonly",
            appendOnly));
    Settings settings = Settings.load(arguments, Map.of());
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

  /** A configuration file with two deployments. */
  private static List<String> deployments(Path folder) throws IOException {
    Path file = folder.resolve("training.yaml");
    Files.writeString(
        file,
        """
        event-loops: 1
        operator: {username: operator, password: of-operator}
        tenants: {shop: {deployments: {blue: {password: of-blue}, green: {password: of-green}}}}
        """);
    return List.of(file.toString());
  }

  /** Clones a deployment, and runs scripts: what takes long when it is done for the first time. */
  private static void cloneOne(int port) throws IOException {
    List<String> changes =
        List.of(
            "SET training 1",
            "INCR counter",
            "HSET fields f 1",
            "ZADD tree 1.5 member",
            "SADD table member",
            "RPUSH chain element",
            "XADD stream * field value",
            "FUNCTION FLUSH",
            "EVAL return(redis.call('get',KEYS[1])) 1 training");
    for (int round = 0; round < 3; round++) {
      try (Conversation client = new Conversation(port)) {
        client.send("AUTH blue of-blue");
        for (int i = 0; i < COLLECTIONS; i++) {
          client.send("SET training:" + i + " " + i);
          client.send("HSET fields field:" + i + " " + i);
          client.send("SADD table member:" + i);
          client.send("ZADD tree " + i + " member:" + i);
          client.send("RPUSH chain " + "element".repeat(20) + i);
        }
        changes.forEach(client::send);
      }
      call(port, "AUTH operator of-operator", "DEPLOYMENT CLONE blue green REPLACE");
      try (Conversation client = new Conversation(port)) {
        client.send("AUTH green of-green");
        changes.forEach(client::send);
      }
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

  /** A client that sends pipelines; closing it waits for the last reply. None may be an error. */
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

    void send(String command) {
      String[] words = command.split(" ", -1);
      pipeline.append('*').append(words.length).append("\r\n");
      for (String word : words) {
        pipeline.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
      }
      if (++waiting == BATCH) {
        try {
          flush();
        } catch (IOException broken) {
          throw new UncheckedIOException(broken);
        }
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
        if (line.startsWith("-")) {
          throw new IOException("the gateway answers " + line);
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
