package io.keyward.gateway.comparison;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * The words that take the places in {@link CommandTemplate}s: few of each kind, so that commands
 * meet, with those at the edges among them.
 *
 * <p>Numbers are such that no version of Redis rounds them when it prints them, and times are
 * absolute, so that neither clock shows in a reply.
 */
final class Words {
  /** Every key that a command may name. */
  static final List<String> KEYS = words("k0 k1 k2 k3 k4 k5");

  private static final String LONG = "x".repeat(70);

  private static final List<String> INTEGERS =
      words(
          "0 1 2 3 5 10 -1 -2 -3 -10 100 65536 2147483648 9223372036854775807"
              + " -9223372036854775808 9223372036854775808 abc 1.5 01 +1 -0");

  private static final Map<String, List<String>> KINDS =
      Map.ofEntries(
          Map.entry("key", KEYS),
          Map.entry("int", INTEGERS),
          Map.entry("small", words("0 1 2 3 4 5 1 2 3 -1 -2 100")),
          Map.entry("count", words("0 1 1 2 2 3 5 10 100 -1 -2 -5")),
          Map.entry("index", words("0 1 2 3 4 7 -1 -2 -3 -4 -8 100 -100")),
          Map.entry("offset", words("0 1 2 5 8 9 30 100 -1 4294967296")),
          Map.entry("bit", words("0 1 2 5 7 8 9 15 16 30 63 100 300 -1 4294967296")),
          Map.entry(
              "value",
              List.of(
                  "",
                  "a",
                  "b",
                  "hello",
                  "foobar",
                  "12345",
                  "-7",
                  "0",
                  "3.5",
                  "10",
                  LONG,
                  "\u00ff\0\u0080",
                  "x".repeat(200),
                  "a\r\nb")),
          Map.entry(
              "member",
              List.of("a", "b", "c", "d", "e", "m1", "m2", "1", "2", "30", "-4", "", LONG)),
          Map.entry("numeric", words("1 2 3 10 20 30 -4 5 7 100 32768 2147483648 a")),
          Map.entry(
              "float",
              words("0 1 -1 0.5 2.25 -3.75 1000000 1e3 inf -inf nan abc 1.5e2 0.0 -0.0 +2")),
          Map.entry("score", words("0 1 1 2 2 3 -1 0.5 2.25 -3.75 100 inf -inf abc 1e2")),
          Map.entry("bound", words("0 1 2 3 (1 (2 -inf +inf inf (inf -1 0.5 100 abc")),
          Map.entry("lex", words("- + [a [b (b (c [c [m [1 (1 [ a")),
          Map.entry("id", words("1-1 1-2 1-3 2-1 2-2 3 4-0 5 0 0-0 7-18446744073709551615 9 abc")),
          Map.entry("newid", words("1-1 1-2 2-1 2-2 3-* 4 5-1 5-2 6-* 7-1 8 9-9 10-* 0-0 x")),
          Map.entry("from", words("- 0 1 1-1 1-2 (1-1 2 (2-1 3 5 0-0 abc")),
          Map.entry("to", words("+ 9 5 3 2-1 (3-0 2 1-2 (5 100 abc")),
          Map.entry("group", words("g1 g1 g2 g3")),
          Map.entry("consumer", words("c1 c2 c3")),
          Map.entry("field", words("f1 f2 f3 f4 1 2 name count")),
          Map.entry("element", words("a b c d e f g h 1 2 3 user:1 user:2")),
          Map.entry("longitude", words("13.361389 15.087269 2.349014 -0.127758 0 181 179.5 abc")),
          Map.entry("latitude", words("38.115556 37.502669 48.864716 51.507351 0 86 -85 abc")),
          Map.entry("place", words("palermo catania paris london zero none")),
          Map.entry("radius", words("0 1 100 200 1000 5000 20000 -1 abc")),
          Map.entry("unit", words("m km mi ft yd")),
          Map.entry("glob", words("* k? k[0-2] *1 h* a [^a] \\* ?? m* f?")),
          Map.entry("type", words("u8 i8 u4 i5 u16 i32 i64 u63 u64 i1 x8")),
          Map.entry("bitoffset", words("0 1 4 7 8 12 100 #0 #1 #2 -1")),
          Map.entry(
              "time", words("4102444800000 4102444801000 4102444800000 4102448400000 1 0 -1 abc")),
          Map.entry("future", words("4102444800000 4102444801000 4102448400000")),
          Map.entry("seconds", words("4102444800 4102444801 4102448400 1 0 -1 abc")));

  private Words() {}

  /** The parts of a text between single spaces. */
  static List<String> words(String all) {
    return List.of(all.split(" ", -1));
  }

  /** A word of a kind. */
  static String draw(String kind, Random random) {
    List<String> words = KINDS.get(kind);
    if (words == null) {
      throw new IllegalArgumentException("no words of kind " + kind);
    }
    return words.get(random.nextInt(words.size()));
  }

  /** A word as it can be read and typed: other bytes as {@code \xFF}. */
  static String shown(String word) {
    return word.chars()
        .mapToObj(
            c ->
                c >= ' ' && c < 127 && c != '"'
                    ? String.valueOf((char) c)
                    : String.format(Locale.ROOT, "\\x%02x", c))
        .collect(Collectors.joining("", "\"", "\""));
  }
}
