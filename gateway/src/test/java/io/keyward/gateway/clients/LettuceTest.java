package io.keyward.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.keyward.gateway.fixture.Endpoint;
import io.keyward.gateway.fixture.GatewayExtension;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.RunningGateway;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ExpireArgs;
import io.lettuce.core.KeyScanArgs;
import io.lettuce.core.KeyValue;
import io.lettuce.core.KillArgs;
import io.lettuce.core.LMPopArgs;
import io.lettuce.core.LMoveArgs;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.SetArgs;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.ZAddArgs;
import io.lettuce.core.ZPopArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.support.ConnectionPoolSupport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.pool2.impl.GenericObjectPool;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Lettuce in both protocols, plain and over TLS: synchronous, asynchronous, reactive to pushes. */
@ExtendWith(GatewayExtension.class)
@ParameterizedClass
@EnumSource(Dialect.class)
class LettuceTest {
  @Parameter Dialect dialect;

  private RunningGateway gateway;
  private RedisClient client;
  private StatefulRedisConnection<String, String> connection;
  private RedisCommands<String, String> redis;

  @BeforeEach
  void connect(RunningGateway gateway) {
    this.gateway = gateway;
    client = RedisClient.create(address());
    client.setOptions(
        ClientOptions.builder()
            .protocolVersion(protocol())
            .sslOptions(
                SslOptions.builder().trustManager(gateway.open().certificate().toFile()).build())
            .build());
    connection = client.connect();
    redis = connection.sync();
    redis.flushall();
  }

