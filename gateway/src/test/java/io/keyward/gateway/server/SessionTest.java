package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.Home;
import io.keyward.gateway.Gateway;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two event loops, so that about half of the connections hop to the keyspace's home. */
class SessionTest {
  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateway = Gateways.start("--event-loops", "2");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static Wire connect() {
    return Wire.to(gateway.ports().redis());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16, 1000, 20_000})
  void repliesKeepTheOrderOfAPipeline(int depth) {
    List<Wire> wires = new ArrayList<>();
    StringBuilder requests = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < depth; i++) {
      String number = Integer.toString(i);
      requests.append("*2\r\n$4\r\nECHO\r\n$" + number.length() + "\r\n" + number + "\r\n");
      expected.append("$" + number.length() + "\r\n" + number + "\r\n");
    }
    // Four connections, so that both loops have some.
    for (int i = 0; i < 4; i++) {
      wires.add(connect());
    }
    for (Wire wire : wires) {
      Thread.ofVirtual().start(() -> wire.send(requests.toString()));
    }
    for (Wire wire : wires) {
      assertThat(wire.read(expected.length())).isEqualTo(expected.toString());
      wire.close();
    }
  }

  @Test
  void movesThatHaveWaitedInVainAnswerWithoutAnArrayAsRedisDoes() {
    try (Wire wire = connect()) {
      assertThat(wire.ask("BLMOVE nolist list LEFT LEFT 0.01")).isEqualTo("*-1");
      assertThat(wire.ask("BRPOPLPUSH nolist list 0.01")).isEqualTo("*-1");
      assertThat(wire.ask("LMOVE nolist list LEFT LEFT")).isEqualTo("$-1");
      wire.send("MULTI\r\nBLMOVE nolist list LEFT LEFT 0\r\nEXEC\r\n");
      assertThat(wire.read("+OK\r\n+QUEUED\r\n*1\r\n$-1\r\n".length()))
          .isEqualTo("+OK\r\n+QUEUED\r\n*1\r\n$-1\r\n");
    }
  }

  @Test
  void aRequestMayArriveByteByByte() {
    try (Wire wire = connect()) {
      for (char c : "*3\r\n$3\r\nSET\r\n$5\r\nbytes\r\n$2\r\n\r\n\r\n".toCharArray()) {
        wire.send(String.valueOf(c));
      }
      assertThat(wire.line()).isEqualTo("+OK");
      assertThat(wire.ask("GET bytes")).isEqualTo("$2");
    }
  }

  @Test
  void aRequestThatArrivesInPartsCountsOnceInWhatItsClientIsToldOfItself() {
    String request = "*2\r\n$6\r\nclient\r\n$4\r\ninfo\r\n";
    try (Wire wire = connect();
        Wire other = connect()) {
      assertThat(wire.ask("CLIENT SETNAME parts")).isEqualTo("+OK");
      wire.send(request.substring(0, 20));
      while (!clients(other).matches("(?s).* name=parts [^\\n]* qbuf=[1-9].*")) {
        Thread.onSpinWait();
      }
      wire.send(request.substring(20));
      wire.line();
      assertThat(wire.line()).contains(" name=parts ").contains(" qbuf=26 ");
    }
  }

  private static String clients(Wire wire) {
    int length = Integer.parseInt(wire.ask("CLIENT LIST").substring(1));
    String list = wire.read(length);
    wire.read(2);
    return list;
  }

  @Test
  void whoDoesNotTakeALongReplyKeepsNobodyWaitingAndGetsItWholeAndInOrder() {
    String value = "0123456789abcdef".repeat(4096);
    try (Wire slow = connect();
        Wire other = connect()) {
      slow.send("*3\r\n$3\r\nSET\r\n$4\r\npart\r\n$" + value.length() + "\r\n" + value + "\r\n");
      assertThat(slow.line()).isEqualTo("+OK");
      slow.send("MGET" + " part".repeat(300) + "\r\nECHO behind\r\n");
      for (int i = 0; i < 100; i++) {
        assertThat(other.ask("PING")).isEqualTo("+PONG");
      }
      assertThat(slow.line()).isEqualTo("*300");
      for (int i = 0; i < 300; i++) {
        assertThat(slow.line()).isEqualTo("$" + value.length());
        assertThat(slow.read(value.length() + 2).startsWith(value)).isTrue();
      }
      assertThat(slow.line()).isEqualTo("$6");
      assertThat(slow.line()).isEqualTo("behind");
    }
  }

  @Test
  void largeValuesComeAndGoWhole() {
    String value = "0123456789abcdef".repeat(1 << 20);
    try (Wire wire = connect()) {
      wire.send("*3\r\n$3\r\nSET\r\n$5\r\nlarge\r\n$" + value.length() + "\r\n" + value + "\r\n");
      assertThat(wire.line()).isEqualTo("+OK");
      assertThat(wire.ask("GET large")).isEqualTo("$" + value.length());
      assertThat(wire.read(value.length()).equals(value)).isTrue();
      wire.read(2);
      assertThat(wire.ask("DEL large")).isEqualTo(":1");
    }
  }

  @Test
  void aClientThatEndsItsSideStillGetsItsReplies() throws Exception {
    try (Wire wire = connect()) {
      wire.send("PING\r\nPING\r\nECHO last\r\n");
      wire.socket().shutdownOutput();
      assertThat(wire.readToEnd()).isEqualTo("+PONG\r\n+PONG\r\n$4\r\nlast\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*1\r\nfoo\r\n|expected '$', got 'f'",
        "*1\r\n$-5\r\n|invalid bulk length",
        "*abc\r\n|invalid multibulk length",
        "get \"a\r\n|unbalanced quotes in request",
      })
  void malformedInputIsToldAndEndsTheConnection(String sample) {
    String[] parts = sample.split("\\|", -1);
    try (Wire wire = connect()) {
      wire.send("PING\r\n" + parts[0]);
      assertThat(wire.readToEnd()).isEqualTo("+PONG\r\n-ERR Protocol error: " + parts[1] + "\r\n");
    }
  }

  @Test
  void aResetEndsThatRepliesAreOffAndIsItselfSkippedIfThatIsDue() {
    try (Wire wire = connect()) {
      wire.send("CLIENT REPLY OFF\r\nPING\r\nRESET\r\nECHO a\r\n");
      assertThat(wire.line()).isEqualTo("+RESET");
      assertThat(wire.line() + wire.line()).isEqualTo("$1a");
      wire.send("CLIENT REPLY SKIP\r\nRESET\r\nECHO b\r\n");
      assertThat(wire.line() + wire.line()).isEqualTo("$1b");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST / HTTP/1.1\r\n", "Host: localhost:6379\r\n"})
  void browsersAreSentAwayWithoutAReply(String line) {
    try (Wire wire = connect()) {
      wire.send(line + "SET stolen 1\r\n");
      assertThat(wire.readToEnd()).isEmpty();
    }
    try (Wire wire = connect()) {
      assertThat(wire.ask("EXISTS stolen")).isEqualTo(":0");
    }
  }

  @Test
  void requestsBehindABlockedOneWaitForIt() {
    try (Wire waiting = connect();
        Wire other = connect()) {
      waiting.send("BLPOP queue 0\r\nECHO behind\r\n");
      // The list is pushed to only when the other client is known to wait.
      while (!other.ask("PUBLISH none x").equals(":0") || blockedClients(other) == 0) {
        Thread.onSpinWait();
      }
      assertThat(other.ask("RPUSH queue value")).isEqualTo(":1");
      String expected = "*2\r\n$5\r\nqueue\r\n$5\r\nvalue\r\n$6\r\nbehind\r\n";
      assertThat(waiting.read(expected.length())).isEqualTo(expected);
    }
  }

  private static int blockedClients(Wire wire) {
    int length = Integer.parseInt(wire.ask("INFO clients").substring(1));
    String info = wire.read(length + 2);
    return Integer.parseInt(info.replaceAll("(?s).*blocked_clients:([0-9]+).*", "$1"));
  }

  @Test
  void quitAnswersAndEndsTheConnection() {
    try (Wire wire = connect()) {
      wire.send("SET quit 1\r\nQUIT\r\nSET quit 2\r\n");
      assertThat(wire.readToEnd()).isEqualTo("+OK\r\n+OK\r\n");
    }
    try (Wire wire = connect()) {
      assertThat(wire.ask("GET quit")).isEqualTo("$1");
      assertThat(wire.line()).isEqualTo("1");
    }
  }

  @Test
  void unfinishedRequestsOfManyClientsDisturbNobody() {
    List<Wire> slow = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      slow.add(connect().send("*2\r\n$3\r\nGET\r\n$500000000\r\nabc"));
    }
    try (Wire wire = connect()) {
      assertThat(wire.ask("PING")).isEqualTo("+PONG");
    }
    long kept = 0;
    for (Session session : gateway.server().sessions()) {
      kept += session.occupiedInput();
    }
    assertThat(kept).isLessThan(200 * 1024);
    slow.forEach(Wire::close);
  }

  @Test
  void whileDataIsLoadedInfoWaitsAndOneSectionDoesNot() {
    try (Gateway gateway = Gateways.start();
        Wire first = Wire.to(gateway.ports().redis());
        Wire other = Wire.to(gateway.ports().redis())) {
      assertThat(other.ask("SET a b")).isEqualTo("+OK");
      eachHome(gateway, home -> home.loading(true));
      first.send("INFO\r\nECHO after\r\n");
      assertThat(other.ask("GET a")).startsWith("-LOADING");
      other.send("INFO persistence\r\n");
      String length = other.line().substring(1);
      assertThat(other.read(Integer.parseInt(length) + 2)).contains("aof_enabled:");
      // The answer to what came behind it on the same loop is there, its own is not.
      assertThat(first.unread()).isZero();
      eachHome(gateway, home -> home.loading(false));
      eachHome(gateway, Home::loaded);
      assertThat(first.line()).startsWith("$");
      String line = first.line();
      while (!line.equals("$5")) {
        line = first.line();
      }
      assertThat(first.line()).isEqualTo("after");
      assertThat(other.ask("GET a")).isEqualTo("$1");
    }
  }

  private static void eachHome(Gateway gateway, Consumer<Home> task) {
    for (Home home : gateway.server().homes()) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      home.loop()
          .execute(
              () -> {
                task.accept(home);
                done.complete(null);
              });
      done.join();
    }
  }
}
