package io.keyward.engine.builtin.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.KeyspaceClone;
import io.keyward.engine.builtin.rdb.RdbInput;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.rdb.RdbType;
import io.keyward.engine.builtin.snapshot.SnapshotLoader.Expired;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A snapshot holds what was there when it began, whatever clients do while it is written. */
class SnapshotTest {
  private static final int KEYS = 300;

  private final long seed = Long.getLong("test.seed", System.nanoTime());
  private final Random random = new Random(seed);

  SnapshotTest() {
    System.err.println("SnapshotTest seed " + seed);
  }

  private static Bench bench() throws Exception {
    return new Bench(
        new LiveSettings(
            Map.of(Directive.ENABLE_DEBUG_COMMAND, "yes", Directive.LIST_MAX_LISTPACK_SIZE, "64")));
  }

  /** Takes what a snapshot writes, and lets it wait now and then. */
  private final class Gathering implements SnapshotSink {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean lost;

    @Override
    public void take(byte[] piece, int length) {
      bytes.write(piece, 0, length);
    }

    @Override
    public boolean ready() {
      return random.nextInt(4) > 0;
    }

    @Override
    public void giveUp() {
      lost = true;
    }

    @Override
    public boolean lost() {
      return lost;
    }
  }

  @Test
  void holdsWhatWasThereWhenItBegan() throws Exception {
    Bench bench = bench();
    for (int round = 0; round < 12; round++) {
      fill(bench);
      String before = bench.line("debug digest");
      byte[] written = write(new Gathering(), bench);
      bench.validate();
      assertThat(digestOf(written)).as("round %d, seed %d", round, seed).isEqualTo(before);
    }
  }

  @Test
  void keepsKeyspacesApartThatChangeWhileAnotherOneIsWritten() throws Exception {
    Bench one = bench();
    Bench other = one.neighbour();
    for (int round = 0; round < 6; round++) {
      fill(one);
      fill(other);
      String ones = one.line("debug digest");
      String others = other.line("debug digest");
      byte[] written = write(new Gathering(), one, other);
      assertThat(digestOf(written, "")).as("round %d, seed %d", round, seed).isEqualTo(ones);
      assertThat(digestOf(written, "neighbour::"))
          .as("round %d, seed %d", round, seed)
          .isEqualTo(others);
    }
  }

  @Test
  void holdsWhatWasThereOfKeyspacesThatHaveKeysInCommon() throws Exception {
    Bench one = bench();
    Bench other = one.neighbour();
    for (int round = 0; round < 8; round++) {
      other.line("flushall");
      fill(one);
      var _ = KeyspaceClone.make(one.keyspace(), other.keyspace());
      for (int i = random.nextInt(2000); i > 0; i--) {
        change(random.nextBoolean() ? one : other);
      }
      String ones = one.line("debug digest");
      String others = other.line("debug digest");
      byte[] written = write(new Gathering(), one, other);
      one.validate();
      other.validate();
      assertThat(digestOf(written, "")).as("round %d, seed %d", round, seed).isEqualTo(ones);
      assertThat(digestOf(written, "neighbour::"))
          .as("round %d, seed %d", round, seed)
          .isEqualTo(others);
    }
    one.line("flushall");
    other.line("flushall");
    one.pass(100_000);
    assertThat(one.keyspace().home().pool().slotMemory()).as("seed %d", seed).isZero();
    assertThat(one.keyspace().home().usedBytes())
        .as("seed %d", seed)
        .isEqualTo(one.keyspace().usedBytes() + other.keyspace().usedBytes());
  }

  @Test
  void comesToItsEndWhenItsSinkIsLost() throws Exception {
    Bench bench = bench();
    fill(bench);
    Gathering lost = new Gathering();
    lost.lost = true;
    assertThat(write(lost, bench)).hasSize(lost.bytes.size());
    bench.line("flushall");
    fill(bench);
    String before = bench.line("debug digest");
    assertThat(digestOf(write(new Gathering(), bench))).as("seed %d", seed).isEqualTo(before);
  }

  private byte[] write(Gathering sink, Bench... benches) {
    Bench bench = benches[0];
    boolean[] done = new boolean[1];
    HomeSnapshot snapshot =
        new HomeSnapshot(
            bench.keyspace().home(),
            Stream.of(benches).map(Bench::keyspace).toList(),
            new RdbOutput(64, RdbType.VERSION, random.nextBoolean()),
            sink,
            ended -> done[0] = true);
    snapshot.start();
    while (!done[0]) {
      for (int i = random.nextInt(40); i > 0; i--) {
        change(benches[random.nextInt(benches.length)]);
      }
      bench.pass(1);
    }
    bench.pass(1000);
    if (!sink.lost) {
      assertThat(snapshot.written()).as("seed %d", seed).isEqualTo(snapshot.keys());
    }
    sink.bytes.write(RdbType.END);
    return sink.bytes.toByteArray();
  }

  private static String digestOf(byte[] written) throws Exception {
    return digestOf(written, "");
  }

