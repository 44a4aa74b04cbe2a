package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.args.ListDirection;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ZRangeParams;

/** Each limit of a deployment, reached by a real client, beside a neighbour that goes on. */
class TenantLimitsTest {
  @TempDir Path folder;
  private NoisyTenant tenant;
  private Jedis noisy;

  private void start(String limits) {
    start(limits, "{}");
  }

  private void start(String ofTenant, String ofDeployment) {
    tenant = new NoisyTenant(folder, ofTenant, ofDeployment);
    noisy = tenant.noisy();
  }

  @AfterEach
  void theNeighbourIsUndisturbed() {
    tenant.checkNeighbour();
    tenant.close();
  }

  @ParameterizedTest
  @CsvSource({"true, 64, 65", "true, 64, 300000", "false, 64, 65"})
  void aLongValueIsRefusedWhateverItsLengthAndTheConnectionGoesOn(
      boolean ofTenant, int most, int length) {
    start(ofTenant ? "{max-value: " + most + "}" : "{}", ofTenant ? "{}" : "{max-value: 64b}");
    NoisyTenant.refuses("max-value", () -> noisy.set("key", "x".repeat(length)));
    assertThat(noisy.get("key")).isNull();
    assertThat(noisy.set("key", "x".repeat(most))).isEqualTo("OK");
    assertThatThrownBy(() -> noisy.append("key", "y")).hasMessageStartingWith("LIMIT max-value");
    String script = "return redis.call('SET', KEYS[1], string.rep('x', ARGV[1]))";
    assertThatThrownBy(() -> noisy.eval(script, 1, "other", Integer.toString(most + 1)))
        .hasMessageContaining("LIMIT max-value");
    assertThat(noisy.get("other")).isNull();
    assertThat(noisy.strlen("key")).isEqualTo(most);
    assertThat(tenant.figure("max_value", "refused")).isEqualTo(3);
    assertThat(tenant.figure("max_value", "most")).isEqualTo(most);
  }

  @Test
  void noCommandMakesAValueTooLong() {
    start("{max-value: 64}");
    noisy.set("key", "x".repeat(64));
    NoisyTenant.refuses("max-value", () -> noisy.append("key", "y"));
    NoisyTenant.refuses("max-value", () -> noisy.setrange("key", 64, "y"));
    NoisyTenant.refuses("max-value", () -> noisy.setbit("key", 512, true));
    NoisyTenant.refuses("max-value", () -> noisy.bitfield("key", "SET", "u8", "#64", "1"));
    assertThat(noisy.setbit("key", 511, true)).isFalse();
    assertThat(noisy.getbit("key", 512)).isFalse();
    assertThat(noisy.bitfield("key", "GET", "u8", "#64")).containsExactly(0L);
    assertThat(noisy.strlen("key")).isEqualTo(64);
    assertThat(tenant.figure("max_value", "refused")).isEqualTo(4);
  }

  @Test
  void aLongValueSpoilsItsTransaction() {
    start("{max-value: 64}");
    try (Wire wire = tenant.connect()) {
      assertThat(wire.ask("AUTH noisy a")).isEqualTo("+OK");
      assertThat(wire.ask("MULTI")).isEqualTo("+OK");
      assertThat(wire.ask("SET key " + "x".repeat(65))).startsWith("-LIMIT max-value");
      assertThat(wire.ask("EXEC")).startsWith("-EXECABORT");
      assertThat(wire.ask("PING")).isEqualTo("+PONG");
    }
  }

  @Test
  void aLongRequestIsRefusedAndTheConnectionGoesOn() {
    start("{max-request: 1kb}");
    String[] many = IntStream.range(0, 2000).mapToObj(i -> "k" + i).toArray(String[]::new);
    NoisyTenant.refuses("max-request", () -> noisy.del(many));
    NoisyTenant.refuses("max-request", () -> noisy.set("key", "x".repeat(1 << 20)));
    assertThat(noisy.set("key", "x".repeat(900))).isEqualTo("OK");
    assertThat(tenant.figure("max_request", "refused")).isEqualTo(2);
  }

