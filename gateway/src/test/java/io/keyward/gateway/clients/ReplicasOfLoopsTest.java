package io.keyward.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.propagation.EffectStream;
import io.keyward.gateway.fixture.GatewayOfLoops;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.RedisFixture;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.ClientKillParams;

/**
 * Real Redis servers follow a gateway of several event loops while a unit of one of them is under
 * way, so large that it comes in pieces, and what the others do has to wait for its end.
 */
class ReplicasOfLoopsTest {
  private static final int LOOPS = 3;
  private static final String UNIT = "unit";

  @TempDir private Path directory;
  private GatewayOfLoops gateway;
  private Jedis operator;

  @BeforeEach
  void begin() throws Exception {
    gateway = GatewayOfLoops.start(directory, LOOPS, List.of("a", "b", "c"), "--appendonly", "no");
    operator = gateway.operator();
  }

  @AfterEach
  void end() {
    if (gateway != null) {
      operator.close();
      gateway.close();
    }
  }

  private static void awaitLink(Jedis replica) throws Exception {
    Waiting.until(
        "the replica's link", () -> replica.info("replication").contains("master_link_status:up"));
  }

  /** Does something with the stream of effects of a loop that no client uses. */
  private void inStream(int loop, Consumer<EffectStream> done) {
    CompletableFuture.runAsync(
            () -> done.accept(gateway.home(loop).effects()), gateway.home(loop).loop()::execute)
        .join();
  }

  private static void push(EffectStream stream, String element) {
    stream.begin(0, 3);
    stream.argument("RPUSH");
    stream.argument(UNIT);
    stream.argument(element);
  }

  private void beginUnit(int loop) {
    inStream(
        loop,
        stream -> {
          stream.beginUnit();
          push(stream, "first");
          push(stream, "second");
          stream.handOver();
        });
  }

  private void endUnit(int loop) {
    inStream(
        loop,
        stream -> {
          push(stream, "last");
          stream.endUnit();
        });
  }

  private static void count(Jedis client, int times) {
    for (int i = 0; i < times; i++) {
      client.incr("counter");
    }
  }

  private void assertHas(Jedis replica, BuiltinKeyspace keyspace, int counted, int replicas) {
    assertThat(operator.waitReplicas(replicas, Patience.MILLIS / 2)).isEqualTo(replicas);
    assertThat(replica.get(keyspace.prefix() + "::counter")).isEqualTo(String.valueOf(counted));
    assertThat(replica.lrange(UNIT, 0, -1)).containsExactly("first", "second", "last");
  }

  private void sendAwayAndAwaitReturn(int replicas, int returns) throws Exception {
    assertThat(operator.clientKill(ClientKillParams.clientKillParams().type(ClientType.REPLICA)))
        .isGreaterThanOrEqualTo(replicas);
    Waiting.until(
        "their return", () -> operator.info("stats").contains("sync_partial_ok:" + returns + "\r"));
  }

  @Test
  void aReplicaThatComesBackWhileAUnitIsUnderWayHasAllOfItOnce() throws Exception {
    BuiltinKeyspace keyspace = gateway.on(0);
    try (RedisFixture redis = RedisFixture.start();
        Jedis client = gateway.client(keyspace);
        Jedis replica = gateway.replica(redis)) {
      awaitLink(replica);
      beginUnit(2);
      count(client, 100);
      sendAwayAndAwaitReturn(1, 1);
      count(client, 100);
      sendAwayAndAwaitReturn(1, 2);
      assertThat(replica.exists(UNIT)).isFalse();
      endUnit(2);
      assertHas(replica, keyspace, 200, 1);
      count(client, 100);
      sendAwayAndAwaitReturn(1, 3);
      assertHas(replica, keyspace, 300, 1);
      assertThat(operator.info("stats")).contains("sync_full:1\r");
    }
  }

  /** What waits for the unit's end is in the newcomer's snapshot, and is not told to it again. */
  @Test
  void aReplicaThatComesWhileAUnitIsUnderWayHasWhatWaitedOnce() throws Exception {
    BuiltinKeyspace keyspace = gateway.on(0);
    BuiltinKeyspace busy = gateway.on(1);
    try (RedisFixture redis = RedisFixture.start();
        RedisFixture other = RedisFixture.start();
        Jedis client = gateway.client(keyspace);
        Jedis script = gateway.client(busy);
        Jedis replica = gateway.replica(redis)) {
      awaitLink(replica);
      count(client, 10);
      beginUnit(2);
      count(client, 100);
      CompletableFuture<Void> runs = CompletableFuture.runAsync(() -> runUntilKilled(script));
      Waiting.until("the script", () -> inTheMiddle(busy));
      try (Jedis newcomer = gateway.replica(other)) {
        Waiting.until(
            "its snapshot of the first loop",
            () -> operator.info("persistence").matches("(?s).*keys_processed:[1-9].*"));
        long before = offset();
        endUnit(2);
        try (Jedis killer = gateway.client(busy)) {
          Waiting.until("the script's end", () -> killed(killer, runs));
        }
        awaitLink(newcomer);
        assertHas(replica, keyspace, 110, 2);
        assertThat(newcomer.get(keyspace.prefix() + "::counter")).isEqualTo("110");
        assertThat(answerTo(before)).startsWith("+FULLRESYNC");
        assertThat(answerTo(offset())).startsWith("+CONTINUE");
        long returned = partial();
        count(client, 10);
        sendAwayAndAwaitReturn(2, (int) returned + 2);
        count(client, 10);
        assertHas(replica, keyspace, 130, 2);
        assertThat(newcomer.get(keyspace.prefix() + "::counter")).isEqualTo("130");
      }
    }
  }

  private static void runUntilKilled(Jedis client) {
    try {
      client.eval("while true do end");
    } catch (JedisException killed) {
      assertThat(killed).hasMessageContaining("killed by user");
    }
  }

  private static boolean killed(Jedis client, CompletableFuture<Void> script) {
    try {
      client.scriptKill();
    } catch (JedisException over) {
      assertThat(over).hasMessageStartingWith("NOTBUSY");
    }
    return script.isDone();
  }

  private static boolean inTheMiddle(BuiltinKeyspace keyspace) {
    return CompletableFuture.supplyAsync(() -> keyspace.slices().busy(), keyspace.loop()::execute)
        .join();
  }

  private String replication(String field) {
    Matcher value = Pattern.compile(field + ":(\\S+)").matcher(operator.info());
    assertThat(value.find()).isTrue();
    return value.group(1);
  }

  private long offset() {
    return Long.parseLong(replication("master_repl_offset"));
  }

  private long partial() {
    return Long.parseLong(replication("sync_partial_ok"));
  }

  /** What is said to somebody who has the stream up to an offset. */
  private String answerTo(long offset) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
      String text =
          "AUTH operator of-operator\r\nPSYNC %s %d\r\n"
              .formatted(replication("master_replid"), offset + 1);
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      BufferedReader answers =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      assertThat(answers.readLine()).isEqualTo("+OK");
      String answer = answers.readLine();
      while (answer.isEmpty()) {
        answer = answers.readLine();
      }
      return answer;
    }
  }
}
