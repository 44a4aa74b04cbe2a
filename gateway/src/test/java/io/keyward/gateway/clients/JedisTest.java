package io.keyward.gateway.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.keyward.gateway.fixture.Endpoint;
import io.keyward.gateway.fixture.GatewayExtension;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.RunningGateway;
import io.keyward.gateway.fixture.TestCertificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.AbstractTransaction;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.Transaction;
import redis.clients.jedis.args.ListDirection;
import redis.clients.jedis.args.ListPosition;
import redis.clients.jedis.args.SortedSetOption;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.params.ZRangeParams;
import redis.clients.jedis.resps.ScanResult;
import redis.clients.jedis.resps.Tuple;

/** Jedis in both protocols, plain and over TLS: pooled, pipelined, in transactions, blocking. */
@ExtendWith(GatewayExtension.class)
@ParameterizedClass
@EnumSource(Dialect.class)
class JedisTest {
  @Parameter Dialect dialect;

  private RunningGateway gateway;
  private RedisClient jedis;
  private ExecutorService threads;

  @BeforeEach
  void connect(RunningGateway gateway) {
    this.gateway = gateway;
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(16);
    jedis =
        RedisClient.builder()
            .hostAndPort(address())
            .clientConfig(config().build())
            .poolConfig(pool)
            .build();
    jedis.flushAll();
    threads = Executors.newFixedThreadPool(32);
  }

  @AfterEach
  void disconnect() {
    jedis.close();
    threads.close();
  }

  private HostAndPort address() {
    Endpoint endpoint = gateway.open();
    return new HostAndPort(endpoint.host(), dialect.tls() ? endpoint.tlsPort() : endpoint.port());
  }

  private DefaultJedisClientConfig.Builder config() {
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            .protocol(dialect.protocol() == 3 ? RedisProtocol.RESP3 : RedisProtocol.RESP2)
            .timeoutMillis(Patience.MILLIS);
    if (dialect.tls()) {
      config.sslOptions(
          SslOptions.builder()
              .trustStoreType("PKCS12")
              .truststore(
                  gateway.trustStore().toFile(), TestCertificate.STORE_PASSWORD.toCharArray())
              .build());
    }
    return config;
  }

  /** A connection of its own, outside the pool. */
  private Jedis single() {
    return new Jedis(address(), config().clientName("single").build());
  }

  @Test
  void introducesItself() {
    try (Jedis one = single()) {
      assertThat(one.clientGetname()).isEqualTo("single");
      assertThat(one.clientInfo())
          .contains(" name=single ", " lib-name=", " resp=" + dialect.protocol(), " user=default ");
      assertThat(one.ping()).isEqualTo("PONG");
    }
  }

  @Test
  void logsInAsTheEndpointDemands() {
    Endpoint guarded = gateway.guarded();
    Endpoint.Login login = guarded.login().orElseThrow();
    HostAndPort address = new HostAndPort(guarded.host(), guarded.port());
    RedisProtocol protocol = dialect.protocol() == 3 ? RedisProtocol.RESP3 : RedisProtocol.RESP2;
    Function<String, Jedis> connect =
        password ->
            new Jedis(
                address,
                DefaultJedisClientConfig.builder()
                    .protocol(protocol)
                    .user(login.user())
                    .password(password)
                    .timeoutMillis(Patience.MILLIS)
                    .build());
    try (Jedis one = connect.apply(login.password())) {
      assertThat(one.set("inside", "1")).isEqualTo("OK");
    }
    assertThatThrownBy(() -> connect.apply("wrong").close())
        .isInstanceOf(JedisAccessControlException.class)
        .hasMessageStartingWith("WRONGPASS invalid username-password pair or user is disabled.");
  }

  @Test
  void serves400TasksOverAPoolOfSixteen() {
    List<CompletableFuture<Long>> tasks =
        IntStream.range(0, 400)
            .mapToObj(i -> supplyAsync(() -> jedis.incr("visits"), threads))
            .toList();
    assertThat(tasks.stream().map(CompletableFuture::join)).doesNotHaveDuplicates().hasSize(400);
    assertThat(jedis.get("visits")).isEqualTo("400");
  }

