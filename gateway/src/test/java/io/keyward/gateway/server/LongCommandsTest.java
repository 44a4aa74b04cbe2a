package io.keyward.gateway.server;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.Gateway;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Commands in slices and long bursts, over the wire. */
class LongCommandsTest {
  private static final String BUSY =
      "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";

  private static Gateway start() {
    return Gateways.start("--enable-debug-command", "yes", "--busy-reply-threshold", "50");
  }

  /** Who asks may himself stand still for as long as the pipeline takes, so he tries again. */
  @Test
  void aHugePipelineLeavesOthersTheirTurn() throws InterruptedException {
    try (Gateway gateway = start();
        Wire greedy = Wire.to(gateway.ports().redis());
        Wire other = Wire.to(gateway.ports().redis())) {
      int attempts = 0;
      while (servedDuringPipeline(greedy, other) == 0) {
        attempts++;
        assertThat(attempts).as("pipelines in which nobody else was served").isLessThan(10);
      }
    }
  }

  /** How often another client gets an answer while a pipeline is executed. */
  private static int servedDuringPipeline(Wire greedy, Wire other) throws InterruptedException {
    int requests = 1_000_000;
    assertThat(other.ask("SET n 0")).isEqualTo("+OK");
    Thread sender = Thread.ofVirtual().start(() -> greedy.send("INCR n\r\n".repeat(requests)));
    Thread reader =
        Thread.ofVirtual()
            .start(
                () -> {
                  for (int i = 0; i < requests; i++) {
                    greedy.line();
                  }
                });
    int served = 0;
    long seen = 0;
    while (seen < requests) {
      seen = Long.parseLong(other.ask("INCRBY n 0").substring(1));
      served += seen > 0 && seen < requests ? 1 : 0;
    }
    sender.join();
    reader.join();
    return served;
  }

  @Test
  void aSuspendedCommandKeepsItsArguments() {
    try (Gateway gateway = start();
        Wire caller = Wire.to(gateway.ports().redis());
        Wire other = Wire.to(gateway.ports().redis())) {
      assertThat(caller.ask("DEBUG POPULATE 400000 wanted")).isEqualTo("+OK");
      assertThat(caller.ask("SET wanted:last v")).isEqualTo("+OK");
      caller.send("KEYS wanted:*\r\nECHO behind\r\n");
      other.send("SET unwanted xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n".repeat(10_000));
      assertThat(caller.line()).isEqualTo("*400001");
      for (int i = 0; i < 400_001; i++) {
        caller.line();
        assertThat(caller.line()).startsWith("wanted:");
      }
      assertThat(caller.line()).isEqualTo("$6");
      assertThat(caller.line()).isEqualTo("behind");
      for (int i = 0; i < 10_000; i++) {
        assertThat(other.line()).isEqualTo("+OK");
      }
    }
  }

  @Test
  void aCommandWithManyArgumentsIsExecutedWholeInSlices() {
    int many = 50_000;
    String members = IntStream.range(0, many).mapToObj(i -> " m" + i).collect(joining());
    String pairs = IntStream.range(0, many).mapToObj(i -> " k" + i + " v").collect(joining());
    String keys = IntStream.range(0, many).mapToObj(i -> " k" + i).collect(joining());
    try (Gateway gateway = start();
        Wire caller = Wire.to(gateway.ports().redis());
        Wire other = Wire.to(gateway.ports().redis())) {
      caller.send(asArray("SADD set" + members) + "SCARD set\r\n");
      caller.send(asArray("RPUSH list" + members) + asArray("HSET hash" + pairs));
      caller.send(asArray("MSET" + pairs) + asArray("EXISTS" + keys) + asArray("DEL" + keys));
      for (int i = 0; i < 1000; i++) {
        assertThat(other.ask("ECHO hello")).isEqualTo("$5");
        assertThat(other.line()).isEqualTo("hello");
      }
      for (String answer : List.of(":", ":", ":", ":", "+OK", ":", ":")) {
        assertThat(caller.line()).isEqualTo(answer.equals(":") ? ":" + many : answer);
      }
      assertThat(other.ask("DBSIZE")).isEqualTo(":3");
      assertThat(other.ask("SISMEMBER set m" + (many - 1))).isEqualTo(":1");
    }
  }

  /** A request as clients send it, since a line may be of 64 KB at most. */
  private static String asArray(String words) {
    String[] all = words.split(" ", -1);
    StringBuilder request = new StringBuilder("*").append(all.length).append("\r\n");
    for (String word : all) {
      request.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
    }
    return request.toString();
  }

  @Test
  void aScriptOutlivesItsCallerUntilItIsKilled() {
    try (Gateway gateway = start();
        Wire other = Wire.to(gateway.ports().redis())) {
      try (Wire caller = Wire.to(gateway.ports().redis())) {
        caller.send("EVAL \"while true do end\" 0\r\nPING\r\n");
        String answer = other.ask("PING");
        while (answer.equals("+PONG")) {
          answer = other.ask("PING");
        }
        assertThat(answer).isEqualTo(BUSY);
      }
      assertThat(other.ask("PING")).isEqualTo(BUSY);
      assertThat(other.ask("SHUTDOWN")).isEqualTo(BUSY);
      assertThat(other.ask("SCRIPT KILL")).isEqualTo("+OK");
      String answer = other.ask("PING");
      while (answer.equals(BUSY)) {
        answer = other.ask("PING");
      }
      assertThat(answer).isEqualTo("+PONG");
    }
  }

  @Test
  void whatStandsBehindALongScriptIsAnsweredInOrder() {
    try (Gateway gateway = start();
        Wire caller = Wire.to(gateway.ports().redis())) {
      caller.send("SET a 1\r\nEVAL \"for i=1,5000000 do end return KEYS[1]\" 1 here\r\nGET a\r\n");
      assertThat(caller.line()).isEqualTo("+OK");
      assertThat(caller.line()).isEqualTo("$4");
      assertThat(caller.line()).isEqualTo("here");
      assertThat(caller.line()).isEqualTo("$1");
      assertThat(caller.line()).isEqualTo("1");
    }
  }
}
