package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.keyward.config.Settings;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.Executables;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.RedisFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.resps.LibraryInfo;

/**
 * Two deployments on two event loops change libraries of one name in one moment: a Redis on the log
 * has what they have in the end.
 */
class FunctionOrderTest {
  private static final String NAME = "common";

  @TempDir private Path directory;
  private Gateway gateway;
  private BuiltinKeyspace first;
  private BuiltinKeyspace last;

  /** Makes deployments until each of the two loops has one. */
  @BeforeEach
  void begin() throws Exception {
    assumeThat(Executables.onPath("redis-server")).as("redis-server on the PATH").isPresent();
    Path file =
        Files.writeString(
            directory.resolve("keyward.yaml"),
            """
            event-loops: 2
            tenants: {shop: {deployments: {a: {password: x}, b: {password: x}, c: {password: x}}}}
            operator: {username: operator, password: of-operator}
            """);
    String data = directory.resolve("data").toString();
    List<String> options =
        List.of("--bind", "127.0.0.1", "--save", "", "--rdb-version", "10", "--dir", data);
    List<String> all = new ArrayList<>(List.of(file.toString()));
    all.addAll(options);
    gateway = Gateway.startOnFreePorts(Settings.load(all, Map.of()));
    first = on(0);
    last = on(1);
  }

  private BuiltinKeyspace on(int loop) {
    return gateway.server().engine().keyspaces().stream()
        .filter(keyspace -> !keyspace.prefix().isEmpty())
        .filter(keyspace -> keyspace.home() == gateway.server().homes().get(loop))
        .findFirst()
        .orElseThrow();
  }

  @AfterEach
  void end() {
    gateway.close();
  }

  private static String ask(BuiltinKeyspace keyspace, String... words) {
    return InsideClient.ask(keyspace, InsideClient.enter(keyspace), words);
  }

  /** Sends a command on the deployment's loop, and waits until it has been answered. */
  private static String call(BuiltinKeyspace keyspace, String... words) {
    return CompletableFuture.supplyAsync(() -> ask(keyspace, words), keyspace.loop()::execute)
        .join();
  }

  private static void load(BuiltinKeyspace keyspace, String function) {
    String text =
        "#!lua name=%s\nredis.register_function('%s', function() return 1 end)"
            .formatted(NAME, function);
    assertThat(call(keyspace, "FUNCTION", "LOAD", "REPLACE", text)).endsWith(NAME + "\r\n");
  }

  private Jedis operator() {
    Jedis client = new Jedis("127.0.0.1", gateway.ports().redis(), Patience.MILLIS);
    client.auth("operator", "of-operator");
    return client;
  }

  /** What a Redis has that starts on the files as they are now. */
  private List<String> functionsOfRedis() throws Exception {
    try (RedisFixture redis =
            RedisFixture.startWithLog(directory.resolve("data").resolve("appendonlydir"));
        Jedis client = new Jedis(redis.host(), redis.port(), Patience.MILLIS)) {
      assertThat(client.info("stats")).contains("unexpected_error_replies:0\r\n");
      return client.functionList().stream()
          .map(LibraryInfo::getFunctions)
          .flatMap(List::stream)
          .map(function -> String.valueOf(function.get("name")))
          .toList();
    }
  }

  /** Does something between what a loop has executed and its telling anybody. */
  private static void beforeItTells(BuiltinKeyspace keyspace, Runnable done, String... words)
      throws Exception {
    CountDownLatch executed = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    CompletableFuture<Void> held =
        CompletableFuture.runAsync(
            () -> {
              assertThat(ask(keyspace, words)).isEqualTo("+OK\r\n");
              executed.countDown();
              await(goesOn);
            },
            keyspace.loop()::execute);
    await(executed);
    try {
      done.run();
    } finally {
      goesOn.countDown();
      held.join();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(Patience.NANOS, TimeUnit.NANOSECONDS)).isTrue();
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  /** Waits until the log has what has been done so far, by way of a change on each loop. */
  private void awaitWritten() throws Exception {
    for (BuiltinKeyspace each : List.of(first, last)) {
      for (int turn = 0; turn < 3; turn++) {
        call(each, "PING");
      }
    }
    try (Jedis client = operator()) {
      client.set(first.prefix() + "::mark", "1");
      client.set(last.prefix() + "::mark", "1");
    }
  }

  @Test
  void whatIsLoadedWhileTheLastOneIsDeletedStays() throws Exception {
    load(first, "f");
    beforeItTells(first, () -> load(last, "g"), "FUNCTION", "DELETE", NAME);
    awaitWritten();
    assertThat(functionsOfRedis()).containsExactly("g");
    assertThat(call(last, "FUNCTION", "DELETE", NAME)).isEqualTo("+OK\r\n");
    awaitWritten();
    assertThat(functionsOfRedis()).isEmpty();
  }

  @Test
  void whatIsDeletedAndLoadedElsewhereDuringARewriteStays() throws Exception {
    load(first, "f");
    try (Jedis operator = operator()) {
      for (int i = 0; i < 100; i++) {
        operator.set(first.prefix() + "::key:" + i, "x");
      }
      operator.configSet("rdb-key-save-delay", "100000000");
      assertThat(operator.bgrewriteaof()).endsWith("started");
      Rewrites.until(
          "the walk over the first loop's keys",
          () -> operator.info("persistence").matches("(?s).*keys_processed:[1-9].*"));
      assertThat(call(first, "FUNCTION", "DELETE", NAME)).isEqualTo("+OK\r\n");
      awaitWritten();
      load(last, "g");
      operator.configSet("rdb-key-save-delay", "0");
      Rewrites.until(
          "the end of the rewrite",
          () -> operator.info("persistence").contains("aof_rewrite_in_progress:0"));
      assertThat(operator.info("persistence")).contains("aof_last_bgrewrite_status:ok");
    }
    awaitWritten();
    assertThat(functionsOfRedis()).containsExactly("g");
  }
}
