package io.keyward.engine.builtin.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The packed list of texts and integers, in the bytes of Redis. */
class ListpackTest {

  private final long seed = Long.getLong("test.seed", System.nanoTime());
  private final Random random = new Random(seed);

  private static int position(Block block, int index) {
    return Listpack.seek(block.bytes(), block.start(), index);
  }

  private static byte[] content(Block block) {
    int total = Listpack.totalBytes(block.bytes(), block.start());
    return Arrays.copyOfRange(block.bytes(), block.start(), block.start() + total);
  }

  private void check(Block block, List<byte[]> expected) {
    byte[] bytes = block.bytes();
    int start = block.start();
    int total = Listpack.totalBytes(bytes, start);
    assertThat(total).isLessThanOrEqualTo(block.capacity());
    assertThat(Listpack.validate(bytes, start, total)).as("seed %d", seed).isTrue();
    assertThat(Listpack.count(bytes, start)).as("seed %d", seed).isEqualTo(expected.size());
    int at = Listpack.first(bytes, start);
    for (byte[] text : expected) {
      assertThat(Listpack.entryText(bytes, at)).as("seed %d", seed).isEqualTo(text);
      at = Listpack.next(bytes, at);
    }
    assertThat(at).isEqualTo(-1);
    at = Listpack.last(bytes, start);
    for (byte[] text : expected.reversed()) {
      assertThat(Listpack.equalsAt(bytes, at, text, 0, text.length)).as("seed %d", seed).isTrue();
      at = Listpack.previous(bytes, start, at);
    }
    assertThat(at).isEqualTo(-1);
  }

  @Test
  void behavesAsAListOfTexts() {
    for (int round = 0; round < 200; round++) {
      Block block = new MovingBlock(random);
      ListpackEditor.initialize(block);
      List<byte[]> model = new ArrayList<>();
      for (int step = 0; step < 100; step++) {
        change(block, model);
        check(block, model);
        lookUp(block, model);
      }
    }
  }

  private void change(Block block, List<byte[]> model) {
    byte[] padded = new byte[4200];
    byte[] text = Texts.draw(random);
    System.arraycopy(text, 0, padded, 5, text.length);
    int index = model.isEmpty() ? -1 : random.nextInt(model.size());
    int action = model.isEmpty() ? 0 : random.nextInt(11);
    int written = -1;
    switch (action) {
      case 0, 1 -> {
        written = ListpackEditor.append(block, padded, 5, text.length);
        model.add(text);
      }
      case 2 -> {
        written = ListpackEditor.prepend(block, padded, 5, text.length);
        model.addFirst(text);
      }
      case 3 -> {
        written =
            ListpackEditor.insertBefore(block, position(block, index), padded, 5, text.length);
        model.add(index, text);
      }
      case 4 -> {
        written = ListpackEditor.insertAfter(block, position(block, index), padded, 5, text.length);
        model.add(index + 1, text);
      }
      case 5 -> {
        written = ListpackEditor.replace(block, position(block, index), padded, 5, text.length);
        model.set(index, text);
      }
      case 6 -> {
        int next = ListpackEditor.delete(block, position(block, index - model.size()));
        model.remove(index);
        assertThat(next).isEqualTo(index == model.size() ? -1 : position(block, index));
      }
      case 7 -> {
        int count = random.nextInt(4);
        ListpackEditor.deleteRange(block, index - (random.nextBoolean() ? model.size() : 0), count);
        model.subList(index, Math.min(model.size(), index + count)).clear();
      }
      case 8 -> {
        Block other = new MovingBlock(random);
        ListpackEditor.initialize(other);
        for (int i = random.nextInt(4); i > 0; i--) {
          byte[] added = Texts.draw(random);
          ListpackEditor.append(other, added, 0, added.length);
          model.add(added);
        }
        ListpackEditor.merge(block, other.bytes(), other.start());
      }
      default -> {
        long value = random.nextLong() >> random.nextInt(64);
        int at = position(block, index);
        if (action == 9) {
          ListpackEditor.replaceInteger(block, at, value);
          model.set(index, Texts.of(Long.toString(value)));
        } else {
          ListpackEditor.insertIntegerAfter(block, at, value);
          model.add(index + 1, Texts.of(Long.toString(value)));
        }
      }
    }
    if (written >= 0) {
      assertThat(Listpack.entryText(block.bytes(), written)).isEqualTo(text);
      int next = Listpack.next(block.bytes(), written);
      int end = next < 0 ? Listpack.end(block.bytes(), block.start()) : next;
      assertThat(ListpackEditor.encodedSize(padded, 5, text.length)).isEqualTo(end - written);
    }
  }

  private void lookUp(Block block, List<byte[]> model) {
    byte[] bytes = block.bytes();
    int start = block.start();
    int index = random.nextInt(-model.size() - 2, model.size() + 2);
    boolean inside = index >= -model.size() && index < model.size();
    int position = position(block, index);
    assertThat(position >= 0).isEqualTo(inside);
    byte[] needle = inside ? model.get(Math.floorMod(index, model.size())) : Texts.draw(random);
    if (inside) {
      assertThat(Listpack.equalsAt(bytes, position, needle, 0, needle.length)).isTrue();
      assertThat(Listpack.textLengthAt(bytes, position)).isEqualTo(needle.length);
    }
    for (int skip = 0; skip < 3; skip++) {
      int expected = -1;
      for (int i = 0; i < model.size() && expected < 0; i += skip + 1) {
        expected = Arrays.equals(model.get(i), needle) ? i : -1;
      }
      int found =
          Listpack.find(bytes, Listpack.first(bytes, start), needle, 0, needle.length, skip);
      assertThat(found)
          .as("seed %d", seed)
          .isEqualTo(expected < 0 ? -1 : position(block, expected));
    }
  }