  @Test
  void oneKeyTooManyIsRefusedButThoseThatAreThereMayChange() {
    start("{keys: 5}", "{keys: 3}");
    noisy.mset("a", "1", "b", "2");
    NoisyTenant.refuses("keys", () -> noisy.mset("c", "1", "d", "2"));
    noisy.mset("c", "1", "c", "2");
    NoisyTenant.refuses("keys", () -> noisy.set("d", "1"));
    NoisyTenant.refuses("keys", () -> noisy.eval("return redis.call('SET', KEYS[1], '1')", 1, "d"));
    noisy.mset("a", "3", "b", "4");
    noisy.del("b");
    try (Wire wire = tenant.connect()) {
      assertThat(wire.ask("AUTH noisy a")).isEqualTo("+OK");
      assertThat(wire.ask("MULTI")).isEqualTo("+OK");
      assertThat(wire.ask("SET d 1")).isEqualTo("+QUEUED");
      assertThat(wire.ask("SET e 1")).isEqualTo("+QUEUED");
      assertThat(wire.ask("EXEC"))
          .startsWith("-EXECABORT Transaction discarded because of: LIMIT keys");
    }
    assertThat(noisy.dbSize()).isEqualTo(2);
    assertThat(tenant.figure("keys", "most")).isEqualTo(3);
  }

  @Test
  void noCommandMakesAKeyTooManyAndNoneIsRefusedForKeysThatItReads() {
    start("{}", "{keys: 3}");
    noisy.sadd("set", "1", "2", "3");
    noisy.lpush("list", "1", "2");
    try (Wire wire = tenant.connect()) {
      assertThat(wire.ask("AUTH noisy a")).isEqualTo("+OK");
      assertThat(wire.ask("MULTI")).isEqualTo("+OK");
      assertThat(wire.ask("SMOVE set other 1")).isEqualTo("+QUEUED");
      assertThat(wire.ask("SMOVE set another 2")).isEqualTo("+QUEUED");
      assertThat(wire.ask("EXEC"))
          .startsWith("-EXECABORT Transaction discarded because of: LIMIT keys");
    }
    noisy.set("text", "1");
    NoisyTenant.refuses("keys", () -> noisy.smove("set", "other", "1"));
    NoisyTenant.refuses(
        "keys", () -> noisy.eval("return redis.call('SMOVE', 'set', 'other', '1')", 0));

    assertThat(noisy.rename("text", "renamed")).isEqualTo("OK");
    assertThat(noisy.renamenx("renamed", "text")).isOne();
    assertThat(noisy.sunionstore("set", "set", "absent", "absent too")).isEqualTo(3);
    assertThat(noisy.lmove("absent", "list", ListDirection.LEFT, ListDirection.RIGHT)).isNull();
    assertThat(noisy.lmove("absent", "new", ListDirection.LEFT, ListDirection.RIGHT)).isNull();
    assertThat(noisy.copy("absent", "new", false)).isFalse();
    assertThat(noisy.smove("absent", "new", "1")).isZero();
    assertThat(noisy.zrangestore("new", "absent", ZRangeParams.zrangeParams(0, -1))).isZero();
    NoisyTenant.refuses("keys", () -> noisy.pfmerge("new", "absent"));
    NoisyTenant.refuses("keys", () -> noisy.sunionstore("new", "absent", "set"));
    assertThat(noisy.dbSize()).isEqualTo(3);
  }

  @Test
  void whatMakesNoKeyGoesOnBeyondALimitThatWasMadeSmaller() throws IOException {
    start("{}", "{keys: 3}");
    noisy.mset("a", "1", "b", "2", "c", "3");
    Path file = folder.resolve("keyward.yaml");
    Files.writeString(file, Files.readString(file).replace("keys: 3", "keys: 2"));
    assertThat(tenant.reload()).isEmpty();

    assertThat(noisy.set("a", "4")).isEqualTo("OK");
    assertThat(noisy.incr("b")).isEqualTo(3);
    assertThat(noisy.eval("return redis.call('INCR', KEYS[1])", 1, "c")).isEqualTo(4L);
    try (Wire wire = tenant.connect()) {
      assertThat(wire.ask("AUTH noisy a")).isEqualTo("+OK");
      assertThat(wire.ask("MULTI")).isEqualTo("+OK");
      assertThat(wire.ask("INCR a")).isEqualTo("+QUEUED");
      assertThat(wire.ask("EXEC")).isEqualTo("*1");
    }
    NoisyTenant.refuses("keys", () -> noisy.set("d", "1"));
  }

