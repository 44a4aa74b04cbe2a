package io.keyward.engine.builtin.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The compression that files and lists use. */
class LzfTest {

  private final long seed = Long.getLong("test.seed", System.nanoTime());
  private final Random random = new Random(seed);

  /** Text with repetitions near and far, and runs. */
  private byte[] draw(int length) {
    byte[] text = new byte[length];
    int distinct = 1 + random.nextInt(20);
    for (int at = 0; at < length; ) {
      int run = Math.min(length - at, 1 + random.nextInt(random.nextBoolean() ? 8 : 600));
      if (at > 0 && random.nextBoolean()) {
        int from = random.nextInt(at);
        for (int i = 0; i < run; i++) {
          text[at + i] = text[from + i];
        }
      } else {
        for (int i = 0; i < run; i++) {
          text[at + i] = (byte) random.nextInt(distinct);
        }
      }
      at += run;
    }
    return text;
  }

  @Test
  void restoresWhatItCompressed() {
    for (int i = 0; i < 20_000; i++) {
      byte[] text = draw(1 + random.nextInt(i % 100 == 0 ? 70_000 : 300));
      byte[] padded = new byte[text.length + 5];
      System.arraycopy(text, 0, padded, 3, text.length);
      byte[] packed = new byte[text.length + 100];
      int room = random.nextInt(5) == 0 ? random.nextInt(text.length + 1) : text.length + 90;
      int length = Lzf.compress(padded, 3, text.length, packed, 7, room);
      assertThat(length).as("seed %d", seed).isLessThanOrEqualTo(room);
      for (int k = 7 + room; k < packed.length; k++) {
        assertThat(packed[k]).as("seed %d", seed).isZero();
      }
      if (length > 0) {
        byte[] restored = new byte[text.length + 4];
        assertThat(Lzf.decompress(packed, 7, length, restored, 2, text.length))
            .as("seed %d", seed)
            .isTrue();
        assertThat(Arrays.copyOfRange(restored, 2, 2 + text.length)).isEqualTo(text);
      } else {
        assertThat(room).as("seed %d", seed).isLessThan(text.length + 1);
      }
    }
  }

  @Test
  void repetitionsShrink() {
    byte[] packed = new byte[10_000];
    assertThat(Lzf.compress(new byte[10_000], 0, 10_000, packed, 0, 10_000)).isLessThan(130);
    byte[] noise = Texts.run(random, 1000);
    assertThat(Lzf.compress(noise, 0, 1000, packed, 0, 999)).isZero();
  }

  /** Strings as Redis 7.2 compressed them for DUMP. */
  @ParameterizedTest
  @CsvSource({
    "016161e01100016161,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "0c68656c6c6f20776f726c642068e00c0b016421,hello world hello world hello world!"
  })
  void readsWhatRedisCompressed(String hex, String text) {
    byte[] packed = HexFormat.of().parseHex(hex);
    byte[] restored = new byte[text.length()];
    assertThat(Lzf.decompress(packed, 0, packed.length, restored, 0, restored.length)).isTrue();
    assertThat(restored).isEqualTo(Texts.of(text));
  }

  @Test
  void hostileInputStaysWithinItsBounds() {
    for (int i = 0; i < 300_000; i++) {
      byte[] packed = Texts.run(random, 4 + random.nextInt(30));
      int targetLength = random.nextInt(400);
      byte[] target = new byte[targetLength + 8];
      Lzf.decompress(packed, 2, packed.length - 4, target, 4, targetLength);
      assertThat(target[0] | target[1] | target[2] | target[3]).isZero();
      for (int k = 4 + targetLength; k < target.length; k++) {
        assertThat(target[k]).as("seed %d", seed).isZero();
      }
    }
  }

  @Test
  void refusesWhatIsBroken() {
    byte[] target = new byte[10];
    assertThat(Lzf.decompress(new byte[] {0x20, 0}, 0, 2, target, 0, 10)).isFalse();
    assertThat(Lzf.decompress(new byte[] {0, 1, 0x20}, 0, 3, target, 0, 10)).isFalse();
    assertThat(Lzf.decompress(new byte[] {0, 1, (byte) 0xE0}, 0, 3, target, 0, 10)).isFalse();
    assertThat(Lzf.decompress(new byte[] {3, 1}, 0, 2, target, 0, 10)).isFalse();
    assertThat(Lzf.decompress(new byte[] {0, 1}, 0, 2, target, 0, 10)).isFalse();
    assertThat(Lzf.decompress(new byte[] {0, 1}, 0, 2, target, 0, 0)).isFalse();
    assertThat(Lzf.decompress(new byte[] {0, 1}, 0, 2, target, 0, 1)).isTrue();
  }

  @Test
  void whatATableKeepsOfFormerTextsDoesNotShow() {
    Lzf.Table table = new Lzf.Table();
    Random chance = new Random(7);
    for (int round = 0; round < 2000; round++) {
      byte[] text = new byte[1 + chance.nextInt(round % 50 == 0 ? 40_000 : 300)];
      for (int i = 0; i < text.length; i++) {
        text[i] = (byte) ('a' + chance.nextInt(3));
      }
      byte[] packed = new byte[2 * text.length + 16];
      byte[] anew = new byte[packed.length];
      int length = Lzf.compress(text, 0, text.length, packed, 0, packed.length, table);
      assertThat(Lzf.compress(text, 0, text.length, anew, 0, anew.length)).isEqualTo(length);
      assertThat(packed).isEqualTo(anew);
    }
  }
}