  @Test
  void answersAPipelineInOrderWithErrorsInTheirPlaces() {
    try (Pipeline pipeline = jedis.pipelined()) {
      List<Response<?>> responses = new ArrayList<>();
      for (int i = 0; i < 2000; i++) {
        responses.add(pipeline.set("p" + i, "v" + i));
        responses.add(pipeline.get("p" + i));
      }
      Response<Long> wrong = pipeline.lpush("p0", "x");
      Response<Map<String, String>> empty = pipeline.hgetAll("none");
      pipeline.sync();
      for (int i = 0; i < 2000; i++) {
        assertThat(responses.get(2 * i).get()).isEqualTo("OK");
        assertThat(responses.get(2 * i + 1).get()).isEqualTo("v" + i);
      }
      assertThatThrownBy(wrong::get)
          .isInstanceOf(JedisDataException.class)
          .hasMessage("WRONGTYPE Operation against a key holding the wrong kind of value");
      assertThat(empty.get()).isEmpty();
    }
  }

  @Test
  void runsATransaction() {
    try (AbstractTransaction transaction = jedis.multi()) {
      Response<String> set = transaction.set("t", "41");
      Response<Long> incremented = transaction.incr("t");
      Response<Set<String>> members = transaction.smembers("none");
      Response<Double> score = transaction.zincrby("z", 1.5, "m");
      assertThat(transaction.exec()).hasSize(4);
      assertThat(set.get()).isEqualTo("OK");
      assertThat(incremented.get()).isEqualTo(42);
      assertThat(members.get()).isEmpty();
      assertThat(score.get()).isEqualTo(1.5);
    }
  }

  @Test
  void discardsATransactionWhoseWatchedKeyChanged() {
    try (Jedis one = single()) {
      one.set("watched", "1");
      one.watch("watched");
      jedis.set("watched", "2");
      try (Transaction transaction = one.multi()) {
        transaction.set("watched", "3");
        assertThat(transaction.exec()).isNull();
      }
      assertThat(one.get("watched")).isEqualTo("2");
    }
  }

  @Test
  void keepsStringsWithEveryOption() {
    assertThat(jedis.set("s", "1", SetParams.setParams().nx().px(60_000))).isEqualTo("OK");
    assertThat(jedis.set("s", "2", SetParams.setParams().nx())).isNull();
    assertThat(jedis.pttl("s")).isBetween(1L, 60_000L);
    assertThat(jedis.setGet("s", "3", SetParams.setParams().keepTtl())).isEqualTo("1");
    assertThat(jedis.pttl("s")).isBetween(1L, 60_000L);
    assertThat(jedis.incrByFloat("s", 0.25)).isEqualTo(3.25);
    assertThat(jedis.append("s", "!")).isEqualTo(5);
    assertThat(jedis.getrange("s", 1, -2)).isEqualTo(".25");
    assertThat(jedis.getDel("s")).isEqualTo("3.25!");
    assertThat(jedis.mget("s", "none")).containsExactly(null, null);
    assertThat(jedis.persist("s")).isZero();
  }

  @Test
  void carriesBinaryKeysAndBigValues() {
    byte[] key = {0, (byte) 0xff, '\r', '\n'};
    byte[] value = new byte[4 << 20];
    new Random(1).nextBytes(value);
    jedis.set(key, value);
    assertThat(jedis.get(key)).isEqualTo(value);
    assertThat(jedis.strlen(key)).isEqualTo(value.length);
    assertThat(jedis.keys("*")).hasSize(1);
  }