  @Test
  void theKeysOfATenantsDeploymentsAreCountedTogetherAndEvictedAsThePolicySays() {
    start("{keys: 5}");
    try (Jedis second = tenant.client("second", "c");
        Jedis operator = tenant.client("operator", "of-operator")) {
      second.mset("a", "1", "b", "1", "c", "1");
      noisy.set("w", "1");
      noisy.set("x", "1");
      NoisyTenant.refuses("keys", () -> noisy.set("y", "1"));
      operator.configSet("maxmemory-policy", "allkeys-random");
      noisy.set("z", "1");
      assertThat(noisy.dbSize()).isEqualTo(2);
      assertThat(second.dbSize()).isEqualTo(3);
    }
  }

  @Test
  void aLongScriptEnds() {
    start("{script-time: 5s}", "{script-time: 20ms}");
    NoisyTenant.refuses("script-time", () -> noisy.eval("while true do end"));
    assertThat(noisy.eval("return 1")).isEqualTo(1L);
    assertThat(tenant.figure("script_time", "refused")).isEqualTo(1);
  }

  @Test
  void aClientThatDoesNotTakeItsOutputIsCutOff() throws IOException {
    start("{output-buffer: 1mb}");
    noisy.set("key", "x".repeat(1 << 20));
    try (Wire deaf = tenant.connect()) {
      assertThat(deaf.ask("AUTH noisy a")).isEqualTo("+OK");
      deaf.send("GET key\r\n".repeat(64));
      while (tenant.figure("output_buffer", "refused") == 0) {
        noisy.ping();
      }
    }
    assertThat(noisy.ping()).isEqualTo("PONG");
  }

  @Test
  void subscriptionsAreCountedOverAllClients() {
    start("{channels: 3}");
    try (Wire wire = tenant.connect();
        Wire other = tenant.connect()) {
      assertThat(wire.ask("AUTH noisy a")).isEqualTo("+OK");
      assertThat(other.ask("AUTH second c")).isEqualTo("+OK");
      assertThat(wire.ask("SUBSCRIBE a b")).isEqualTo("*3");
      assertThat(other.ask("PSUBSCRIBE x* y*")).startsWith("-LIMIT channels");
      assertThat(other.ask("PSUBSCRIBE x*")).isEqualTo("*3");
    }
    JedisPubSub none = new JedisPubSub() {};
    NoisyTenant.refuses("channels", () -> noisy.subscribe(none, "a", "b", "c", "d"));
  }

  @Test
  void theClientThatTakesMostMemoryIsClosed() {
    start("{client-memory: 2mb}");
    try (Wire small = tenant.connect();
        Wire big = tenant.connect()) {
      String set = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000\r\n" + "x".repeat(100_000) + "\r\n";
      for (Wire wire : new Wire[] {small, big}) {
        assertThat(wire.ask("AUTH noisy a")).isEqualTo("+OK");
        assertThat(wire.ask("MULTI")).isEqualTo("+OK");
        assertThat(wire.send(set).line()).isEqualTo("+QUEUED");
      }
      Thread.ofVirtual().start(() -> sendUntilClosed(big, set.repeat(30)));
      big.readToEnd();
      assertThat(small.ask("EXEC")).isEqualTo("*1");
    }
    assertThat(tenant.figure("client_memory", "refused")).isEqualTo(1);
    assertThat(noisy.info("stats")).contains("evicted_clients:1\r\n");
    noisy.configResetStat();
    assertThat(noisy.info("stats")).contains("evicted_clients:0\r\n");
  }

  @Test
  void noDeploymentKeepsItsClientsFromBeingClosed() {
    start("{client-memory: 2mb}");
    String set = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000\r\n" + "x".repeat(100_000) + "\r\n";
    try (Wire small = tenant.connect();
        Wire big = tenant.connect()) {
      for (Wire wire : new Wire[] {small, big}) {
        assertThat(wire.ask("AUTH noisy a")).isEqualTo("+OK");
        assertThat(wire.ask("MULTI")).isEqualTo("+OK");
        assertThat(wire.send(set).line()).isEqualTo("+QUEUED");
      }
      assertThat(big.ask("DISCARD")).isEqualTo("+OK");
      assertThat(big.ask("CLIENT NO-EVICT ON")).isEqualTo("+OK");
      assertThat(big.ask("MULTI")).isEqualTo("+OK");
      assertThat(big.send(set).line()).isEqualTo("+QUEUED");
      Thread.ofVirtual().start(() -> sendUntilClosed(big, set.repeat(30)));
      big.readToEnd();
      assertThat(small.readToEnd()).isEmpty();
    }
    assertThat(tenant.figure("client_memory", "refused")).isEqualTo(2);
  }

