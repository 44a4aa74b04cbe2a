package io.keyward.engine.builtin.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packed set of integers, in the bytes of Redis. */
class IntegerSetTest {

  private final long seed = Long.getLong("test.seed", System.nanoTime());
  private final Random random = new Random(seed);

  private long draw(int maxBits) {
    long value = random.nextLong() >> (64 - 1 - random.nextInt(maxBits));
    return random.nextInt(4) == 0
        ? (1L << random.nextInt(maxBits - 1)) * (random.nextInt(3) - 1)
        : value;
  }

  @Test
  void behavesAsASortedSet() {
    for (int round = 0; round < 200; round++) {
      Block block = new MovingBlock(random);
      IntegerSet.initialize(block);
      TreeSet<Long> model = new TreeSet<>();
      int maxBits = new int[] {8, 16, 17, 32, 33, 64}[random.nextInt(6)];
      for (int step = 0; step < 150; step++) {
        long value =
            model.isEmpty() || random.nextBoolean()
                ? draw(maxBits)
                : model.stream().skip(random.nextInt(model.size())).findFirst().orElseThrow();
        if (random.nextInt(3) > 0) {
          assertThat(IntegerSet.add(block, value)).as("seed %d", seed).isEqualTo(model.add(value));
        } else {
          assertThat(IntegerSet.remove(block, value))
              .as("seed %d", seed)
              .isEqualTo(model.remove(value));
        }
        check(block, model, draw(maxBits));
      }
    }
  }

  private void check(Block block, NavigableSet<Long> model, long probe) {
    byte[] bytes = block.bytes();
    int start = block.start();
    int total = IntegerSet.totalBytes(bytes, start);
    assertThat(total).isLessThanOrEqualTo(block.capacity());
    assertThat(IntegerSet.validate(bytes, start, total)).as("seed %d", seed).isTrue();
    assertThat(IntegerSet.count(bytes, start)).isEqualTo(model.size());
    int index = 0;
    for (long value : model) {
      assertThat(IntegerSet.get(bytes, start, index)).as("seed %d", seed).isEqualTo(value);
      assertThat(IntegerSet.indexOf(bytes, start, value)).isEqualTo(index++);
    }
    assertThat(IntegerSet.contains(bytes, start, probe)).isEqualTo(model.contains(probe));
    if (!model.contains(probe)) {
      assertThat(IntegerSet.indexOf(bytes, start, probe))
          .isEqualTo(-1 - model.headSet(probe).size());
    }
    if (!model.isEmpty()) {
      assertThat(model).contains(IntegerSet.random(bytes, start, random));
    }
  }

  @Test
  void everyValueIsDrawnAboutEquallyOften() {
    Block block = new ByteBlock(0);
    IntegerSet.initialize(block);
    for (int i = 0; i < 10; i++) {
      IntegerSet.add(block, i * 1000L);
    }
    int[] drawn = new int[10];
    Random fixed = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      drawn[(int) (IntegerSet.random(block.bytes(), 0, fixed) / 1000)]++;
    }
    assertThat(Arrays.stream(drawn)).allMatch(times -> times > 850 && times < 1150);
  }

  /** As Redis 7.2 wrote it into the payload of DUMP. */
  @Test
  void writesTheBytesThatRedisWrites() {
    Block block = new ByteBlock(0);
    IntegerSet.initialize(block);
    IntegerSet.add(block, 5);
    IntegerSet.add(block, -3);
    IntegerSet.add(block, 70_000);
    byte[] bytes = Arrays.copyOf(block.bytes(), IntegerSet.totalBytes(block.bytes(), 0));
    assertThat(HexFormat.of().formatHex(bytes))
        .isEqualTo("0400000003000000fdffffff0500000070110100");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "02000000000000",
        "03000000010000000500",
        "020000000200000005",
        "02000000020000000500",
        "02000000020000000500" + "0400",
        "02000000020000000500" + "0500",
        "0200000001000000" + "05000600",
        "02000000ffffffff0500",
        "0800000000000020",
        "04000000000000400000"
      })
  void refusesWhatIsBroken(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThat(IntegerSet.validate(bytes, 0, bytes.length)).isFalse();
    assertThat(IntegerSet.validate(bytes, 1, bytes.length)).isFalse();
  }
}
