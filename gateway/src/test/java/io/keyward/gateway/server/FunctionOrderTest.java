package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.disk.Disk;
import io.keyward.engine.builtin.disk.DiskFile;
import io.keyward.gateway.fixture.GatewayOfLoops;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.RedisFixture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/**
 * Deployments on two event loops change libraries of one name in one moment, or while a snapshot
 * has begun on one loop and not on the other: a Redis on the log, and one that follows, has what
 * they have in the end.
 */
class FunctionOrderTest {
  private static final String NAME = "common";
  private static final List<String> DEPLOYMENTS = List.of("a", "b", "c");

  @TempDir private Path directory;
  private final BaseRefusing disk = new BaseRefusing();
  private GatewayOfLoops gateway;
  private FunctionsOfLoops functions;
  private BuiltinKeyspace first;
  private BuiltinKeyspace last;

  /** Takes no more of a base when it is told so. */
  private static final class BaseRefusing implements Disk {
    private volatile boolean refusing;

    @Override
    public DiskFile open(Path file) throws IOException {
      DiskFile real = REAL.open(file);
      return file.getFileName().toString().startsWith("temp-") ? new Base(real) : real;
    }

    @Override
    public void replace(Path from, Path to) throws IOException {
      REAL.replace(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
      REAL.delete(file);
    }

    @Override
    public void makeFolder(Path folder) throws IOException {
      REAL.makeFolder(folder);
    }

    private final class Base implements DiskFile {
      private final DiskFile real;

      Base(DiskFile real) {
        this.real = real;
      }

      @Override
      public int write(ByteBuffer bytes) throws IOException {
        if (refusing) {
          throw new IOException("refused");
        }
        return real.write(bytes);
      }

      @Override
      public void force() throws IOException {
        real.force();
      }

      @Override
      public long size() throws IOException {
        return real.size();
      }

      @Override
      public void close() throws IOException {
        real.close();
      }
    }
  }

  @BeforeEach
  void begin() throws Exception {
    gateway = GatewayOfLoops.start(disk, directory, 2, DEPLOYMENTS);
    functions = new FunctionsOfLoops(gateway);
    first = gateway.on(0);
    last = gateway.on(1);
  }

  @AfterEach
  void end() {
    if (gateway != null) {
      functions.close();
      gateway.close();
    }
  }

  private static void load(BuiltinKeyspace keyspace, String function) {
    FunctionsOfLoops.load(keyspace, NAME, function);
  }

  private static void delete(BuiltinKeyspace keyspace) {
    FunctionsOfLoops.delete(keyspace, NAME);
  }

