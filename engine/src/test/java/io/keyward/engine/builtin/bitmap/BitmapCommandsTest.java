package io.keyward.engine.builtin.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.Bench;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** SETBIT, BITCOUNT, BITPOS, BITOP and BITFIELD. */
class BitmapCommandsTest {
  private final Bench bench = new Bench();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  @Test
  void setBitGrowsTheStringAndReturnsTheOldBit() {
    assertThat(bench.line("setbit k 7 1")).isEqualTo("0");
    assertThat(bench.line("get k")).isEqualTo("\"\u0001\"");
    assertThat(bench.line("setbit k 7 0")).isEqualTo("1");
    assertThat(bench.line("setbit k 3000 1")).isEqualTo("0");
    assertThat(bench.line("strlen k")).isEqualTo("376");
    assertThat(bench.line("bitcount k")).isEqualTo("1");
    assertThat(bench.line("getbit k 3000")).isEqualTo("1");
    assertThat(bench.line("getbit k 100000")).isEqualTo("0");
    assertThat(bench.line("getbit none 0")).isEqualTo("0");
    assertThat(bench.line("object encoding k")).isEqualTo("\"raw\"");
  }

  @Test
  void bitsOfAnIntegerAreThoseOfItsText() {
    bench.line("set k 1");
    assertThat(bench.line("getbit k 2")).isEqualTo("1");
    assertThat(bench.line("getbit k 7")).isEqualTo("1");
    assertThat(bench.line("setbit k 6 1")).isEqualTo("0");
    assertThat(bench.line("get k")).isEqualTo("\"3\"");
    bench.line("set n 12345");
    assertThat(bench.line("bitcount n")).isEqualTo("17");
    assertThat(bench.line("bitpos n 1")).isEqualTo("2");
    assertThat(bench.line("bitfield n get u8 8")).isEqualTo("[50]");
  }

  @Test
  void offsetsAndBitsAreChecked() {
    String offset = "!ERR bit offset is not an integer or out of range";
    assertThat(bench.line("setbit k -1 1")).isEqualTo(offset);
    assertThat(bench.line("setbit k x 1")).isEqualTo(offset);
    assertThat(bench.line("setbit k 4294967296 1")).isEqualTo(offset);
    assertThat(bench.line("getbit k 4294967296")).isEqualTo(offset);
    assertThat(bench.line("bitfield k get u8 #4294967296")).isEqualTo(offset);
    assertThat(bench.line("bitfield k get u8 #9223372036854775807")).isEqualTo(offset);
    assertThat(bench.line("setbit k 0 2")).isEqualTo("!ERR bit is not an integer or out of range");
    assertThat(bench.line("bitpos k 2")).isEqualTo("!ERR The bit argument must be 1 or 0.");
    bench.line("set k v");
    assertThat(bench.line("bitcount k 0")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("bitcount k 0 1 hello")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("bitcount k a b"))
        .isEqualTo("!ERR value is not an integer or out of range");
    assertThat(bench.line("bitop nand k k k")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("bitop not k a b"))
        .isEqualTo("!ERR BITOP NOT must be called with a single source key.");
    bench.line("rpush l a");
    for (String line : new String[] {"setbit l 0 1", "getbit l 0", "bitcount l", "bitpos l 1"}) {
      assertThat(bench.line(line)).startsWith("!WRONGTYPE");
    }
    assertThat(bench.line("bitop and k k l")).startsWith("!WRONGTYPE");
    assertThat(bench.line("bitfield l get u8 0")).startsWith("!WRONGTYPE");
  }

  @Test
  void onlyChangesAreEvents() {
    assertThat(bench.line("setbit k 3 0")).isEqualTo("0");
    bench.line("watch k");
    bench.line("setbit k 3 0");
    bench.line("multi");
    assertThat(bench.line("ping")).isEqualTo("QUEUED");
    assertThat(bench.line("exec")).isEqualTo("[PONG]");
    bench.line("watch k");
    bench.line("setbit k 3 1");
    bench.line("multi");
    bench.line("ping");
    assertThat(bench.line("exec")).isEqualTo("nil");
  }