  private static void sendUntilClosed(Wire wire, String text) {
    try {
      wire.send(text);
    } catch (UncheckedIOException closed) {
      // That is what the test is about.
    }
  }

  @Test
  void whatAClientWaitsForCountsAsItsMemory() {
    start("{client-memory: 2mb}");
    try (Wire wire = tenant.connect()) {
      assertThat(wire.ask("AUTH noisy a")).isEqualTo("+OK");
      String keys = ("$1000\r\n" + "x".repeat(1000) + "\r\n").repeat(3000);
      // It may be closed before it has sent all of them.
      sendUntilClosed(wire, "*3002\r\n$5\r\nBLPOP\r\n" + keys + "$1\r\n0\r\n");
      assertThat(wire.readToEnd()).isEmpty();
    }
    assertThat(tenant.figure("client_memory", "refused")).isEqualTo(1);
  }

  @Test
  void clientsThatWaitAreCounted() {
    start("{blocked-clients: 1}");
    try (Wire waits = tenant.connect()) {
      assertThat(waits.ask("AUTH noisy a")).isEqualTo("+OK");
      waits.send("BLPOP list 0\r\n");
      while (!noisy.info("clients").contains("blocked_clients:1\r\n")) {
        noisy.ping();
      }
      NoisyTenant.refuses("blocked-clients", () -> noisy.blpop(0, "list"));
      noisy.rpush("list", "x");
      assertThat(waits.line()).isEqualTo("*2");
    }
    assertThat(noisy.blpop(0.01, "list")).isNull();
  }

  @Test
  void memoryAndConnectionsAreTold() {
    start("{memory: 1mb, connections: 2}");
    assertThatThrownBy(() -> noisy.set("key", "x".repeat(2 << 20)).concat(noisy.set("other", "x")))
        .hasMessageStartingWith("OOM ");
    try (Jedis second = tenant.client("noisy", "a")) {
      assertThat(second.ping()).isEqualTo("PONG");
      assertThatThrownBy(() -> tenant.client("noisy", "a").close())
          .isInstanceOfAny(JedisDataException.class, JedisConnectionException.class)
          .hasMessageContaining("max number of clients reached");
    }
    noisy.del("key");
    assertThat(tenant.figure("memory", "refused")).isPositive();
    assertThat(tenant.figure("connections", "refused")).isEqualTo(1);
  }

  @Test
  void keysBeyondALimitThatAReloadLowersGoWithoutAWrite() throws IOException {
    start("{keys: 500}");
    try (Jedis operator = tenant.client("operator", "of-operator")) {
      operator.configSet("maxmemory-policy", "allkeys-lru");
    }
    for (int i = 0; i < 600; i++) {
      noisy.set("key:" + i, "x");
    }
    assertThat(noisy.dbSize()).isEqualTo(500);
    Path file = folder.resolve("keyward.yaml");
    Files.writeString(file, Files.readString(file).replace("keys: 500", "keys: 20"));
    assertThat(tenant.reload()).isEmpty();
    while (noisy.dbSize() > 20) {
      Thread.onSpinWait();
    }
    assertThat(noisy.dbSize()).isEqualTo(20);
  }

  @Test
  void aReloadChangesLimitsAndWhatIsCountedStays() throws IOException {
    start("{max-value: 10}");
    NoisyTenant.refuses("max-value", () -> noisy.set("key", "x".repeat(11)));
    Path file = folder.resolve("keyward.yaml");
    Files.writeString(file, Files.readString(file).replace("max-value: 10", "max-value: 20"));
    assertThat(tenant.reload()).isEmpty();
    while (tenant.figure("max_value", "most") == 10) {
      noisy.ping();
    }
    assertThat(noisy.set("key", "x".repeat(11))).isEqualTo("OK");
    assertThat(tenant.figure("max_value", "refused")).isEqualTo(1);
  }
}
