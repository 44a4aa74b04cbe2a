package io.keyward.engine.builtin.string;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.bytes.PieceArrays;
import io.keyward.engine.bytes.Pieces;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Strings in pieces behave as short ones do, whatever is done to them. */
class LongStringTest {
  private final Bench bench = new Bench();

  @AfterEach
  void validate() {
    bench.validate();
  }

  private static String random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return text(bytes);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }

  /** Lengths on both sides of where strings become long, and of pieces. */
  private static int length(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(30);
      case 1 -> Pieces.LEAST - 2 + random.nextInt(5);
      case 2 -> Pieces.SIZE - 2 + random.nextInt(5);
      default -> random.nextInt(5 * Pieces.SIZE);
    };
  }

  /** A source of so few arrays. */
  private static PieceArrays arrays(int most) {
    return new PieceArrays() {
      private int taken;

      @Override
      public byte[] take() {
        if (taken == most) {
          throw new OutOfMemoryError("no more than " + most);
        }
        taken++;
        return new byte[Pieces.SIZE];
      }

      @Override
      public void giveBack(byte[] array) {
        taken--;
      }
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1000, Pieces.SIZE, 3 * Pieces.SIZE + 5})
  void whatMemoryDoesNotSufficeForIsNotAppendedInPartAndCountsRight(int length) {
    byte[] present = new byte[length];
    new Random(length).nextBytes(present);
    Pieces few = new Pieces(arrays(5));
    few.append(present, 0, length);
    Slices slices = bench.keyspace().slices();
    MemoryAccount account = bench.keyspace().databases().at(0).account();
    long before = account.bytes();
    LongString value = new LongString(few, account);
    Request request = new Request();
    request.begin(new byte[8 * Pieces.SIZE]);
    request.add(0, 8 * Pieces.SIZE);
    assertThatThrownBy(() -> value.write(length, request, 0, slices))
        .isInstanceOf(OutOfMemoryError.class);
    value.validate();
    assertThat(value.bytes().toArray()).isEqualTo(present);
    assertThat(account.bytes() - before).isEqualTo(value.memoryBytes());
    request.begin(new byte[] {7});
    request.add(0, 1);
    value.write(length, request, 0, slices);
    byte[] longer = Arrays.copyOf(present, length + 1);
    longer[length] = 7;
    assertThat(value.bytes().toArray()).isEqualTo(longer);
    value.validate();
    boolean _ = value.free(Integer.MAX_VALUE);
    assertThat(account.bytes()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void everythingIsAsInAModel(long seed) {
    Random random = new Random(seed);
    Map<String, byte[]> model = new HashMap<>();
    String[] keys = {"a", "b", "c"};
    for (int step = 0; step < 150; step++) {
      String key = keys[random.nextInt(keys.length)];
      byte[] present = model.getOrDefault(key, new byte[0]);
      switch (random.nextInt(12)) {
        case 0 -> {
          String value = random(random, length(random));
          assertThat(bench.run("set", key, value)).isEqualTo("OK");
          model.put(key, bytes(value));
        }
        case 1 -> {
          String more = random(random, 1 + length(random));
          byte[] longer = Arrays.copyOf(present, present.length + more.length());
          System.arraycopy(bytes(more), 0, longer, present.length, more.length());
          assertThat(bench.run("append", key, more)).isEqualTo("" + longer.length);
          model.put(key, longer);
        }
        case 2 -> {
          int at = random.nextInt(Math.max(1, present.length + 10) + (step % 5 == 0 ? 400_000 : 0));
          String over = random(random, 1 + length(random));
          byte[] written = Arrays.copyOf(present, Math.max(present.length, at + over.length()));
          System.arraycopy(bytes(over), 0, written, at, over.length());
          assertThat(bench.run("setrange", key, "" + at, over)).isEqualTo("" + written.length);
          model.put(key, written);
        }
        case 3 -> {
          int from = random.nextInt(present.length + 5);
          int to = random.nextInt(present.length + 5);
          String expected =
              from >= present.length || from > to
                  ? ""
                  : text(Arrays.copyOfRange(present, from, Math.min(present.length, to + 1)));
          assertThat(bench.run("getrange", key, "" + from, "" + to)).isEqualTo(quoted(expected));
        }
        case 4 -> {
          String target = keys[random.nextInt(keys.length)];
          if (!target.equals(key) && model.containsKey(key)) {
            if (random.nextBoolean()) {
              bench.run("copy", key, target, "replace");
            } else {
              bench.run("rename", key, target);
              model.remove(key);
            }
            model.put(target, present);
          }
        }
        case 5 -> {
          String old = bench.run("getset", key, "short");
          assertThat(old).isEqualTo(model.containsKey(key) ? quoted(text(present)) : "nil");
          model.put(key, bytes("short"));
        }
        case 6 -> {
          bench.run("expire", key, "1000");
          if (random.nextBoolean()) {
            bench.run("persist", key);
          }
        }
        case 7 -> {
          bench.run("del", key);
          model.remove(key);
        }
        case 8 -> bits(random, key, present, model);
        case 9 -> {
          if (model.containsKey(key)) {
            bench.run("move", key, "1");
            bench.run("select", "1");
            assertThat(bench.run("getdel", key)).isEqualTo(quoted(text(present)));
            bench.run("select", "0");
            model.remove(key);
          }
        }
        case 10 -> {
          if (model.containsKey(key)) {
            assertThat(
                    bench.run(
                        "eval",
                        "redis.call('set', KEYS[1], redis.call('get', KEYS[1]))"
                            + " return redis.call('strlen', KEYS[1])",
                        "1",
                        key))
                .isEqualTo("" + present.length);
          }
        }
        default ->
            assertThat(bench.run("get", key))
                .isEqualTo(model.containsKey(key) ? quoted(text(present)) : "nil");
      }
      byte[] now = model.get(key);
      assertThat(bench.run("strlen", key)).isEqualTo("" + (now == null ? 0 : now.length));
      if (now != null) {
        assertThat(bench.run("get", key)).isEqualTo(quoted(text(now)));
      }
      bench.validate();
    }
  }

  private void bits(Random random, String key, byte[] present, Map<String, byte[]> model) {
    int at = random.nextInt(present.length + 300_000);
    byte[] written = Arrays.copyOf(present, Math.max(present.length, at + 1));
    String old = (written[at] & 0x40) != 0 ? "1" : "0";
    written[at] |= 0x40;
    assertThat(bench.run("setbit", key, "" + (8L * at + 1), "1")).isEqualTo(old);
    assertThat(bench.run("getbit", key, "" + (8L * at + 1))).isEqualTo("1");
    model.put(key, written);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void bitsOfLongStringsAreThoseOfShortOnes(long seed) {
    Random random = new Random(seed);
    String value = random(random, 3 * Pieces.SIZE + 77);
    bench.run("set", "k", value);
    byte[] bytes = bytes(value);
    BitSet ones = BitSet.valueOf(reversed(bytes));
    assertThat(bench.run("bitcount", "k")).isEqualTo("" + ones.cardinality());
    for (int i = 0; i < 50; i++) {
      int from = random.nextInt(8 * bytes.length);
      int to = Math.min(8 * bytes.length - 1, from + random.nextInt(3 * 8 * Pieces.SIZE));
      assertThat(bench.run("bitcount", "k", "" + from, "" + to, "bit"))
          .isEqualTo("" + ones.get(from, to + 1).cardinality());
      int at = 8 * Pieces.SIZE * (1 + random.nextInt(3)) - random.nextInt(64);
      long field = 0;
      for (int bit = at; bit < at + 48; bit++) {
        field = field << 1 | (ones.get(bit) ? 1 : 0);
      }
      assertThat(bench.run("bitfield", "k", "get", "u48", "" + at)).isEqualTo("[" + field + "]");
      assertThat(bench.run("bitfield", "k", "set", "u48", "" + at, "" + i))
          .isEqualTo("[" + field + "]");
      for (int bit = 0; bit < 48; bit++) {
        ones.set(at + 47 - bit, bit < 32 && (i >>> bit & 1) != 0);
      }
    }
    bench.run("setrange", "zeros", "1000000", "x");
    assertThat(bench.run("bitpos", "zeros", "1")).isEqualTo("8000001");
    assertThat(bench.run("bitcount", "zeros")).isEqualTo("4");
    assertThat(bench.run("bitop", "not", "ones", "zeros")).isEqualTo("1000001");
    assertThat(bench.run("bitpos", "ones", "0")).isEqualTo("8000001");
    bench.run("set", "short", "abc");
    for (String operation : new String[] {"and", "or", "xor"}) {
      assertThat(bench.run("bitop", operation, "out", "k", "zeros", "short")).isEqualTo("1000001");
      byte[] result = bytes(bench.run("get", "out"));
      byte[] first = bytes(bench.run("get", "k"));
      byte[] second = bytes(bench.run("get", "zeros"));
      byte[] third = bytes("\"abc\"");
      for (int i = 1; i < result.length - 1; i++) {
        int one = i < first.length - 1 ? first[i] : 0;
        int three = i < third.length - 1 ? third[i] : 0;
        int expected =
            switch (operation) {
              case "and" -> one & second[i] & three;
              case "or" -> one | second[i] | three;
              default -> one ^ second[i] ^ three;
            };
        if (result[i] != (byte) expected) {
          assertThat(result[i]).as("%s at %s", operation, i).isEqualTo((byte) expected);
        }
      }
    }
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = (byte) (Integer.reverse(bytes[i] & 0xFF) >>> 24);
    }
    return reversed;
  }

  @Test
  void zerosThatAreReadTakeNoMemory() {
    bench.run("SETRANGE", "zeros", "20000000", "x");
    bench.run("SETRANGE", "zeros", "300000", "y");
    String copy = "return redis.call('RESTORE', 'read', 0, redis.call('DUMP', 'zeros'))";
    assertThat(bench.run("EVAL", copy, "0")).contains("OK");
    String usage = bench.run("MEMORY", "USAGE", "read").replaceAll("[^0-9]", "");
    assertThat(Long.parseLong(usage)).isLessThan(1_000_000);
    String same = "return redis.call('GET', 'read') == redis.call('GET', 'zeros')";
    assertThat(bench.run("EVAL", same, "0")).isEqualTo(bench.run("EVAL", "return true", "0"));
  }

  @Test
  void isCalledAndCountedAsAnyOtherString() {
    String value = "x".repeat(1_000_000);
    bench.run("set", "k", "short");
    bench.run("del", "k");
    long before = bytesUsed();
    bench.run("set", "k", value);
    assertThat(bench.run("object", "encoding", "k")).isEqualTo("\"raw\"");
    assertThat(bench.run("type", "k")).isEqualTo("string");
    assertThat(Long.parseLong(bench.run("memory", "usage", "k"))).isBetween(1_000_000L, 1_010_000L);
    assertThat(bytesUsed() - before).isBetween(1_000_000L, 1_010_000L);
    assertThat(bench.run("incr", "k")).startsWith("!ERR value is not an integer");
    assertThat(bench.run("incrbyfloat", "k", "1")).startsWith("!ERR value is not a valid float");
    assertThat(bench.run("pfadd", "k", "1")).startsWith("!WRONGTYPE");
    assertThat(bench.run("rpush", "k", "1")).startsWith("!WRONGTYPE");
    assertThat(bench.run("set", "k", "y", "ifeq", value)).isEqualTo("OK");
    bench.run("del", "k");
    bench.pass(1000);
    assertThat(bytesUsed()).isEqualTo(before);
  }

  private long bytesUsed() {
    return bench.keyspace().home().usedBytes();
  }

  @Test
  void whatIsNotStoredIsGivenBack() {
    String value = "x".repeat(1_000_000);
    bench.run("set", "k", "v");
    long before = bytesUsed();
    for (int i = 0; i < 3; i++) {
      assertThat(bench.run("set", "k", value, "nx")).isEqualTo("nil");
      assertThat(bench.run("setnx", "k", value)).isEqualTo("0");
      assertThat(bench.run("set", "k", value, "bad")).startsWith("!ERR syntax");
      assertThat(bench.run("nosuch", "k", value)).startsWith("!ERR unknown command");
      assertThat(bench.run("append", "k")).startsWith("!ERR wrong number");
      bench.run("multi");
      bench.run("set", "k", value);
      bench.run("discard");
    }
    assertThat(bench.run("get", "k")).isEqualTo("\"v\"");
    assertThat(bytesUsed()).isEqualTo(before);
  }

  @Test
  void longArgumentsOfEveryOtherCommandAreTakenToo() {
    String value = "x".repeat(300_000);
    assertThat(bench.run("rpush", "l", value, "b", value)).isEqualTo("3");
    assertThat(bench.run("lindex", "l", "2")).isEqualTo(quoted(value));
    assertThat(bench.run("hset", "h", "f", value)).isEqualTo("1");
    assertThat(bench.run("hget", "h", "f")).isEqualTo(quoted(value));
    assertThat(bench.run("set", value, "v")).isEqualTo("OK");
    assertThat(bench.run("get", value)).isEqualTo("\"v\"");
    assertThat(bench.run("mset", "a", value, "b", "2", "c", value)).isEqualTo("OK");
    assertThat(bench.run("strlen", "c")).isEqualTo("300000");
    assertThat(bench.run("echo", value)).isEqualTo(quoted(value));
    bench.run("multi");
    bench.run("set", "t", value);
    bench.run("strlen", "t");
    assertThat(bench.run("exec")).isEqualTo("[OK 300000]");
    assertThat(bench.run(value)).startsWith("!ERR unknown command 'xxx");
    String payload = bench.run("dump", "t");
    assertThat(
            bench.run("restore", "r", "0", payload.substring(1, payload.length() - 1), "replace"))
        .isEqualTo("OK");
    assertThat(bench.run("get", "r")).isEqualTo(quoted(value));
  }
}
