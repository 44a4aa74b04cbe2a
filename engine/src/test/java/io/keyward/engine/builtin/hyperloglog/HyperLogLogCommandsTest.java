package io.keyward.engine.builtin.hyperloglog;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.engine.builtin.Bench;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** PFADD, PFCOUNT and PFMERGE, whose values are those of Redis byte for byte. */
class HyperLogLogCommandsTest {
  private final Bench bench = new Bench();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  @Test
  void countsWhatIsDifferent() {
    assertThat(bench.line("pfadd h")).isEqualTo("1");
    assertThat(bench.line("pfcount h")).isEqualTo("0");
    assertThat(bench.line("pfadd h 1 2 3 4 5")).isEqualTo("1");
    assertThat(bench.line("pfadd h 1 2 3 4 5")).isEqualTo("0");
    assertThat(bench.line("pfcount h")).isEqualTo("5");
    assertThat(bench.line("pfadd h 6 7 8 8 9 10")).isEqualTo("1");
    assertThat(bench.line("pfcount h")).isEqualTo("10");
    assertThat(bench.line("pfcount none")).isEqualTo("0");
    assertThat(bench.line("type h")).isEqualTo("string");
  }

  /** The bytes that Redis 7.2 has after PFADD h a b c and PFCOUNT h. */
  @Test
  void theValueIsByteForByteThatOfRedis() {
    bench.line("pfadd h a b c");
    assertThat(bench.line("getrange h 15 15")).isEqualTo("\"\u0080\"");
    assertThat(bench.line("pfcount h")).isEqualTo("3");
    assertThat(bench.line("get h"))
        .isEqualTo(
            "\"HYLL\u0001\0\0\0\u0003\0\0\0\0\0\0\0"
                + "`\u00F3\u0080P\u00B1\u0084K\u00FB\u0080BZ\"");
  }

  @Test
  void mergesAndCountsUnions() {
    bench.line("pfadd a 1 2 3");
    bench.line("pfadd b 3 4 5");
    assertThat(bench.line("pfcount a b none")).isEqualTo("5");
    assertThat(bench.line("pfmerge c a b none")).isEqualTo("OK");
    assertThat(bench.line("pfcount c")).isEqualTo("5");
    assertThat(bench.line("pfdebug encoding c")).isEqualTo("sparse");
    assertThat(bench.line("pfdebug todense a")).isEqualTo("1");
    assertThat(bench.line("pfdebug todense a")).isEqualTo("0");
    bench.line("expire c 100");
    assertThat(bench.line("pfmerge c a")).isEqualTo("OK");
    assertThat(bench.line("ttl c")).isEqualTo("100");
    assertThat(bench.line("pfdebug encoding c")).isEqualTo("dense");
    assertThat(bench.line("strlen c")).isEqualTo("12304");
    assertThat(bench.line("pfcount c")).isEqualTo("5");
    assertThat(bench.line("pfmerge d")).isEqualTo("OK");
    assertThat(bench.line("pfcount d")).isEqualTo("0");
  }

  @Test
  void whatIsNoHyperLogLogIsRefused() {
    String wrong = "!WRONGTYPE Key is not a valid HyperLogLog string value.";
    bench.line("set k v");
    assertThat(bench.line("pfadd k a")).isEqualTo(wrong);
    bench.line("set k 12345678901234567");
    assertThat(bench.line("pfcount k")).isEqualTo(wrong);
    bench.line("rpush l a");
    assertThat(bench.line("pfmerge d l"))
        .isEqualTo("!WRONGTYPE Operation against a key holding the wrong kind of value");
    bench.line("pfadd h a b c");
    bench.line("append h hello");
    String corrupt = "!INVALIDOBJ Corrupted HLL object detected";
    assertThat(bench.line("pfcount h")).isEqualTo(corrupt);
    assertThat(bench.line("pfcount h none")).isEqualTo(corrupt);
    assertThat(bench.line("pfmerge d h")).isEqualTo(corrupt);
    assertThat(bench.line("pfdebug todense h")).isEqualTo(corrupt);
    bench.line("setrange h 4 x");
    assertThat(bench.line("pfcount h")).isEqualTo(wrong);
    bench.run("setrange", "h", "4", "\0");
    assertThat(bench.line("pfcount h")).isEqualTo(wrong);
    assertThat(bench.line("pfdebug getreg none"))
        .isEqualTo("!ERR The specified key does not exist");
    bench.line("pfadd g a");
    assertThat(bench.line("pfdebug nosuch g"))
        .isEqualTo("!ERR Unknown PFDEBUG subcommand 'nosuch'");
    assertThat(bench.line("pfselftest")).isEqualTo("OK");
  }

  @Test
  void becomesDenseWhenTheSparseFormGetsTooLong() throws Exception {
    bench.line("pfadd h a b c d e f g h i j k");
    assertThat(bench.line("pfdebug encoding h")).isEqualTo("sparse");
    assertThat(bench.line("pfdebug decode h")).matches("\"([zZ]:\\d+ |v:\\d+,\\d+ )+Z:\\d+\"");
    bench.settings().set(Directive.HLL_SPARSE_MAX_BYTES, "30");
    int added = 0;
    while (bench.line("pfdebug encoding h").equals("sparse")) {
      bench.line("pfadd h more:" + added++);
      assertThat(added).isLessThan(10_000);
    }
    assertThat(bench.line("pfdebug decode h")).isEqualTo("!ERR HLL encoding is not sparse");
  }

  @Test
  void sparseAndDenseAgree() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("HyperLogLogCommandsTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 30; round++) {
      bench.line("del s d m");
      bench.line("pfadd d");
      bench.line("pfdebug todense d");
      int elements = 1 + random.nextInt(2000);
      for (int i = 0; i < elements; i += 10) {
        StringBuilder words = new StringBuilder();
        for (int j = 0; j < 10; j++) {
          words.append(" e").append(random.nextLong());
        }
        assertThat(bench.line("pfadd s" + words)).isEqualTo(bench.line("pfadd d" + words));
      }
      assertThat(bench.line("pfcount s")).isEqualTo(bench.line("pfcount d"));
      assertThat(bench.line("pfcount s d")).isEqualTo(bench.line("pfcount d"));
      bench.line("pfmerge m s");
      assertThat(bench.line("pfcount m")).isEqualTo(bench.line("pfcount d"));
      int estimate = Integer.parseInt(bench.line("pfcount d"));
      int sent = (elements + 9) / 10 * 10;
      assertThat(Math.abs(estimate - sent)).isLessThanOrEqualTo(2 + sent / 20);
      assertThat(bench.line("pfdebug getreg m")).isEqualTo(bench.line("pfdebug getreg d"));
      assertThat(bench.line("pfdebug getreg s")).isEqualTo(bench.line("pfdebug getreg d"));
    }
  }

  @Test
  void anyBytesAreAnsweredOrRefused() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("HyperLogLogCommandsTest bytes seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      byte[] runs = new byte[random.nextInt(12)];
      random.nextBytes(runs);
      String value =
          "HYLL\u0001\0\0\0\0\0\0\0\0\0\0\u0080" + new String(runs, StandardCharsets.ISO_8859_1);
      bench.run("set", "h", value);
      for (String line :
          new String[] {
            "pfcount h",
            "pfadd h e" + round,
            "pfcount h h",
            "pfmerge d h",
            "pfdebug decode h",
            "pfdebug getreg h"
          }) {
        assertThat(bench.line(line)).matches("(?s)\\d+|OK|\".*\"|\\[.*\\]|!INVALIDOBJ .*");
      }
    }
  }
}