  /** The digest of what is written of the keyspace with a prefix. */
  private static String digestOf(byte[] written, String prefix) throws Exception {
    Bench loaded = bench();
    BuiltinKeyspace keyspace = loaded.keyspace();
    byte[] own = prefix.getBytes(StandardCharsets.US_ASCII);
    RdbOutput head = new RdbOutput(64, RdbType.VERSION, false);
    SnapshotHeader.write("7.2.6", 0, false, head);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(head.bytes(), 0, head.length());
    file.writeBytes(written);
    file.writeBytes(new byte[8]);
    KeyPlaces places =
        new KeyPlaces() {
          @Override
          public @Nullable Place of(byte[] key) {
            boolean neighbours = new String(key, StandardCharsets.US_ASCII).contains("::");
            return neighbours == own.length > 0 ? new Place(keyspace, own.length) : null;
          }

          @Override
          public boolean leavesOut() {
            return true;
          }

          @Override
          public BuiltinKeyspace ofFunctions(String prefix) {
            return keyspace;
          }
        };
    SnapshotLoader loader =
        new SnapshotLoader(
            RdbInput.of(file.toByteArray(), 0, file.size()), places, keyspace.home(), Expired.KEPT);
    loader.begin();
    while (!loader.step()) {
      // The next record.
    }
    loaded.validate();
    return loaded.line("debug digest");
  }

  private void fill(Bench bench) {
    for (int i = 0; i < 2 * KEYS; i++) {
      change(bench);
    }
    bench.line("select 0");
    for (int i = 0; i < 3000; i++) {
      String text = Integer.toString(random.nextInt(100_000));
      bench.run("hset", "hash", text, "value of some length " + text);
      bench.run("sadd", "set", text + "-member");
      bench.run("zadd", "zset", text, "member " + text);
      bench.run(
          "rpush", "list", "an element of a list so long that it is written in pieces " + text);
      bench.run("xadd", "stream", "*", "field", text);
    }
    bench.run("set", "text", "x".repeat(400_000));
    bench.line("append text y");
    bench.line("xgroup create stream group 0");
    bench.line("xreadgroup group group alice count 100 streams stream >");
  }

  private String key() {
    return "key" + random.nextInt(KEYS);
  }

  private String text() {
    return Integer.toString(random.nextInt(100_000));
  }

  /** One command out of those that change something in all kinds of ways. */
  private void change(Bench bench) {
    String number = text();
    switch (random.nextInt(40)) {
      case 0 -> bench.run("set", key(), number);
      case 1 -> bench.run("set", key(), "text ".repeat(random.nextInt(30)));
      case 2 -> bench.run("append", key(), "more");
      case 3 -> bench.run("del", key());
      case 4 -> bench.run("incr", key());
      case 5 -> bench.run("pexpire", key(), "100000000");
      case 6 -> bench.run("persist", key());
      case 7 -> bench.run("rename", key(), key());
      case 8 -> bench.run("copy", key(), key(), "replace");
      case 9 -> bench.run("hset", key(), number, number);
      case 10 -> bench.run("rpush", key(), number, number);
      case 11 -> bench.run("lpop", key());
      case 12 -> bench.run("sadd", key(), number, "a" + number);
      case 13 -> bench.run("zadd", key(), number, number);
      case 14 -> bench.run("xadd", key(), "*", "f", number);
      case 15 -> bench.run("hset", "hash", number, "changed " + number);
      case 16 -> bench.run("hdel", "hash", number);
      case 17 -> bench.run("spop", "set");
      case 18 -> bench.run("srem", "set", number + "-member");
      case 19 -> bench.run("zincrby", "zset", "7", "member " + number);
      case 20 -> bench.run("zpopmin", "zset");
      case 21 -> bench.run("zremrangebyrank", "zset", "10", "20");
      case 22 -> bench.run("lset", "list", "10", number);
      case 23 -> bench.run("xadd", "stream", "*", "f", number);
      case 24 ->
          bench.run("xreadgroup", "group", "group", "bob", "count", "2", "streams", "stream", ">");
      case 25 -> bench.run("setrange", "text", "100", number);
      case 26 -> bench.run("select", Integer.toString(random.nextInt(3)));
      case 27 -> bench.run("move", key(), Integer.toString(random.nextInt(3)));
      case 28 -> rare(bench, "swapdb", "0", "1");
      case 29 -> rare(bench, "flushdb");
      case 30 -> rare(bench, "del", "hash");
      case 31 -> rare(bench, "set", "zset", "a string now");
      case 32 -> bench.run("hpexpire", "hash", "100000000", "fields", "1", number);
      case 33 -> bench.run("getex", key(), "px", "100000000");
      case 34 -> bench.run("getex", key(), "persist");
      case 35 -> bench.run("getset", key(), number);
      case 36 -> bench.run("set", key(), "text ".repeat(random.nextInt(30)), "get");
      case 37 -> bench.run("sort", key(), "alpha", "store", key());
      case 38 -> bench.run("getdel", key());
      default -> bench.run("copy", "hash", "hash copy", "replace");
    }
  }

  private void rare(Bench bench, String... words) {
    if (random.nextInt(50) == 0) {
      bench.run(words);
    }
  }
}