  @AfterEach
  void disconnect() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(10));
  }

  private RedisURI address() {
    Endpoint endpoint = gateway.open();
    return RedisURI.builder()
        .withHost(endpoint.host())
        .withPort(dialect.tls() ? endpoint.tlsPort() : endpoint.port())
        .withSsl(dialect.tls())
        .withTimeout(Patience.DURATION)
        .withClientName("lettuce")
        .build();
  }

  private ProtocolVersion protocol() {
    return dialect.protocol() == 3 ? ProtocolVersion.RESP3 : ProtocolVersion.RESP2;
  }

  @Test
  void introducesItself() {
    assertThat(redis.clientGetname()).isEqualTo("lettuce");
    assertThat(redis.clientInfo())
        .contains(" name=lettuce ", " lib-name=Lettuce", " resp=" + dialect.protocol());
    assertThat(redis.clientList().lines())
        .anyMatch(line -> line.startsWith("id=" + redis.clientId() + " "));
  }

  @Test
  void logsInAsTheEndpointDemands() {
    Endpoint guarded = gateway.guarded();
    Endpoint.Login login = guarded.login().orElseThrow();
    RedisURI.Builder uri = RedisURI.builder().withHost(guarded.host()).withPort(guarded.port());
    RedisURI right = uri.withAuthentication(login.user(), login.password()).build();
    try (StatefulRedisConnection<String, String> inside = client.connect(right)) {
      assertThat(inside.sync().set("inside", "1")).isEqualTo("OK");
    }
    RedisURI wrong = uri.withAuthentication(login.user(), "wrong").build();
    assertThatThrownBy(() -> client.connect(wrong)).isInstanceOf(RedisConnectionException.class);
  }

  @Test
  void multiplexesThousandsOfAsynchronousCommands() throws Exception {
    RedisAsyncCommands<String, String> async = connection.async();
    List<RedisFuture<Long>> counts = new ArrayList<>();
    List<RedisFuture<String>> echoes = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      counts.add(async.incr("count"));
      echoes.add(async.echo("echo " + i));
    }
    for (int i = 0; i < 3000; i++) {
      assertThat(counts.get(i).get(Patience.MILLIS, TimeUnit.MILLISECONDS)).isEqualTo(i + 1);
      assertThat(echoes.get(i).get(Patience.MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("echo " + i);
    }
  }

  @Test
  void sendsABatchInOneFlush() {
    RedisAsyncCommands<String, String> async = connection.async();
    connection.setAutoFlushCommands(false);
    RedisFuture<?>[] batch =
        IntStream.range(0, 1000)
            .mapToObj(i -> i % 2 == 0 ? async.rpush("batch", "v" + i) : async.llen("batch"))
            .toArray(RedisFuture<?>[]::new);
    connection.flushCommands();
    connection.setAutoFlushCommands(true);
    assertThat(LettuceFutures.awaitAll(Patience.DURATION, batch)).isTrue();
    assertThat(redis.llen("batch")).isEqualTo(500);
  }

  @Test
  void lendsConnectionsFromAPool() throws Exception {
    GenericObjectPoolConfig<StatefulRedisConnection<String, String>> config =
        new GenericObjectPoolConfig<>();
    config.setMaxTotal(4);
    try (GenericObjectPool<StatefulRedisConnection<String, String>> pool =
        ConnectionPoolSupport.createGenericObjectPool(client::connect, config)) {
      Set<Long> ids = new HashSet<>();
      List<StatefulRedisConnection<String, String>> borrowed = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        borrowed.add(pool.borrowObject());
        ids.add(borrowed.getLast().sync().clientId());
      }
      assertThat(ids).hasSize(4);
      borrowed.forEach(StatefulRedisConnection::close);
      try (StatefulRedisConnection<String, String> again = pool.borrowObject()) {
        assertThat(ids).contains(again.sync().clientId());
      }
    }
  }

  @Test
  void runsATransaction() {
    redis.multi();
    redis.set("t", "41");
    redis.incr("t");
    redis.hset("t:hash", Map.of("a", "1"));
    redis.hgetall("t:hash");
    redis.lpush("t", "x");
    TransactionResult result = redis.exec();
    assertThat(result.wasDiscarded()).isFalse();
    assertThat(result.stream().limit(4)).isEqualTo(List.of("OK", 42L, 1L, Map.of("a", "1")));
    assertThat(result.<Object>get(4))
        .isInstanceOfSatisfying(
            RedisCommandExecutionException.class,
            error ->
                assertThat(error)
                    .hasMessage(
                        "WRONGTYPE Operation against a key holding the wrong kind of value"));
  }

  @Test
  void discardsATransactionWhoseWatchedKeyChanged() {
    redis.watch("watched");
    try (StatefulRedisConnection<String, String> other = client.connect()) {
      other.sync().set("watched", "other");
    }
    redis.multi();
    redis.set("watched", "mine");
    assertThat(redis.exec().wasDiscarded()).isTrue();
    assertThat(redis.get("watched")).isEqualTo("other");
  }

  @Test
  void keepsStringsWithEveryOption() {
    assertThat(redis.set("s", "1", SetArgs.Builder.nx().ex(100))).isEqualTo("OK");
    assertThat(redis.set("s", "2", SetArgs.Builder.nx())).isNull();
    assertThat(redis.ttl("s")).isBetween(1L, 100L);
    assertThat(redis.expire("s", 50, ExpireArgs.Builder.gt())).isFalse();
    assertThat(redis.expire("s", 500, ExpireArgs.Builder.gt())).isTrue();
    Instant end = Instant.now().plusSeconds(5000);
    assertThat(redis.pexpireat("s", end)).isTrue();
    assertThat(redis.pexpiretime("s")).isEqualTo(end.toEpochMilli());
    assertThat(redis.setGet("s", "3")).isEqualTo("1");
    assertThat(redis.ttl("s")).isEqualTo(-1);
    assertThat(redis.incrbyfloat("s", 0.1)).isEqualTo(3.1);
    assertThat(redis.setrange("s", 5, "xyz")).isEqualTo(8);
    assertThat(redis.get("s")).isEqualTo("3.1\0\0xyz");
    assertThat(redis.msetnx(Map.of("s", "x", "n", "x"))).isFalse();
    assertThat(redis.mget("s", "n").get(1)).isEqualTo(KeyValue.empty("n"));
  }

  @Test
  void carriesBinaryKeysAndBigValues() {
    byte[] key = {0, (byte) 0xff, '\r', '\n'};
    byte[] value = new byte[4 << 20];
    new Random(1).nextBytes(value);
    try (StatefulRedisConnection<byte[], byte[]> binary = client.connect(ByteArrayCodec.INSTANCE)) {
      binary.sync().set(key, value);
      assertThat(binary.sync().get(key)).isEqualTo(value);
      assertThat(binary.sync().exists(key)).isEqualTo(1);
    }
  }

  @Test
  void keepsHashesListsAndSets() {
    redis.hset("h", Map.of("a", "1", "b", "2"));
    assertThat(redis.hgetall("h")).containsOnly(entry("a", "1"), entry("b", "2"));
    assertThat(redis.hincrbyfloat("h", "b", 0.5)).isEqualTo(2.5);
    assertThat(redis.hmget("h", "a", "x"))
        .containsExactly(KeyValue.just("a", "1"), KeyValue.empty("x"));
    assertThat(redis.hrandfieldWithvalues("h", 9)).hasSize(2);

    redis.rpush("l", "a", "b", "c", "d");
    assertThat(redis.lmove("l", "m", LMoveArgs.Builder.leftRight())).isEqualTo("a");
    assertThat(redis.lmpop(LMPopArgs.Builder.right().count(2), "none", "l"))
        .isEqualTo(KeyValue.just("l", List.of("d", "c")));
    assertThat(redis.lpos("l", "b")).isZero();
    assertThat(redis.lpop("l", 5)).containsExactly("b");

    redis.sadd("x", "1", "2", "3", "text");
    redis.sadd("y", "2", "3", "4");
    assertThat(redis.sinter("x", "y")).containsExactlyInAnyOrder("2", "3");
    assertThat(redis.sintercard(1, "x", "y")).isEqualTo(1);
    assertThat(redis.smismember("x", "1", "9")).containsExactly(true, false);
    assertThat(redis.smove("x", "y", "text")).isTrue();
    assertThat(redis.sunion("x", "y")).hasSize(5);
  }

  @Test
  void keepsALeaderboard() {
    redis.zadd("board", 10, "ada");
    redis.zadd("board", 20.5, "bob");
    redis.zadd("board", 20.5, "cyd");
    redis.zadd("board", Double.NEGATIVE_INFINITY, "dan");
    assertThat(redis.zscore("board", "dan")).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(redis.zadd("board", ZAddArgs.Builder.lt().ch(), 15, "ada")).isZero();
    assertThat(redis.zaddincr("board", 5, "ada")).isEqualTo(15);
    assertThat(redis.zrevrangeWithScores("board", 0, 1))
        .containsExactly(ScoredValue.just(20.5, "cyd"), ScoredValue.just(20.5, "bob"));
    assertThat(
            redis.zrangebyscore(
                "board",
                Range.from(Range.Boundary.excluding(15.0), Range.Boundary.unbounded()),
                Limit.create(1, 1)))
        .containsExactly("cyd");
    assertThat(redis.zmscore("board", "bob", "nobody")).containsExactly(20.5, null);
    assertThat(redis.zpopmin("board").getValue()).isEqualTo("dan");
    assertThat(redis.zmpop(2, ZPopArgs.Builder.max(), "none", "board"))
        .isEqualTo(
            KeyValue.just(
                "board", List.of(ScoredValue.just(20.5, "cyd"), ScoredValue.just(20.5, "bob"))));
    assertThat(redis.zrandmember("board")).isEqualTo("ada");
  }

  @Test
  void scansEverythingOnce() {
    Map<String, String> wanted =
        IntStream.range(0, 3000).boxed().collect(Collectors.toMap(i -> "scan:" + i, i -> "v" + i));
    redis.mset(wanted);
    redis.hset("hash", wanted);
    redis.sadd("set", wanted.keySet().toArray(String[]::new));

    KeyScanArgs strings = KeyScanArgs.Builder.type("string").match("scan:*").limit(200);
    Set<String> keys = ScanIterator.scan(redis, strings).stream().collect(Collectors.toSet());
    assertThat(keys).isEqualTo(wanted.keySet());

    Map<String, String> fields = new HashMap<>();
    ScanIterator.hscan(redis, "hash")
        .forEachRemaining(each -> fields.put(each.getKey(), each.getValue()));
    assertThat(fields).isEqualTo(wanted);

    assertThat(
            ScanIterator.sscan(redis, "set", ScanArgs.Builder.matches("scan:29??")).stream()
                .collect(Collectors.toSet()))
        .hasSize(100);
  }

  @Test
  void wakesTheConsumersOfAQueue() throws Exception {
    List<StatefulRedisConnection<String, String>> consumers =
        List.of(client.connect(), client.connect(), client.connect());
    RedisFuture<KeyValue<String, String>> popped = consumers.get(0).async().blpop(0, "q1", "q2");
    RedisFuture<KeyValue<String, List<String>>> many =
        consumers.get(1).async().blmpop(0, LMPopArgs.Builder.left().count(2), "q3");
    RedisFuture<KeyValue<String, ScoredValue<String>>> best =
        consumers.get(2).async().bzpopmax(0, "scores");
    Waiting.until(
        "three blocked clients", () -> redis.info("clients").contains("blocked_clients:3\r\n"));
    redis.multi();
    redis.rpush("q2", "first", "second");
    redis.rpush("q3", "a", "b", "c");
    redis.zadd("scores", 1.5, "m");
    redis.exec();
    assertThat(popped.get(Patience.MILLIS, TimeUnit.MILLISECONDS))
        .isEqualTo(KeyValue.just("q2", "first"));
    assertThat(many.get(Patience.MILLIS, TimeUnit.MILLISECONDS))
        .isEqualTo(KeyValue.just("q3", List.of("a", "b")));
    assertThat(best.get(Patience.MILLIS, TimeUnit.MILLISECONDS).getValue())
        .isEqualTo(ScoredValue.just(1.5, "m"));
    assertThat(redis.lrange("q3", 0, -1)).containsExactly("c");
    assertThat(consumers.get(0).sync().blpop(0.01, "q1")).isNull();
  }

  @Test
  void deliversWhatIsPublished() throws Exception {
    List<String> received = new CopyOnWriteArrayList<>();
    try (StatefulRedisPubSubConnection<String, String> subscriber = client.connectPubSub()) {
      subscriber.addListener(
          new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
              received.add(channel + "=" + message);
            }

            @Override
            public void message(String pattern, String channel, String message) {
              received.add(pattern + ":" + channel + "=" + message);
            }
          });
      subscriber.sync().subscribe("one");
      subscriber.sync().psubscribe("t*");
      for (int i = 0; i < 200; i++) {
        assertThat(redis.publish(i % 2 == 0 ? "one" : "two", "m" + i)).isEqualTo(1);
      }
      Waiting.until("two hundred messages", () -> received.size() == 200);
      assertThat(received)
          .startsWith("one=m0", "t*:two=m1", "one=m2")
          .endsWith("one=m198", "t*:two=m199");
      // In RESP2 a subscriber gets a pair, ["pong", ""], of which Lettuce returns the second.
      assertThat(subscriber.sync().ping()).isEqualTo(dialect.protocol() == 2 ? "" : "PONG");
      subscriber.sync().unsubscribe("one");
      assertThat(redis.publish("one", "gone")).isZero();
      assertThat(redis.pubsubNumpat()).isEqualTo(1);
    }
    Waiting.until("the subscriber to go", () -> redis.pubsubNumpat() == 0);
  }

  @Test
  void reconnectsAndSubscribesAgainWhenItWasKilled() throws Exception {
    List<String> received = new CopyOnWriteArrayList<>();
    try (StatefulRedisPubSubConnection<String, String> subscriber = client.connectPubSub()) {
      subscriber.addListener(
          new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
              received.add(message);
            }
          });
      long id = subscriber.sync().clientId();
      subscriber.sync().subscribe("lasting");
      assertThat(redis.clientKill(KillArgs.Builder.id(id))).isEqualTo(1);
      Waiting.until(
          "a message by the new subscription",
          () -> redis.publish("lasting", "again") == 1 && received.contains("again"));
    }
  }
}