  @Test
  void keepsHashesListsAndSets() {
    jedis.hset("h", Map.of("a", "1", "b", "2"));
    assertThat(jedis.hgetAll("h")).containsOnly(entry("a", "1"), entry("b", "2"));
    assertThat(jedis.hincrByFloat("h", "a", 1.5)).isEqualTo(2.5);
    assertThat(jedis.hrandfieldWithValues("h", 5)).hasSize(2);
    assertThat(jedis.hexists("h", "c")).isFalse();

    jedis.rpush("l", "a", "b", "c", "d");
    assertThat(jedis.lmove("l", "m", ListDirection.LEFT, ListDirection.RIGHT)).isEqualTo("a");
    assertThat(jedis.lmpop(ListDirection.RIGHT, 2, "none", "l"))
        .isEqualTo(Map.entry("l", List.of("d", "c")));
    assertThat(jedis.linsert("l", ListPosition.AFTER, "b", "e")).isEqualTo(2);
    assertThat(jedis.lrange("l", 0, -1)).containsExactly("b", "e");

    jedis.sadd("x", "1", "2", "3");
    jedis.sadd("y", "2", "3", "4");
    assertThat(jedis.sinter("x", "y")).containsExactlyInAnyOrder("2", "3");
    assertThat(jedis.sdiffstore("z", "x", "y")).isEqualTo(1);
    assertThat(jedis.smismember("z", "1", "2")).containsExactly(true, false);
    assertThat(jedis.srandmember("y", -7)).hasSize(7).isSubsetOf("2", "3", "4");
    assertThat(jedis.spop("x", 3)).containsExactlyInAnyOrder("1", "2", "3");
    assertThat(jedis.exists("x")).isFalse();
  }

  @Test
  void keepsALeaderboard() {
    jedis.zadd("board", Map.of("ada", 10.0, "bob", 20.5, "cyd", 20.5, "dan", -1.0));
    assertThat(jedis.zscore("board", "bob")).isEqualTo(20.5);
    assertThat(jedis.zrevrank("board", "cyd")).isZero();
    assertThat(jedis.zrangeWithScores("board", 0, 1))
        .containsExactly(new Tuple("dan", -1.0), new Tuple("ada", 10.0));
    assertThat(jedis.zrange("board", ZRangeParams.zrangeByScoreParams(20.5, 10).rev().limit(0, 2)))
        .containsExactly("cyd", "bob");
    assertThat(jedis.zmscore("board", "ada", "nobody")).containsExactly(10.0, null);
    assertThat(jedis.zmpop(SortedSetOption.MAX, 1, "board"))
        .isEqualTo(Map.entry("board", List.of(new Tuple("cyd", 20.5))));
    assertThat(jedis.zremrangeByScore("board", "-inf", "(20.5")).isEqualTo(2);
    assertThat(jedis.zcard("board")).isEqualTo(1);
  }

  @Test
  void scansEverythingOnce() {
    Set<String> wanted = new HashSet<>();
    Map<String, String> fields = new HashMap<>();
    try (Pipeline pipeline = jedis.pipelined()) {
      for (int i = 0; i < 3000; i++) {
        wanted.add("scan:" + i);
        fields.put("f" + i, "v" + i);
        pipeline.set("scan:" + i, "");
        pipeline.zadd("zset", i, "m" + i);
      }
    }
    jedis.hset("hash", fields);

    Set<String> keys = new HashSet<>();
    ScanParams params = new ScanParams().match("scan:*").count(250);
    String cursor = ScanParams.SCAN_POINTER_START;
    do {
      ScanResult<String> result = jedis.scan(cursor, params);
      keys.addAll(result.getResult());
      cursor = result.getCursor();
    } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
    assertThat(keys).isEqualTo(wanted);

    Map<String, String> found = new HashMap<>();
    do {
      ScanResult<Map.Entry<String, String>> result = jedis.hscan("hash", cursor, params("*"));
      result.getResult().forEach(each -> found.put(each.getKey(), each.getValue()));
      cursor = result.getCursor();
    } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
    assertThat(found).isEqualTo(fields);

    Set<Tuple> scored = new HashSet<>();
    do {
      ScanResult<Tuple> result = jedis.zscan("zset", cursor, params("m29*"));
      scored.addAll(result.getResult());
      cursor = result.getCursor();
    } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
    assertThat(scored).hasSize(111).contains(new Tuple("m2999", 2999.0));
  }

