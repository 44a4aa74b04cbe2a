package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.gateway.fixture.GatewayOfLoops;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.RedisFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.resps.LibraryInfo;

/** The functions of deployments on several loops, and those of Redis servers beside them. */
final class FunctionsOfLoops implements AutoCloseable {
  private static final int KEYS = 100;

  private final GatewayOfLoops gateway;
  private final Jedis operator;

  FunctionsOfLoops(GatewayOfLoops gateway) {
    this.gateway = gateway;
    operator = gateway.operator();
  }

  @Override
  public void close() {
    operator.close();
  }

  static String ask(BuiltinKeyspace keyspace, String... words) {
    return InsideClient.ask(keyspace, InsideClient.enter(keyspace), words);
  }

  /** Sends a command on the deployment's loop, and waits until it has been executed. */
  static String call(BuiltinKeyspace keyspace, String... words) {
    return CompletableFuture.supplyAsync(() -> ask(keyspace, words), keyspace.loop()::execute)
        .join();
  }

  /** Loads a library with one function. */
  static void load(BuiltinKeyspace keyspace, String library, String function) {
    String text =
        "#!lua name=%s\nredis.register_function('%s', function() return 1 end)"
            .formatted(library, function);
    assertThat(call(keyspace, "FUNCTION", "LOAD", "REPLACE", text)).endsWith(library + "\r\n");
  }

  static void delete(BuiltinKeyspace keyspace, String library) {
    assertThat(call(keyspace, "FUNCTION", "DELETE", library)).isEqualTo("+OK\r\n");
  }

  /** What a Redis has that has refused nothing it was told. */
  static Map<String, String> ofRedis(Jedis redis) {
    assertThat(redis.info("stats")).contains("unexpected_error_replies:0\r\n");
    return seenBy(redis);
  }

  /** The libraries that a client sees, with the function of each. */
  static Map<String, String> seenBy(Jedis client) {
    Map<String, String> functions = new TreeMap<>();
    for (LibraryInfo library : client.functionList()) {
      functions.put(
          library.getLibraryName(), String.valueOf(library.getFunctions().getFirst().get("name")));
    }
    return functions;
  }

  /** What a Redis has that starts on the log as it is now. */
  Map<String, String> ofRedis() throws Exception {
    return ofRedis(gateway.log());
  }

  static Map<String, String> ofRedis(Path log) throws Exception {
    try (RedisFixture redis = RedisFixture.startWithLog(log);
        Jedis client = new Jedis(redis.host(), redis.port(), Patience.MILLIS)) {
      return ofRedis(client);
    }
  }

  /** Copies the log, as a crash would leave it. */
  Path copyTo(Path folder) throws Exception {
    Path log = Files.createDirectories(folder.resolve("data").resolve("appendonlydir"));
    try (Stream<Path> files = Files.list(gateway.log())) {
      for (Path file : files.toList()) {
        Files.copy(file, log.resolve(file.getFileName()));
      }
    }
    return log;
  }

  /** Waits until the log has what has been done so far, by way of a change on each loop. */
  void awaitWritten() {
    List<BuiltinKeyspace> each = List.of(gateway.on(0), gateway.on(1));
    for (BuiltinKeyspace keyspace : each) {
      for (int turn = 0; turn < 5; turn++) {
        call(keyspace, "PING");
      }
    }
    each.forEach(keyspace -> operator.set(keyspace.prefix() + "::mark", "1"));
  }

  /** Waits until a replica has what has been told so far. */
  void awaitReplica() {
    assertThat(operator.waitReplicas(1, Patience.MILLIS / 2)).isEqualTo(1);
  }

  /** Begins a rewrite that stays between the instants of the two loops. */
  void beginRewrite() {
    for (int i = 0; i < KEYS; i++) {
      operator.set(gateway.on(0).prefix() + "::key:" + i, "x");
    }
    operator.configSet("rdb-key-save-delay", "100000000");
    assertThat(operator.bgrewriteaof()).endsWith("started");
    Rewrites.until(
        "the walk over the first loop's keys",
        () -> operator.info("persistence").matches("(?s).*keys_processed:[1-9].*"));
  }

  /** Lets it come to its end; returns what has become of it. */
  String endRewrite() {
    operator.configSet("rdb-key-save-delay", "0");
    Rewrites.until(
        "the end of the rewrite",
        () -> operator.info("persistence").contains("aof_rewrite_in_progress:0"));
    return operator
        .info("persistence")
        .replaceFirst("(?s).*aof_last_bgrewrite_status:(\\w+).*", "$1");
  }
}
