package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** CONFIG SET opens other sockets, or leaves everything as it was. */
class PortChangeTest {
  private static String ping(int port) {
    try (Jedis client = new Jedis("127.0.0.1", port, Patience.MILLIS)) {
      return client.ping();
    }
  }

  @Test
  void anotherPortIsOpenAndConnectionsStay() throws Exception {
    try (Gateway gateway = Gateways.start("--event-loops", "2");
        Words wire = new Words(gateway)) {
      int former = gateway.ports().redis();
      int next = Ports.free();
      assertThat(wire.call("CONFIG SET port " + next)).isEqualTo("OK");
      assertThat(gateway.ports().redis()).isEqualTo(next);
      assertThat(wire.call("INFO server")).contains("tcp_port:" + next);
      assertThat(ping(next)).isEqualTo("PONG");
      awaitClosed(former);
      assertThat(wire.call("PING")).isEqualTo("PONG");
      assertThat(wire.call("CONFIG SET port 0")).isEqualTo("OK");
      awaitClosed(next);
      assertThat(wire.call("CONFIG SET port " + next)).isEqualTo("OK");
      assertThat(ping(next)).isEqualTo("PONG");
    }
  }

  private static void awaitClosed(int port) throws InterruptedException {
    while (accepts(port)) {
      Thread.sleep(1);
    }
  }

  private static boolean accepts(int port) {
    try {
      return !ping(port).isEmpty();
    } catch (JedisConnectionException closed) {
      return false;
    }
  }

  @Test
  void aPortInUseChangesNothing() throws Exception {
    try (Gateway gateway = Gateways.start();
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Words wire = new Words(gateway)) {
      String before = wire.call("CONFIG GET maxmemory") + wire.call("CONFIG GET port");
      assertThat(
              wire.call(
                  "CONFIG SET maxmemory 10000001 port %d timeout 9"
                      .formatted(taken.getLocalPort())))
          .isEqualTo(
              "ERR CONFIG SET failed (possibly related to argument 'port') - Unable to listen on"
                  + " this port. Check server logs.");
      assertThat(wire.call("CONFIG GET maxmemory") + wire.call("CONFIG GET port"))
          .isEqualTo(before);
      assertThat(wire.call("CONFIG GET timeout")).isEqualTo("timeout 0");
      assertThat(ping(gateway.ports().redis())).isEqualTo("PONG");
    }
  }

  @Test
  void otherAddressesAreBound() throws Exception {
    try (Gateway gateway = Gateways.start();
        Words wire = new Words(gateway)) {
      int port = gateway.ports().redis();
      assertThat(wire.call("CONFIG SET bind 127.0.0.2")).isEqualTo("OK");
      try (Jedis client = new Jedis("127.0.0.2", port, Patience.MILLIS)) {
        assertThat(client.ping()).isEqualTo("PONG");
      }
      awaitClosed(port);
      assertThat(wire.call("CONFIG SET bind 192.0.2.1"))
          .isEqualTo(
              "ERR CONFIG SET failed (possibly related to argument 'bind') - Failed to bind to"
                  + " specified addresses.");
      assertThat(wire.call("CONFIG GET bind")).isEqualTo("bind 127.0.0.2");
      try (Jedis client = new Jedis("127.0.0.2", port, Patience.MILLIS)) {
        assertThat(client.ping()).isEqualTo("PONG");
      }
    }
  }

  @Test
  void insideATransactionSocketsStay() throws Exception {
    try (Gateway gateway = Gateways.start();
        Words wire = new Words(gateway)) {
      wire.call("MULTI");
      wire.call("CONFIG SET port " + Ports.free());
      assertThat(wire.call("EXEC")).contains("sockets cannot be opened inside a transaction");
      assertThat(ping(gateway.ports().redis())).isEqualTo("PONG");
    }
  }

  /** Clients that connect anew wait for the port to open: the first of them must not be closed. */
  @Test
  void whoeverComesAsThePortOpensIsServed() throws Exception {
    try (Gateway gateway = Gateways.start("--event-loops", "2");
        Words wire = new Words(gateway);
        ExecutorService clients = Executors.newCachedThreadPool()) {
      for (int round = 0; round < 50; round++) {
        int next = Ports.free();
        List<Future<String>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          answers.add(clients.submit(() -> firstAnswer(next)));
        }
        assertThat(wire.call("CONFIG SET port " + next)).isEqualTo("OK");
        for (Future<String> answer : answers) {
          assertThat(answer.get()).isEqualTo("+PONG");
        }
      }
    }
  }

  /** Connects as soon as that is possible, and tells the answer to PING. */
  private static String firstAnswer(int port) {
    while (true) {
      Socket socket;
      try {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
      } catch (IOException closed) {
        continue;
      }
      try (Wire wire = new Wire(socket)) {
        return wire.send("PING\r\n").line();
      }
    }
  }

  /** Whoever sets something meanwhile waits for the loops, and no loop for him. */
  @Test
  void severalMaySetAtOnce() throws Exception {
    try (Gateway gateway = Gateways.start("--event-loops", "2");
        Wire first = Wire.to(gateway.ports().redis());
        Wire second = Wire.to(gateway.ports().redis())) {
      for (int i = 0; i < 20; i++) {
        first.send("CONFIG SET appendonly %s\r\n".formatted(i % 2 == 0 ? "no" : "yes"));
        second.send("CONFIG SET timeout %d\r\n".formatted(i + 100));
        first.send("CONFIG SET port %d\r\n".formatted(Ports.free()));
        second.send("CONFIG SET timeout %d\r\n".formatted(i + 200));
        for (Wire wire : new Wire[] {first, second, first, second}) {
          assertThat(wire.line()).isEqualTo("+OK");
        }
      }
    }
  }
}
