package io.keyward.engine.builtin.appendonly;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Bench;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever stands in an append-only file: commands are read up to some place, whose offset is told,
 * and no length in it, however great, takes more memory than the file could fill.
 */
class CommandReaderFuzzTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final long MOST_BYTES_PER_BYTE = 100;
  private static final long ANYWAY = 16 << 20;

  @FuzzTest(maxDuration = "60s")
  void readsOrRefuses(FuzzedDataProvider data) throws IOException {
    read(data.consumeRemainingAsBytes());
  }

  @Test
  void readsOrRefusesWhatHasBeenDamaged() throws IOException {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.err.println("CommandReaderFuzzTest seed " + seed);
    Random random = new Random(seed);
    byte[] whole = file();
    assertThat(read(whole)).isTrue();
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged =
          random.nextInt(5) == 0
              ? Arrays.copyOf(whole, random.nextInt(whole.length))
              : whole.clone();
      for (int damage = random.nextInt(4); damage > 0 && damaged.length > 0; damage--) {
        int at = random.nextInt(damaged.length);
        // Lengths are what can do harm: digits become others, or more of them.
        damaged[at] = (byte) (random.nextBoolean() ? '0' + random.nextInt(10) : random.nextInt());
      }
      if (!read(damaged)) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(5000);
  }

  @Test
  void aLengthBeyondTheFileTakesNoMemory() throws IOException {
    for (String length : new String[] {"2147483647", "9223372036854775807", "1073741824", "-5"}) {
      assertThat(read(("*3\r\n$" + length + "\r\nSET\r\n").getBytes(StandardCharsets.US_ASCII)))
          .as(length)
          .isFalse();
      assertThat(read(("*" + length + "\r\n$3\r\nSET\r\n").getBytes(StandardCharsets.US_ASCII)))
          .as(length)
          .isFalse();
    }
  }

  /** Reads a file; returns whether it was whole. */
  private static boolean read(byte[] file) throws IOException {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    boolean whole = true;
    try (CommandReader reader = new CommandReader(EffectStreams.channel(file))) {
      Request request = new Request();
      while (reader.next(request)) {
        assertThat(request.count()).isPositive();
        assertThat(reader.offset()).isBetween(0L, (long) file.length);
      }
    } catch (DamagedFileException damaged) {
      assertThat(damaged.offset()).isBetween(0L, (long) file.length);
      whole = false;
    }
    long taken = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertThat(taken).isLessThan(ANYWAY + file.length * MOST_BYTES_PER_BYTE);
    return whole;
  }

  @Test
  void aCommandOfManyArgumentsIsNotCopiedOverAndOver() throws IOException {
    int elements = 200_000;
    StringBuilder text = new StringBuilder("*" + (elements + 2) + "\r\n$5\r\nRPUSH\r\n$1\r\nl\r\n");
    for (int i = 0; i < elements; i++) {
      text.append("$4\r\nitem\r\n");
    }

    assertThat(read(text.toString().getBytes(StandardCharsets.US_ASCII))).isTrue();
  }

  private static byte[] file() {
    Bench bench = new Bench();
    EffectStreams streams = new EffectStreams(bench);
    bench.line("set a 1");
    bench.line("rpush list a b c");
    bench.line("select 3");
    bench.line("hset hash f v g " + "w".repeat(300));
    bench.line("multi");
    bench.line("incr a");
    bench.line("sadd s a b c");
    bench.line("exec");
    bench.line("xadd x * f v");
    bench.line("flushdb");
    return streams.bytes();
  }
}
