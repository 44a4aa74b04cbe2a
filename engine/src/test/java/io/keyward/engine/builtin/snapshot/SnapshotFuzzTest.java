package io.keyward.engine.builtin.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.rdb.MalformedRdbException;
import io.keyward.engine.builtin.rdb.RdbInput;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.rdb.RdbType;
import io.keyward.engine.builtin.snapshot.SnapshotLoader.Expired;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever stands in a snapshot file: it is loaded or refused with a place, what has been loaded is
 * sound, and no length in it, however great, takes more memory than the file could hold.
 */
class SnapshotFuzzTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** LZF makes at most 88 bytes of one, and what is loaded is copied some times. */
  private static final long MOST_BYTES_PER_BYTE = 1000;

  private static final long ANYWAY = 16 << 20;

  private final Bench bench = new Bench();

  @FuzzTest(maxDuration = "60s")
  void loadsOrRefuses(FuzzedDataProvider data) {
    load(data.consumeRemainingAsBytes());
  }

  @Test
  void loadsOrRefusesWhatHasBeenDamaged() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.err.println("SnapshotFuzzTest seed " + seed);
    Random random = new Random(seed);
    byte[] whole = file();
    assertThat(load(whole)).isTrue();
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
      byte[] damaged =
          random.nextInt(5) == 0
              ? Arrays.copyOf(whole, random.nextInt(whole.length))
              : whole.clone();
      for (int damage = random.nextInt(4); damage > 0 && damaged.length > 9; damage--) {
        damaged[9 + random.nextInt(damaged.length - 9)] = (byte) random.nextInt();
      }
      if (!load(damaged)) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }

  /** Loads a file; returns whether it was accepted. */
  private boolean load(byte[] file) {
    BuiltinKeyspace keyspace = bench.keyspace();
    long before = THREADS.getCurrentThreadAllocatedBytes();
    boolean accepted = true;
    SnapshotLoader loader =
        new SnapshotLoader(
            RdbInput.of(file, 0, file.length), new All(keyspace), keyspace.home(), Expired.KEPT);
    try {
      loader.begin();
      while (!loader.step()) {
        // The next record.
      }
    } catch (MalformedRdbException refused) {
      assertThat(refused.position()).isBetween(0L, (long) file.length);
      accepted = false;
    }
    long taken = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertThat(taken).isLessThan(ANYWAY + file.length * MOST_BYTES_PER_BYTE);
    bench.validate();
    bench.line("flushall");
    bench.line("function flush");
    bench.pass(100);
    return accepted;
  }

  private record All(BuiltinKeyspace keyspace) implements KeyPlaces {
    @Override
    public Place of(byte[] key) {
      return new Place(keyspace, 0);
    }

    @Override
    public BuiltinKeyspace ofFunctions(String prefix) {
      return keyspace;
    }
  }

  /** A file with a value of each kind. */
  private static byte[] file() {
    Bench source = new Bench();
    source.line("set integer 123456");
    source.line("set long " + "compressible-".repeat(30));
    source.line("rpush list a b 1 2 -70000");
    source.line("sadd integers 1 2 70000");
    source.line("sadd words a b 1");
    source.line("hset hash f v n 12");
    source.line("hset expiring f v g w");
    source.line("hpexpire expiring 100000000 fields 1 f");
    source.line("zadd zset 1 a 2.5 b inf c");
    source.line("xadd stream 1-1 f v g w");
    source.line("xadd stream 2-1 f v");
    source.line("xgroup create stream group 0");
    source.line("xreadgroup group group alice streams stream >");
    source.line("pexpire hash 100000000");
    for (int i = 0; i < 140; i++) {
      source.run("hset", "big-hash", "field-" + i, "x".repeat(i));
      source.run("zadd", "big-zset", Integer.toString(i), "member-" + i);
      source.run("sadd", "big-set", "member-" + i);
      source.run("rpush", "big-list", "element-" + i + "x".repeat(70));
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    RdbOutput head = new RdbOutput(64, RdbType.VERSION, true);
    SnapshotHeader.write("7.2.6", 0, false, head);
    file.write(head.bytes(), 0, head.length());
    BuiltinKeyspace keyspace = source.keyspace();
    boolean[] done = new boolean[1];
    new HomeSnapshot(
            keyspace.home(),
            List.of(keyspace),
            new RdbOutput(64, RdbType.VERSION, true),
            new SnapshotSink() {
              @Override
              public void take(byte[] bytes, int length) {
                file.write(bytes, 0, length);
              }

              @Override
              public boolean ready() {
                return true;
              }

              @Override
              public void giveUp() {
                throw new AssertionError("there is memory");
              }

              @Override
              public boolean lost() {
                return false;
              }
            },
            ended -> done[0] = true)
        .start();
    while (!done[0]) {
      source.pass(1);
    }
    file.write(RdbType.END);
    // No checksum, so that damage is found by what it does.
    file.writeBytes(new byte[Long.BYTES]);
    assertThat(new String(file.toByteArray(), StandardCharsets.ISO_8859_1)).startsWith("REDIS0011");
    return file.toByteArray();
  }
}