  /** Entries as Redis 7.2 wrote them into the payload of DUMP. */
  @ParameterizedTest
  @CsvSource({
    "0,0001",
    "127,7f01",
    "128,c08002",
    "-1,dfff02",
    "4095,cfff02",
    "-4096,d00002",
    "4096,f1001003",
    "-32768,f1008003",
    "32768,f200800004",
    "-8388608,f200008004",
    "8388608,f30000800005",
    "-2147483648,f30000008005",
    "2147483648,f4000000800000000009",
    "abc,8361626304",
    "01,82303103"
  })
  void writesTheBytesThatRedisWrites(String text, String entry) {
    Block block = new ByteBlock(0);
    ListpackEditor.initialize(block);
    ListpackEditor.append(block, Texts.of(text), 0, text.length());
    int total = entry.length() / 2 + Listpack.EMPTY_BYTES;
    assertThat(HexFormat.of().formatHex(content(block)))
        .isEqualTo(String.format("%02x0000000100%sff", total, entry));
    if (Listpack.isIntegerAt(block.bytes(), 6)) {
      assertThat(ListpackEditor.encodedSize(Long.parseLong(text))).isEqualTo(total - 7);
      assertThat(Listpack.integerAt(block.bytes(), 6)).isEqualTo(Long.parseLong(text));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16_377, 16_378, 16_379, 2_097_145, 2_097_146, 2_097_147})
  void longTextsHaveLongBackLengths(int length) {
    Block block = new ByteBlock(0);
    ListpackEditor.initialize(block);
    List<byte[]> model = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      model.add(Texts.run(random, length));
      ListpackEditor.append(block, model.get(i), 0, length);
    }
    check(block, model);
    int size = (Listpack.totalBytes(block.bytes(), 0) - Listpack.EMPTY_BYTES) / 3;
    // Encoding, text, and a back length that grows when encoding and text reach its limit.
    int backLength = length + 5 < 16_383 ? 2 : length + 5 < 2_097_151 ? 3 : 4;
    assertThat(size).isEqualTo(5 + length + backLength);
  }

  @Test
  void countsWhatTheHeaderCannot() {
    Block block = new ByteBlock(0);
    ListpackEditor.initialize(block);
    for (int i = 0; i < 65_540; i++) {
      ListpackEditor.appendInteger(block, i & 63);
      if (i >= 65_530) {
        assertThat(Listpack.count(block.bytes(), 0)).isEqualTo(i + 1);
      }
    }
    assertThat(Listpack.integerAt(block.bytes(), position(block, -2))).isEqualTo(65_538 & 63);
    assertThat(Listpack.integerAt(block.bytes(), position(block, 65_537))).isEqualTo(65_537 & 63);
    assertThat(position(block, 65_540)).isEqualTo(-1);
    assertThat(position(block, -65_541)).isEqualTo(-1);
    ListpackEditor.deleteRange(block, 1, 65_530);
    assertThat(Listpack.count(block.bytes(), 0)).isEqualTo(10);
    assertThat(Listpack.validate(block.bytes(), 0, Listpack.totalBytes(block.bytes(), 0))).isTrue();
  }

  @Test
  void hostileBytesAreRefusedOrReadWhole() {
    for (int i = 0; i < 200_000; i++) {
      Block block = new MovingBlock(random);
      ListpackEditor.initialize(block);
      for (int n = random.nextInt(5); n > 0; n--) {
        byte[] text = Texts.draw(random);
        ListpackEditor.append(block, text, 0, Math.min(text.length, 80));
      }
      byte[] bytes = content(block);
      int at = random.nextInt(bytes.length);
      bytes[at] =
          (byte) (random.nextBoolean() ? random.nextInt() : bytes[at] ^ 1 << random.nextInt(8));
      if (random.nextInt(10) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      if (Listpack.validate(bytes, 0, bytes.length)) {
        int walked = 0;
        for (int p = Listpack.first(bytes, 0); p >= 0; p = Listpack.next(bytes, p)) {
          Listpack.entryText(bytes, p);
          walked++;
        }
        for (int p = Listpack.last(bytes, 0); p >= 0; p = Listpack.previous(bytes, 0, p)) {
          walked--;
        }
        assertThat(walked).as("seed %d", seed).isZero();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0700000000",
        "070000000000",
        "080000000000ff",
        "070000000100ff",
        "07000000000000",
        "0c000000010083616263" + "04",
        "0c00000001008361626305ff",
        "0c000000010084616263" + "04ff",
        "0a0000000100f0ffff" + "ff",
        "0e0000000100f0ffffffff0006ff",
        "090000000100f501ff",
        "090000000100ff01ff",
        "0a00000001007fff01ff"
      })
  void refusesWhatIsBroken(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThat(Listpack.validate(bytes, 0, bytes.length)).isFalse();
    assertThat(Listpack.validate(bytes, 0, 7)).isFalse();
    assertThat(Listpack.validate(bytes, 1, bytes.length)).isFalse();
  }

  @Test
  void refusesToGrowBeyondItsHeader() {
    ByteBlock block = new ByteBlock(0);
    ListpackEditor.initialize(block);
    byte[] text = new byte[8];
    assertThatThrownBy(() -> ListpackEditor.append(block, text, 0, Integer.MAX_VALUE - 10))
        .isInstanceOf(ArithmeticException.class);
    assertThat(Listpack.count(block.bytes(), 0)).isZero();
  }
}
