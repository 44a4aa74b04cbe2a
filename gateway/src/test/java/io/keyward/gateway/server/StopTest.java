package io.keyward.gateway.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.config.Settings;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.Patience;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway stops and starts in good order. */
class StopTest {
  @Test
  void whatHasBeenAskedIsAnsweredBeforeTheEnd() {
    Gateway gateway = Gateways.start("--event-loops", "2");
    String value = "x".repeat(100_000);
    try (Wire first = Wire.to(gateway.ports().redis());
        Wire second = Wire.to(gateway.ports().redis());
        Wire blocked = Wire.to(gateway.ports().redis())) {
      first.send("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$" + value.length() + "\r\n" + value + "\r\n");
      assertThat(first.line()).isEqualTo("+OK");
      blocked.send("BLPOP nothing 0\r\n");
      // Replies of 10 MB, more than the socket's buffers hold.
      first.send("GET a\r\n".repeat(100));
      second.send("GET a\r\n".repeat(100));
      // Whoever has got the beginning of an answer has been accepted and read.
      int expected = 100 * (value.length() + "$100000\r\n\r\n".length()) - "$100000\r\n".length();
      assertThat(List.of(first.line(), second.line())).containsOnly("$100000");
      Thread stop = Thread.ofPlatform().start(gateway::close);
      assertThat(first.readToEnd().length()).isEqualTo(expected);
      assertThat(second.readToEnd().length()).isEqualTo(expected);
      assertThat(blocked.readToEnd()).isEmpty();
      assertThat(stop).isNotNull();
    }
    gateway.close();
    int port = gateway.ports().redis();
    assertThatThrownBy(() -> Wire.to(port).ask("PING")).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void whoGoesOnSendingReadsAllAnswersAndAnEndThatIsNoReset() throws Exception {
    Gateway gateway = Gateways.start();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.ports().redis())) {
      socket.setSoTimeout(Patience.MILLIS);
      BufferedReader answers =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      var _ = Thread.ofPlatform().start(() -> sendUntilRefused(socket));
      assertThat(answers.readLine()).isEqualTo(":1");
      var _ = Thread.ofPlatform().start(gateway::close);
      long count = 1;
      // A reset would throw.
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        count++;
        assertThat(line).isEqualTo(":" + count);
      }
    }
    gateway.close();
  }

  private static void sendUntilRefused(Socket socket) {
    byte[] requests = "INCR a\r\n".repeat(1000).getBytes(US_ASCII);
    try {
      while (true) {
        socket.getOutputStream().write(requests);
      }
    } catch (IOException closed) {
      // The server has stopped.
    }
  }

  /** The threads of all event loops of this process. */
  private static Set<Thread> loops() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("vert.x-eventloop"))
        .collect(Collectors.toSet());
  }

  @Test
  void aStopThatIsInterruptedLeavesNeitherLoopsNorALockBehind(@TempDir Path data) {
    Set<Thread> before = loops();
    Gateway gateway = Gateways.start("--event-loops", "2", "--dir", data.toString());
    try (Words wire = new Words(gateway)) {
      assertThat(wire.call("SET a 1")).isEqualTo("OK");
    }
    assertThat(before.containsAll(loops())).isFalse();
    Thread.currentThread().interrupt();
    gateway.close();
    assertThat(Thread.interrupted()).isTrue();
    Rewrites.until("the end of the loops", () -> before.containsAll(loops()));
    try (Gateway next = Gateways.start("--dir", data.toString());
        Words wire = new Words(next)) {
      assertThat(wire.call("GET a")).isEqualTo("1");
    }
  }

  @Test
  void aStartThatFailsLeavesNoLoopsBehind(@TempDir Path data) throws Exception {
    Set<Thread> before = loops();
    Files.writeString(data.resolve("dump.rdb"), "damaged");
    assertThatThrownBy(() -> Gateways.start("--event-loops", "2", "--dir", data.toString()))
        .hasMessageContaining("dump.rdb cannot be loaded");
    Rewrites.until("the end of the loops", () -> before.containsAll(loops()));
  }

  @Test
  void aPortInUseIsNamedWithTheRemedyAndItsOwnerKeepsAllThatIsIts(@TempDir Path directory)
      throws Exception {
    String path = directory.resolve("redis.sock").toString();
    try (Gateway gateway = Gateways.start("--unixsocket", path)) {
      String port = Integer.toString(gateway.ports().redis());
      String options = "--bind 127.0.0.1 --admin-port 0 --unixsocket " + path + " --port " + port;
      Settings settings = Settings.load(List.of(options.split(" ", -1)), Map.of());
      assertThatThrownBy(() -> Gateway.start(settings).close())
          .isInstanceOf(StartException.class)
          .hasMessageContaining("port " + port + " on 127.0.0.1 is in use. Remedy: ");
      assertThat(Path.of(path)).exists();
    }
  }

  @Test
  void aSocketThatCannotBeHadIsNamedWithTheRemedy(@TempDir Path directory) {
    String path = directory.resolve("nosuch/redis.sock").toString();
    assertThatThrownBy(() -> Gateways.start("--unixsocket", path).close())
        .cause()
        .hasMessageStartingWith("cannot listen on " + path + ": ")
        .hasMessageEndingWith(". Remedy: check unixsocket.")
        .message()
        .doesNotContain("Exception");
  }

  @Test
  void theUnixSocketServesAndIsRemoved(@TempDir Path directory) throws Exception {
    Path path = directory.resolve("redis.sock");
    Gateway gateway = Gateways.start("--unixsocket", path.toString(), "--unixsocketperm", "700");
    assertThat(Files.getPosixFilePermissions(path)).hasSize(3);
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      channel.write(ByteBuffer.wrap("PING\r\n".getBytes(US_ASCII)));
      ByteBuffer reply = ByteBuffer.allocate(7);
      while (reply.hasRemaining() && channel.read(reply) >= 0) {
        // Until the reply is whole.
      }
      assertThat(new String(reply.array(), US_ASCII)).isEqualTo("+PONG\r\n");
    }
    gateway.close();
    assertThat(path).doesNotExist();
  }
}
