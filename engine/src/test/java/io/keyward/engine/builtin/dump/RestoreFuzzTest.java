package io.keyward.engine.builtin.dump;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.rdb.RdbOutput;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever RESTORE is given: it is refused and leaves nothing behind, or it makes a sound value.
 *
 * <p>With JAZZER_FUZZ=1 in the environment it searches on from the inputs that are kept beside it;
 * they are the contents of payloads, to which the test puts the right footer.
 */
class RestoreFuzzTest {
  private final Bench bench = new Bench();

  RestoreFuzzTest() {
    bench.line("exists key");
  }

  @FuzzTest(maxDuration = "60s")
  void restoresOrRefuses(FuzzedDataProvider data) {
    tryOut(data.consumeRemainingAsBytes());
  }

  @Test
  void restoresOrRefusesWhatHasBeenDamaged() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.err.println("seed " + seed);
    Random random = new Random(seed);
    Bench source = new Bench();
    List<String> keys = SampleValues.make(source);
    for (int i = 0; i < 4000; i++) {
      String dumped = source.run("dump", keys.get(i % keys.size()));
      byte[] content = dumped.substring(1, dumped.length() - 11).getBytes(ISO_8859_1);
      for (int damage = random.nextInt(3); damage >= 0; damage--) {
        content[random.nextInt(content.length)] = (byte) random.nextInt();
      }
      tryOut(content);
    }
  }

  private void tryOut(byte[] content) {
    long before = bench.keyspace().usedBytes();
    RdbOutput out = new RdbOutput(64, 11, false);
    out.write(content, 0, content.length);
    Payload.close(out);
    String reply =
        bench.run("restore", "key", "0", new String(out.bytes(), 0, out.length(), ISO_8859_1));
    assertThat(reply).isIn("OK", "!ERR Bad data format");
    bench.pass(10);
    if (reply.equals("OK")) {
      bench.validate();
      assertThat(bench.line("dump key")).isNotEqualTo("nil");
      bench.line("del key");
      bench.pass(100);
    }
    assertThat(bench.keyspace().usedBytes()).isEqualTo(before);
  }
}
