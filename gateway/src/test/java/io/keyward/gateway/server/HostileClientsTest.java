package io.keyward.gateway.server;

import static io.keyward.gateway.server.Rewrites.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.Ports;
import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    port = Ports.free();
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            """
            event-loops: 1
            admin: {port: 0}
            tenants:
              hostile: {deployments: {hostile: {password: a}}}
              limited: {deployments: {limited: {password: a, limits: {output-buffer: 1mb}}}}
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
    return attack("hostile");
  }

  private Socket attack(String deployment) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(Patience.MILLIS);
    attackers.add(socket);
    write(socket, "AUTH " + deployment + " a\r\n");
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

  /** Where a limit does not cut them off in the middle of the message, the memory does. */
  @ParameterizedTest
  @ValueSource(strings = {"hostile", "limited"})
  void aLongMessageToManyWhoDoNotRead(String deployment) throws IOException {
    for (int i = 0; i < 50; i++) {
      Socket socket = attack(deployment);
      socket.setReceiveBufferSize(4096);
      write(socket, "SUBSCRIBE news\r\n");
      assertThat(line(socket)).startsWith("*3");
    }
    Socket publisher = attack(deployment);
    write(publisher, "*3\r\n$7\r\nPUBLISH\r\n$4\r\nnews\r\n$8388608\r\n");
    for (int i = 0; i < 32; i++) {
      publisher.getOutputStream().write(QUARTER);
    }
    write(publisher, "\r\n");
    assertThat(line(publisher)).isEqualTo(":50");
    assertThat(neighbour.ask("SET other x")).isEqualTo("+OK");
    if (deployment.equals("limited")) {
      String why = "its unsent output is larger than output-buffer of the deployment limited";
      until("they are cut off", () -> log().contains(why));
      assertThat(log()).doesNotContain("no memory for output");
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

  /** Sends a command in words and reads the first line of the answer. */
  private static String ask(Socket socket, String... words) throws IOException {
    StringBuilder request = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      request.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
    }
    write(socket, request.toString());
    return line(socket);
  }

  @Test
  void halfRequestsOfClientsThatDoNothingElse() throws IOException {
    String half = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000\r\n" + "x".repeat(50_000);
    for (int i = 0; i < 1500; i++) {
      try {
        write(attack(), half);
      } catch (IOException closed) {
        assertThat(closed).isNotInstanceOf(SocketTimeoutException.class);
      }
    }
    assertThat(neighbour.ask("SET other x")).isEqualTo("+OK");
    assertThat(log()).contains("this one the most of its deployment");
  }

  @Test
  void scriptsThatHoldMoreThanThereIs() throws IOException {
    Socket socket = attack();
    for (String script :
        List.of(
            "local t = {} for i = 1, 1e9 do t[i] = {i, tostring(i)} end",
            "local s = 'x' while true do s = s .. s end",
            "local t = {} while true do t[#t + 1] = string.rep('x', 1e6) end",
            "local t = {} while true do t[#t + 1] = loadstring('return ' .. #t) end",
            "local t = {} while true do t[#t + 1] = coroutine.create(function() end) end",
            "return string.rep('x', 1e9)")) {
      assertThat(ask(socket, "EVAL", script, "0"))
          .startsWith("-ERR Script ended because it held more memory than there is room for");
      assertThat(neighbour.ask("SET other x")).isEqualTo("+OK");
    }
    assertThat(ask(socket, "EVAL", "local a = 1 ".repeat(200_000), "0"))
        .isEqualTo("-OOM command needs more memory than there is");
    assertThat(ask(socket, "EVAL", "return 1", "0")).isEqualTo(":1");
  }

  @Test
  void anAnswerThatNoMemoryHolds() throws IOException {
    Socket socket = attack();
    String script =
        "local s = string.rep('x', 1e6) local t = {} for i = 1, 1000 do t[i] = s end return t";
    assertThat(ask(socket, "EVAL", script, "0")).startsWith("*1000");
    while (neighbour.ask("SET other x").startsWith("-")) {
      Thread.onSpinWait();
    }
    assertThat(log()).contains("this one the most of its deployment");
  }

  @Test
  void commandsThatNeedMoreThanThereIs() throws IOException {
    Socket socket = attack();
    assertThat(ask(socket, "SETRANGE", "zeros", "200000000", "x")).isEqualTo(":200000001");
    assertThat(neighbour.ask("SET other x")).isEqualTo("+OK");
    assertThat(ask(socket, "BITOP", "NOT", "ones", "zeros"))
        .isEqualTo("-OOM command needs more memory than there is");
    assertThat(ask(socket, "EXISTS", "ones")).isEqualTo(":0");
    while (neighbour.ask("SET other x").startsWith("-")) {
      Thread.onSpinWait();
    }
    assertThat(ask(socket, "SETRANGE", "near", "20000000", "x")).isEqualTo(":20000001");
    assertThat(ask(socket, "EVAL", "return #redis.call('GET', KEYS[1])", "1", "near"))
        .startsWith("-");
    assertThat(ask(socket, "STRLEN", "near")).isEqualTo(":20000001");
  }

  @Test
  void usersAndFunctionsWithoutEnd() throws IOException {
    Socket socket = attack();
    String pattern = "~" + "x".repeat(20_000);
    String answer = "+OK";
    for (int i = 0; i < 5000 && answer.equals("+OK"); i++) {
      answer = ask(socket, "ACL", "SETUSER", "u" + i, pattern);
    }
    assertThat(answer).isEqualTo("-OOM command not allowed when used memory > 'maxmemory'.");
    for (int i = 0; i < 5000; i++) {
      assertThat(ask(socket, "ACL", "DELUSER", "u" + i)).startsWith(":");
    }
    answer = "$2";
    for (int i = 0; i < 5000 && answer.startsWith("$"); i++) {
      String name = "l" + i;
      answer =
          ask(
              socket,
              "FUNCTION",
              "LOAD",
              "#!lua name="
                  + name
                  + "\n--"
                  + "x".repeat(20_000)
                  + "\nredis.register_function('f"
                  + i
                  + "', function() return 1 end)");
      if (answer.startsWith("$")) {
        assertThat(line(socket)).isEqualTo(name);
      }
    }
    assertThat(answer).isEqualTo("-OOM command not allowed when used memory > 'maxmemory'.");
    assertThat(ask(socket, "FUNCTION", "FLUSH")).isEqualTo("+OK");
    assertThat(neighbour.ask("SET other x")).isEqualTo("+OK");
  }

  @Test
  void namesThatNobodyNeeds() throws IOException {
    String name = "x".repeat(400_000);
    for (int i = 0; i < 300; i++) {
      try {
        String answer = ask(attack(), "CLIENT", "SETNAME", name);
        assertThat(answer).isIn("+OK", "");
      } catch (IOException closed) {
        assertThat(closed).isNotInstanceOf(SocketTimeoutException.class);
      }
      assertThat(neighbour.ask("SET other x")).isEqualTo("+OK");
    }
    assertThat(log()).contains("this one the most of its deployment");
  }
}