  @Test
  void bitOpCombines() {
    bench.run("set", "a", "\u00AA\u00FF");
    bench.run("set", "b", "\u000F");
    assertThat(bench.line("bitop and d a b none")).isEqualTo("2");
    assertThat(bench.line("get d")).isEqualTo("\"\0\0\"");
    assertThat(bench.line("bitop or d a b")).isEqualTo("2");
    assertThat(bench.line("get d")).isEqualTo("\"\u00AF\u00FF\"");
    assertThat(bench.line("bitop xor a a b")).isEqualTo("2");
    assertThat(bench.line("get a")).isEqualTo("\"\u00A5\u00FF\"");
    assertThat(bench.line("bitop not b b")).isEqualTo("1");
    assertThat(bench.line("get b")).isEqualTo("\"\u00F0\"");
    bench.line("expire d 100");
    assertThat(bench.line("bitop and d none none2")).isEqualTo("0");
    assertThat(bench.line("exists d")).isEqualTo("0");
    bench.line("set n 1");
    bench.line("set m 2");
    assertThat(bench.line("bitop or d n m")).isEqualTo("1");
    assertThat(bench.line("get d")).isEqualTo("\"3\"");
  }

  @Test
  void bitFieldSetsAddsAndOverflows() {
    assertThat(bench.line("bitfield k set i8 0 -100 set i8 8 101 get i8 0"))
        .isEqualTo("[0 0 -100]");
    assertThat(bench.line("bitfield k set u8 #0 255 get u8 0 get i8 #0 get u8 #1"))
        .isEqualTo("[156 255 -1 101]");
    assertThat(bench.line("bitfield k incrby u8 0 2 overflow sat incrby u8 0 -3"))
        .isEqualTo("[1 0]");
    assertThat(bench.line("bitfield k overflow fail incrby u8 0 256 overflow wrap get u8 0"))
        .isEqualTo("[nil 0]");
    assertThat(bench.line("bitfield k overflow sat set u8 0 -1 get u8 0")).isEqualTo("[0 255]");
    assertThat(bench.line("bitfield k overflow sat set i8 0 -1000 get i8 0"))
        .isEqualTo("[-1 -128]");
    assertThat(bench.line("bitfield b set i64 3 9223372036854775807 incrby i64 3 1"))
        .isEqualTo("[0 -9223372036854775808]");
    assertThat(bench.line("bitfield b overflow sat incrby i64 3 -1"))
        .isEqualTo("[-9223372036854775808]");
    assertThat(bench.line("bitfield k")).isEqualTo("[]");
    assertThat(bench.line("bitfield k get u64 0")).startsWith("!ERR Invalid bitfield type. Use");
    assertThat(bench.line("bitfield k get i65 0")).startsWith("!ERR Invalid bitfield type. Use");
    assertThat(bench.line("bitfield k get x8 0")).startsWith("!ERR Invalid bitfield type. Use");
    assertThat(bench.line("bitfield k get u8")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("bitfield k overflow never"))
        .isEqualTo("!ERR Invalid OVERFLOW type specified");
    assertThat(bench.line("bitfield_ro k set u8 0 1"))
        .isEqualTo("!ERR BITFIELD_RO only supports the GET subcommand");
    assertThat(bench.line("bitfield_ro none get i64 1000")).isEqualTo("[0]");
  }

  /** A row as its bits, bit 0 first. */
  private static BitSet bitsOf(byte[] row) {
    BitSet bits = new BitSet();
    for (int i = 0; i < row.length * 8; i++) {
      bits.set(i, (row[i >> 3] >> (7 - (i & 7)) & 1) != 0);
    }
    return bits;
  }