  /** Does something between what a loop has executed and its telling anybody. */
  private static void beforeItTells(BuiltinKeyspace keyspace, Runnable done, String... words)
      throws Exception {
    CountDownLatch executed = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    CompletableFuture<Void> held =
        CompletableFuture.runAsync(
            () -> {
              assertThat(FunctionsOfLoops.ask(keyspace, words))
                  .startsWith(words[1].equals("LOAD") ? "$" : "+");
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

  private Map<String, String> ofRedis() throws Exception {
    functions.awaitWritten();
    return functions.ofRedis();
  }

  /** What a Redis has that starts on what a crash leaves in the middle of a rewrite. */
  private Map<String, String> afterCrash() throws Exception {
    functions.awaitWritten();
    return FunctionsOfLoops.ofRedis(
        functions.copyTo(Files.createTempDirectory(directory, "crash")));
  }

  private void endRewrite() {
    assertThat(functions.endRewrite()).isEqualTo("ok");
  }

  @Test
  void whatIsLoadedWhileTheLastOneIsDeletedStays() throws Exception {
    load(first, "f");
    beforeItTells(first, () -> load(last, "g"), "FUNCTION", "DELETE", NAME);
    assertThat(ofRedis()).containsExactly(Map.entry(NAME, "g"));
    delete(last);
    assertThat(ofRedis()).isEmpty();
  }

  @Test
  void whatTheLastOneDeletesWhileAnotherHasNotToldOfItGoes() throws Exception {
    load(last, "f");
    String text = "#!lua name=%s\nredis.register_function('g', function() end)".formatted(NAME);
    beforeItTells(
        first,
        () -> {
          assertThat(FunctionsOfLoops.ask(first, "FUNCTION", "DELETE", NAME)).isEqualTo("+OK\r\n");
          delete(last);
        },
        "FUNCTION",
        "LOAD",
        text);
    assertThat(ofRedis()).isEmpty();
  }

  @Test
  void whatIsDeletedAndLoadedElsewhereDuringARewriteStays() throws Exception {
    load(first, "f");
    functions.beginRewrite();
    delete(first);
    functions.awaitWritten();
    load(last, "g");
    assertThat(afterCrash()).containsExactly(Map.entry(NAME, "f"));
    endRewrite();
    assertThat(ofRedis()).containsExactly(Map.entry(NAME, "g"));
  }

  /** The base has what there was when the rewrite began, and the gateway reads it so. */
  @ParameterizedTest
  @ValueSource(strings = {"yes", "no"})
  void whatTheLastOfTwoDeletesDuringARewriteGoes(String snapshotFirst) throws Exception {
    try (Jedis operator = gateway.operator()) {
      operator.configSet("aof-use-rdb-preamble", snapshotFirst);
    }
    load(first, "f");
    load(last, "g");
    functions.beginRewrite();
    delete(first);
    functions.awaitWritten();
    delete(last);
    assertThat(afterCrash()).containsExactly(Map.entry(NAME, "g"));
    endRewrite();
    assertThat(ofRedis()).isEmpty();
    Path folder = Files.createTempDirectory(directory, "restart");
    Path log = functions.copyTo(folder);
    try (GatewayOfLoops again = GatewayOfLoops.start(folder, 2, DEPLOYMENTS);
        FunctionsOfLoops there = new FunctionsOfLoops(again)) {
      for (BuiltinKeyspace each : again.deployments()) {
        try (Jedis client = again.client(each)) {
          assertThat(FunctionsOfLoops.seenBy(client)).isEmpty();
        }
      }
      FunctionsOfLoops.load(again.on(1), "other", "g");
      there.awaitWritten();
      assertThat(FunctionsOfLoops.ofRedis(log)).containsExactly(Map.entry("other", "g"));
    }
  }

  @Test
  void whatComesAndGoesDuringARewriteLeavesNothing() throws Exception {
    FunctionsOfLoops.load(last, "other", "o");
    functions.beginRewrite();
    load(first, "f");
    load(last, "g");
    functions.awaitWritten();
    delete(first);
    delete(last);
    String dump = FunctionsOfLoops.call(last, "FUNCTION", "DUMP");
    String payload = dump.substring(dump.indexOf("\r\n") + 2, dump.length() - 2);
    FunctionsOfLoops.call(last, "FUNCTION", "FLUSH");
    assertThat(afterCrash()).containsExactly(Map.entry("other", "o"));
    assertThat(FunctionsOfLoops.call(first, "FUNCTION", "RESTORE", payload, "FLUSH"))
        .isEqualTo("+OK\r\n");
    endRewrite();
    assertThat(ofRedis()).containsExactly(Map.entry("other", "o"));
  }

  /** A deployment has what it had itself, and what a Redis has is told anew. */
  @Test
  void aGatewayOnWhatACrashLeavesTellsWhatWasDue() throws Exception {
    load(first, "f");
    FunctionsOfLoops.load(first, "gone", "o");
    functions.beginRewrite();
    delete(first);
    FunctionsOfLoops.delete(first, "gone");
    functions.awaitWritten();
    load(last, "g");
    functions.awaitWritten();
    Path folder = Files.createTempDirectory(directory, "crash");
    Path log = functions.copyTo(folder);
    endRewrite();
    try (GatewayOfLoops again = GatewayOfLoops.start(folder, 2, DEPLOYMENTS);
        FunctionsOfLoops there = new FunctionsOfLoops(again)) {
      there.endRewrite();
      Rewrites.until("what is told", () -> isOnLog(log, Map.of(NAME, "g")));
      for (BuiltinKeyspace each : again.deployments()) {
        try (Jedis client = again.client(each)) {
          assertThat(FunctionsOfLoops.seenBy(client))
              .isEqualTo(each.prefix().equals(last.prefix()) ? Map.of(NAME, "g") : Map.of());
        }
      }
    }
  }

  private static boolean isOnLog(Path log, Map<String, String> expected) {
    try {
      return FunctionsOfLoops.ofRedis(log).equals(expected);
    } catch (Exception broken) {
      throw new IllegalStateException(broken);
    }
  }

  /** The loop whose turn has not come goes on in the next file all the same. */
  @Test
  void whatIsKeptDuringARewriteThatFailsIsToldThen() throws Exception {
    load(first, "f");
    functions.beginRewrite();
    delete(first);
    load(last, "g");
    disk.refusing = true;
    assertThat(functions.endRewrite()).isEqualTo("err");
    assertThat(ofRedis()).containsExactly(Map.entry(NAME, "g"));
    load(first, "h");
    functions.awaitWritten();
    delete(last);
    functions.awaitWritten();
    delete(first);
    functions.awaitWritten();
    FunctionsOfLoops.load(last, "other", "h");
    assertThat(ofRedis()).containsExactly(Map.entry("other", "h"));
    disk.refusing = false;
    try (Jedis operator = gateway.operator()) {
      operator.bgrewriteaof();
    }
    endRewrite();
    assertThat(ofRedis()).containsExactly(Map.entry("other", "h"));
  }

  @Test
  void replicasThatFollowAndThatComeHaveWhatThereIsInTheEnd() throws Exception {
    load(first, "f");
    load(last, "g");
    try (RedisFixture one = RedisFixture.start();
        RedisFixture two = RedisFixture.start();
        Jedis operator = gateway.operator();
        Jedis follower = gateway.replica(one)) {
      awaitLink(follower);
      operator.set(first.prefix() + "::key", "x");
      operator.configSet("rdb-key-save-delay", "100000000");
      try (Jedis newcomer = gateway.replica(two)) {
        Rewrites.until(
            "the walk over the first loop's keys",
            () -> operator.info("persistence").matches("(?s).*keys_processed:[1-9].*"));
        delete(first);
        functions.awaitWritten();
        delete(last);
        FunctionsOfLoops.load(last, "other", "o");
        functions.awaitReplica();
        assertThat(FunctionsOfLoops.ofRedis(follower)).containsExactly(Map.entry(NAME, "g"));
        operator.configSet("rdb-key-save-delay", "0");
        awaitLink(newcomer);
        for (Jedis replica : List.of(follower, newcomer)) {
          Rewrites.until(
              "what is told", () -> FunctionsOfLoops.ofRedis(replica).equals(Map.of("other", "o")));
        }
      }
    }
  }

  private static void awaitLink(Jedis replica) {
    Rewrites.until(
        "the replica's link", () -> replica.info("replication").contains("master_link_status:up"));
  }
}