  private static ScanParams params(String match) {
    return new ScanParams().match(match).count(100);
  }

  @Test
  void wakesTheConsumersOfAQueue() throws Exception {
    CompletableFuture<List<String>> popped = supplyAsync(() -> jedis.blpop(0, "q1", "q2"), threads);
    CompletableFuture<String> moved =
        supplyAsync(
            () -> jedis.blmove("in", "out", ListDirection.LEFT, ListDirection.LEFT, 0), threads);
    CompletableFuture<Map.Entry<String, Tuple>> best =
        supplyAsync(() -> jedis.bzpopmin(0, "scores"), threads);
    Waiting.until(
        "three blocked clients", () -> jedis.info("clients").contains("blocked_clients:3\r\n"));
    jedis.rpush("q2", "job");
    jedis.rpush("in", "task");
    jedis.zadd("scores", 0.5, "first");
    assertThat(popped.get(Patience.MILLIS, TimeUnit.MILLISECONDS)).containsExactly("q2", "job");
    assertThat(moved.get(Patience.MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("task");
    assertThat(best.get(Patience.MILLIS, TimeUnit.MILLISECONDS))
        .isEqualTo(Map.entry("scores", new Tuple("first", 0.5)));
    assertThat(jedis.blpop(0.01, "q1")).isNull();
  }

  @Test
  void deliversWhatIsPublished() throws Exception {
    List<String> received = new CopyOnWriteArrayList<>();
    JedisPubSub subscriber =
        new JedisPubSub() {
          @Override
          public void onMessage(String channel, String message) {
            received.add(channel + "=" + message);
          }

          @Override
          public void onPMessage(String pattern, String channel, String message) {
            received.add(pattern + ":" + channel + "=" + message);
          }
        };
    CompletableFuture<Void> subscription =
        CompletableFuture.runAsync(() -> jedis.subscribe(subscriber, "one"), threads);
    Waiting.until("the subscription", () -> jedis.publish("one", "probe") == 1);
    Waiting.until("the probe", () -> !received.isEmpty());
    received.clear();
    subscriber.psubscribe("t*");
    Waiting.until("the pattern", () -> jedis.publish("t", "probe") == 1);
    Waiting.until("the second probe", () -> !received.isEmpty());
    received.clear();
    for (int i = 0; i < 100; i++) {
      assertThat(jedis.publish(i % 2 == 0 ? "one" : "two", "m" + i)).isEqualTo(1);
    }
    Waiting.until("a hundred messages", () -> received.size() == 100);
    assertThat(received)
        .startsWith("one=m0", "t*:two=m1", "one=m2", "t*:two=m3")
        .endsWith("one=m98", "t*:two=m99");
    subscriber.unsubscribe();
    subscriber.punsubscribe();
    subscription.get(Patience.MILLIS, TimeUnit.MILLISECONDS);
    assertThat(jedis.publish("one", "gone")).isZero();
  }

  @Test
  void wordsErrorsAsRedisDoes() {
    jedis.set("word", "abc");
    assertThatThrownBy(() -> jedis.incr("word"))
        .hasMessage("ERR value is not an integer or out of range");
    assertThatThrownBy(() -> jedis.expire("word", Long.MAX_VALUE))
        .hasMessage("ERR invalid expire time in 'expire' command");
    assertThatThrownBy(() -> jedis.rename("none", "other")).hasMessage("ERR no such key");
    assertThatThrownBy(() -> send("SET", "a", "b", "NOPE")).hasMessage("ERR syntax error");
    assertThatThrownBy(() -> send("NOSUCH", "x"))
        .hasMessage("ERR unknown command 'NOSUCH', with args beginning with: 'x' ");
  }

  private Object send(String command, String... arguments) {
    return jedis.executeCommand(
        new CommandArguments(() -> command.getBytes(UTF_8)).addObjects((Object[]) arguments));
  }
}
