package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.gateway.Gateway;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Clients that are too many, idle, slow or greedy, and those that stay unharmed. */
class LimitsTest {
  @Test
  void oneClientTooManyIsSentAway() {
    try (Gateway gateway = Gateways.start("--maxclients", "2");
        Wire first = Wire.to(gateway.ports().redis());
        Wire second = Wire.to(gateway.ports().redis())) {
      assertThat(first.ask("PING")).isEqualTo("+PONG");
      assertThat(second.ask("PING")).isEqualTo("+PONG");
      try (Wire third = Wire.to(gateway.ports().redis())) {
        assertThat(third.readToEnd()).isEqualTo("-ERR max number of clients reached\r\n");
      }
      assertThat(gateway.server().traffic().connectionsRejected()).isEqualTo(1);
      assertThat(first.ask("PING")).isEqualTo("+PONG");
    }
  }

  @Test
  void idleClientsAreClosedButNotSubscribers() throws Exception {
    try (Gateway gateway = Gateways.start();
        Wire subscriber = Wire.to(gateway.ports().redis());
        Wire idle = Wire.to(gateway.ports().redis())) {
      subscriber.send("SUBSCRIBE news\r\n");
      String subscribed = "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n";
      assertThat(subscriber.read(subscribed.length())).isEqualTo(subscribed);
      assertThat(idle.ask("PING")).isEqualTo("+PONG");
      gateway.server().live().set(Directive.TIMEOUT, "1");
      assertThat(idle.readToEnd()).isEmpty();
      gateway.server().live().set(Directive.TIMEOUT, "0");
      try (Wire publisher = Wire.to(gateway.ports().redis())) {
        assertThat(publisher.ask("PUBLISH news hello")).isEqualTo(":1");
      }
    }
  }

  @Test
  void aClientThatNeverReadsIsClosedAndTheOthersAreServed() {
    try (Gateway gateway =
            Gateways.start("--client-output-buffer-limit", "normal", "4mb", "0", "0");
        Wire deaf = Wire.to(gateway.ports().redis());
        Wire other = Wire.to(gateway.ports().redis())) {
      String value = "x".repeat(1 << 20);
      other.send("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$" + value.length() + "\r\n" + value + "\r\n");
      assertThat(other.line()).isEqualTo("+OK");
      // One reply of 32 MB is more than the socket's buffers and the limit take together.
      StringBuilder request = new StringBuilder("MGET");
      request.append(" a".repeat(32));
      deaf.send(request + "\r\n");
      Rewrites.until(
          "the limit to be reached",
          () -> gateway.server().traffic().outputLimitDisconnections() > 0);
      assertThat(deaf.readToEnd().length()).isLessThan(32 << 20);
      assertThat(gateway.server().traffic().outputLimitDisconnections()).isEqualTo(1);
      assertThat(other.ask("PING")).isEqualTo("+PONG");
    }
  }

  @Test
  void aClientThatDoesNotReadIsNotReadEither() {
    try (Gateway gateway = Gateways.start();
        Wire slow = Wire.to(gateway.ports().redis())) {
      String value = "x".repeat(100_000);
      slow.send("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$" + value.length() + "\r\n" + value + "\r\n");
      assertThat(slow.line()).isEqualTo("+OK");
      int requests = 3000;
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int i = 0; i < requests; i++) {
                      slow.send("GET a\r\n");
                    }
                  });
      try (Wire other = Wire.to(gateway.ports().redis())) {
        assertThat(other.ask("PING")).isEqualTo("+PONG");
      }
      for (int i = 0; i < requests; i++) {
        assertThat(slow.line()).isEqualTo("$" + value.length());
        slow.read(value.length() + 2);
      }
      long pending = 0;
      for (Session session : gateway.server().sessions()) {
        pending = Math.max(pending, session.pendingOutput());
      }
      // 300 MB were asked for; what waits at any time is a burst beyond the high-water mark.
      assertThat(pending).isLessThan(64 << 20);
      assertThat(sender).isNotNull();
    }
  }

  @Test
  void inputBeyondTheLimitEndsTheConnection() {
    try (Gateway gateway = Gateways.start("--client-query-buffer-limit", "1mb");
        Wire wire = Wire.to(gateway.ports().redis())) {
      wire.send("*2\r\n$3\r\nGET\r\n$4000000\r\n");
      Thread.ofVirtual().start(() -> sendUntilClosed(wire));
      assertThat(wire.readToEnd()).isEmpty();
      assertThat(gateway.server().traffic().inputLimitDisconnections()).isEqualTo(1);
    }
  }

  private static void sendUntilClosed(Wire wire) {
    try {
      for (int i = 0; i < 40; i++) {
        wire.send("x".repeat(100_000));
      }
    } catch (UncheckedIOException closed) {
      // That is what the test is about.
    }
  }

  @Test
  void beforeLoginLittleIsAccepted() {
    Map<String, String> password = Map.of("REDIS_PASSWORD", "s3cret");
    try (Gateway gateway = Gateways.start(password)) {
      int port = gateway.ports().redis();
      try (Wire wire = Wire.to(port)) {
        wire.send("*11\r\n");
        assertThat(wire.readToEnd())
            .isEqualTo("-ERR Protocol error: unauthenticated multibulk length\r\n");
      }
      try (Wire wire = Wire.to(port)) {
        wire.send("*2\r\n$4\r\nAUTH\r\n$16385\r\n");
        assertThat(wire.readToEnd())
            .isEqualTo("-ERR Protocol error: unauthenticated bulk length\r\n");
      }
      try (Wire wire = Wire.to(port)) {
        assertThat(wire.ask("GET a")).isEqualTo("-NOAUTH Authentication required.");
        assertThat(wire.ask("AUTH s3cret")).isEqualTo("+OK");
        assertThat(wire.ask("GET a")).isEqualTo("$-1");
      }
    }
  }

  @Test
  void idleConnectionsHoldNoBuffers() {
    try (Gateway gateway = Gateways.start()) {
      List<Wire> wires = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        Wire wire = Wire.to(gateway.ports().redis());
        assertThat(wire.ask("PING")).isEqualTo("+PONG");
        wires.add(wire);
      }
      assertThat(gateway.server().sessions()).hasSize(500);
      // What has been read is put away behind the answer.
      for (Session session : gateway.server().sessions()) {
        Rewrites.until(
            "buffers to be given back",
            () -> session.occupiedInput() == 0 && session.client().reply().bytes().length == 0);
      }
      wires.forEach(Wire::close);
    }
  }

  @Test
  void withoutAPasswordOtherMachinesAreSentAway() throws Exception {
    InetAddress outside = outsideAddress();
    try (Gateway gateway = Gateways.start("--bind", "0.0.0.0")) {
      try (Wire wire = new Wire(new Socket(outside, gateway.ports().redis()))) {
        assertThat(wire.readToEnd()).startsWith("-DENIED Redis is running in protected mode");
      }
      gateway.server().live().set(Directive.PROTECTED_MODE, "no");
      try (Wire wire = new Wire(new Socket(outside, gateway.ports().redis()))) {
        assertThat(wire.ask("PING")).isEqualTo("+PONG");
      }
    }
  }

  /** An address of this machine that is not a loopback address. */
  static InetAddress outsideAddress() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .findFirst()
        .orElseThrow(() -> new AssertionError("this machine has no address but loopback"));
  }
}
