package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process with a small heap, attacked from one deployment while another one goes on. */
@Tag("slow")
class HostileClientsTest {
  private static final byte[] QUARTER = new byte[256 * 1024];

  @TempDir Path folder;
  private Process process;
  private int port;
  private Wire neighbour;
  private final List<Socket> attackers = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            """
            event-loops: 1
            admin: {port: 0}
            tenants:
              hostile: {deployments: {hostile: {password: a}}}
              quiet: {deployments: {quiet: {password: b}}}
            """);
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-Xmn24m",
                "-XX:+UseSerialGC",
                "-XX:PretenureSizeThreshold=131072",
                "-XX:+UseCompactObjectHeaders",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.keyward.gateway.Main",
                file.toString(),
                "--port",
                Integer.toString(port),
                "--dir",
                folder.resolve("data").toString(),
                "--save",
                "",
                "--appendonly",
                "no")
            .redirectErrorStream(true)
            .redirectOutput(new File(folder.toFile(), "log"))
            .start();
    neighbour = logIn();
    String stored = "";
    while (!stored.equals("+OK")) {
      stored = neighbour.ask("SET key before");
      assertThat(stored).matches("\\+OK|-LOADING .*");
    }
  }

  private Wire logIn() throws IOException {
    while (process.isAlive()) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        Wire client = Wire.to(port);
        assertThat(client.ask("AUTH quiet b")).isEqualTo("+OK");
        return client;
      } catch (ConnectException notYet) {
        Thread.onSpinWait();
      }
    }
    throw new AssertionError(log());
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void theProcessLivesAndTheNeighbourGoesOn() throws IOException, InterruptedException {
    try {
      check();
    } finally {
      process.destroyForcibly();
    }
  }

  private void check() throws IOException, InterruptedException {
    assertThat(neighbour.ask("GET key")).isEqualTo("$6");
    assertThat(neighbour.line()).isEqualTo("before");
    for (Socket attacker : attackers) {
      attacker.close();
    }
    assertThat(process.isAlive()).as(this::log).isTrue();
    neighbour.close();
    process.destroy();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(log()).doesNotContain("OutOfMemoryError");
  }

  private Socket attack() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    attackers.add(socket);
    write(socket, "AUTH hostile a\r\n");
    assertThat(line(socket)).isEqualTo("+OK");
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String line(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = socket.getInputStream().read();
        c >= 0 && c != '\n';
        c = socket.getInputStream().read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** Sends a SET of a quarter of a megabyte; false if the connection has been closed. */
  private static boolean set(Socket socket, String key) {
    try {
      write(socket, "*3\r\n$3\r\nSET\r\n$" + key.length() + "\r\n" + key + "\r\n$262144\r\n");
      socket.getOutputStream().write(QUARTER);
      write(socket, "\r\n");
      return !line(socket).isEmpty();
    } catch (SocketTimeoutException stuck) {
      throw new AssertionError(stuck);
    } catch (IOException closed) {
      return false;
    }
  }

  @Test
  void queuesOfTransactions() throws IOException {
    int closed = 0;
    for (int client = 0; client < 100; client++) {
      Socket socket = attack();
      write(socket, "MULTI\r\n");
      assertThat(line(socket)).isEqualTo("+OK");
      for (int i = 0; i < 16 && !socket.isClosed(); i++) {
        if (!set(socket, "k")) {
          closed++;
          break;
        }
      }
      assertThat(neighbour.ask("SET other x")).isEqualTo("+OK");
    }
    assertThat(log()).contains("this one the most of its deployment");
    assertThat(closed).isLessThan(100);
  }

  @Test
  void subscribersThatDoNotRead() throws IOException {
    for (int i = 0; i < 50; i++) {
      Socket socket = attack();
      socket.setReceiveBufferSize(4096);
      write(socket, "SUBSCRIBE news\r\n");
      assertThat(line(socket)).startsWith("*3");
    }
    Socket publisher = attack();
    for (int i = 0; i < 100; i++) {
      write(publisher, "*3\r\n$7\r\nPUBLISH\r\n$4\r\nnews\r\n$262144\r\n");
      publisher.getOutputStream().write(QUARTER);
      write(publisher, "\r\n");
      assertThat(line(publisher)).startsWith(":");
      assertThat(neighbour.ask("SET other x")).isEqualTo("+OK");
    }
  }

  @Test
  void requestsThatDoNotEnd() throws IOException {
    for (int i = 0; i < 20; i++) {
      Socket socket = attack();
      try {
        write(socket, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$400000000\r\n");
        for (int piece = 0; piece < 64; piece++) {
          socket.getOutputStream().write(QUARTER);
        }
      } catch (IOException closed) {
        assertThat(closed).isNotInstanceOf(SocketTimeoutException.class);
      }
      assertThat(neighbour.ask("SET other x")).isEqualTo("+OK");
    }
    assertThat(log()).contains("this one the most of its deployment");
  }

  @Test
  void moreDataThanTheHeapHolds() throws IOException {
    Socket socket = attack();
    String answer = "";
    for (int i = 0; i < 1000 && !answer.startsWith("-"); i++) {
      String key = "k" + i;
      write(socket, "*3\r\n$3\r\nSET\r\n$" + key.length() + "\r\n" + key + "\r\n$262144\r\n");
      socket.getOutputStream().write(QUARTER);
      write(socket, "\r\n");
      answer = line(socket);
    }
    assertThat(answer).startsWith("-OOM ");
    assertThat(neighbour.ask("GET key")).isEqualTo("$6");
    assertThat(neighbour.line()).isEqualTo("before");
    write(socket, "FLUSHALL\r\n");
    assertThat(line(socket)).isEqualTo("+OK");
    assertThat(neighbour.ask("SET other x")).isEqualTo("+OK");
  }
}