  @Test
  void rangesAgreeWithBitByBitSearch() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("BitmapCommandsTest ranges seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      byte[] row = new byte[random.nextInt(40)];
      switch (random.nextInt(3)) {
        case 0 -> random.nextBytes(row);
        case 1 -> Arrays.fill(row, (byte) 255);
        default -> {}
      }
      if (row.length > 0 && random.nextBoolean()) {
        row[random.nextInt(row.length)] ^= (byte) (1 << random.nextInt(8));
      }
      bench.run("set", "k", new String(row, java.nio.charset.StandardCharsets.ISO_8859_1));
      BitSet bits = bitsOf(row);
      for (int i = 0; i < 20; i++) {
        boolean inBits = random.nextBoolean();
        int size = inBits ? row.length * 8 : row.length;
        int start = random.nextInt(-size - 3, size + 3);
        int end = random.nextInt(-size - 3, size + 3);
        int unit = inBits ? 1 : 8;
        int first = (start < 0 ? Math.max(0, start + size) : start) * unit;
        int last = Math.min(size - 1, end < 0 ? Math.max(0, end + size) : end) * unit + unit - 1;
        int count = 0;
        long one = -1;
        long zero = -1;
        for (int bit = last; bit >= first; bit--) {
          count += bits.get(bit) ? 1 : 0;
          one = bits.get(bit) ? bit : one;
          zero = bits.get(bit) ? zero : bit;
        }
        if (start < 0 && end < 0 && start > end) {
          count = 0;
        }
        String range = start + " " + end + (inBits ? " BIT" : " BYTE");
        assertThat(bench.line("bitcount k " + range)).isEqualTo("" + count);
        assertThat(bench.line("bitpos k 1 " + range)).isEqualTo("" + one);
        assertThat(bench.line("bitpos k 0 " + range)).isEqualTo("" + zero);
      }
    }
  }

  @Test
  void anEndlessRowOfOnesEndsInAZero() {
    bench.run("set", "k", "\u00FF\u00FF\u00FF");
    assertThat(bench.line("bitpos k 0")).isEqualTo("24");
    assertThat(bench.line("bitpos k 0 1")).isEqualTo("24");
    assertThat(bench.line("bitpos k 0 0 -1")).isEqualTo("-1");
    assertThat(bench.line("bitpos k 0 3")).isEqualTo("-1");
    assertThat(bench.line("bitpos none 0")).isEqualTo("0");
    assertThat(bench.line("bitpos none 1")).isEqualTo("-1");
  }

  @Test
  void fieldsAgreeWithExactArithmetic() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("BitmapCommandsTest fields seed " + seed);
    Random random = new Random(seed);
    BigInteger row = BigInteger.ZERO;
    int rowBits = 200;
    bench.line("setbit k " + (rowBits - 1) + " 0");
    for (int step = 0; step < 5000; step++) {
      boolean signed = random.nextBoolean();
      int width = random.nextInt(1, signed ? 65 : 64);
      int bit = random.nextInt(rowBits - width + 1);
      long number =
          random.nextBoolean() ? random.nextLong() : random.nextLong() >> random.nextInt(64);
      int shift = rowBits - bit - width;
      BigInteger modulus = BigInteger.ONE.shiftLeft(width);
      BigInteger most = (signed ? modulus.shiftRight(1) : modulus).subtract(BigInteger.ONE);
      BigInteger least = signed ? modulus.shiftRight(1).negate() : BigInteger.ZERO;
      BigInteger before = row.shiftRight(shift).mod(modulus);
      BigInteger raw = before;
      if (before.compareTo(most) > 0) {
        before = before.subtract(modulus);
      }
      boolean set = random.nextBoolean();
      BigInteger after = BigInteger.valueOf(number);
      if (!set) {
        after = before.add(after);
      } else if (!signed && number < 0) {
        after = after.add(BigInteger.ONE.shiftLeft(64));
      }
      boolean fits = after.compareTo(most) <= 0 && after.compareTo(least) >= 0;
      String overflow = new String[] {"wrap", "sat", "fail"}[random.nextInt(3)];
      if (!fits) {
        after =
            switch (overflow) {
              case "sat" -> after.compareTo(most) > 0 ? most : least;
              case "fail" -> before;
              default -> after.mod(modulus);
            };
        if (after.compareTo(most) > 0) {
          after = after.subtract(modulus);
        }
      }
      row = row.add(after.mod(modulus).subtract(raw).shiftLeft(shift));
      String expected =
          !fits && overflow.equals("fail") ? "nil" : (set ? before : after).toString();
      String field = (signed ? " i" : " u") + width + " " + bit;
      assertThat(
              bench.line(
                  "bitfield k overflow "
                      + overflow
                      + (set ? " set" : " incrby")
                      + field
                      + " "
                      + number
                      + " get"
                      + field))
          .as("%s %s of %s", overflow, field, number)
          .isEqualTo("[" + expected + " " + after + "]");
    }
  }
}
