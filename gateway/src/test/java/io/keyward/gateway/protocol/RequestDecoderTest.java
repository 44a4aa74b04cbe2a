package io.keyward.gateway.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.bytes.Pieces;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The protocol is read as Redis reads it, wherever it is cut. */
class RequestDecoderTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static List<List<String>> requests(String stream) {
    return Decoding.plain().feed(stream).requests();
  }

  private static String error(String stream) {
    return Decoding.plain().feed(stream).error();
  }

  @Test
  void readsArraysOfBulkStrings() {
    assertThat(requests("*2\r\n$3\r\nGET\r\n$1\r\na\r\n*1\r\n$4\r\nPING\r\n"))
        .containsExactly(List.of("GET", "a"), List.of("PING"));
  }

  @Test
  void argumentsMayHoldAnyByteAndNone() {
    assertThat(requests("*3\r\n$3\r\nSET\r\n$0\r\n\r\n$4\r\n\r\n\0\u00ff\r\n"))
        .containsExactly(List.of("SET", "", "\r\n\0\u00ff"));
  }

  @Test
  void passesOverEmptyRequests() {
    assertThat(requests("*0\r\n*-1\r\n\r\n\n   \r\nPING\r\n")).containsExactly(List.of("PING"));
  }

  @Test
  void readsInlineCommandsAsAShellWould() {
    assertThat(requests("set a b\n")).containsExactly(List.of("set", "a", "b"));
    assertThat(requests(" set\ta  \"b c\" \r\n")).containsExactly(List.of("set", "a", "b c"));
    assertThat(requests("set a 'b c'\r\n")).containsExactly(List.of("set", "a", "b c"));
    assertThat(requests("set \"\" ''\r\n")).containsExactly(List.of("set", "", ""));
    assertThat(requests("\"\\x41\\xfF\\n\\r\\t\\b\\a\\\"\\\\\\q\\xg\"\n"))
        .containsExactly(List.of("A\u00ff\n\r\t\b\u0007\"\\qxg"));
    assertThat(requests("'\\'\\n'\n")).containsExactly(List.of("'\\n"));
    assertThat(requests("a\"b c\" d\n")).containsExactly(List.of("ab c", "d"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          *abc\\r\\n                  | invalid multibulk length
          *3000000000\\r\\n           | invalid multibulk length
          *01\\r\\n                   | invalid multibulk length
          *1\\r\\nfoo\\r\\n           | expected '$', got 'f'
          *1\\r\\n$abc\\r\\n          | invalid bulk length
          *1\\r\\n$-1\\r\\n           | invalid bulk length
          *1\\r\\n$2000000000\\r\\n   | invalid bulk length
          set "a\\r\\n                | unbalanced quotes in request
          set 'a'b\\r\\n              | unbalanced quotes in request
          """)
  void refusesMalformedInputInTheWordsOfRedis(String stream, String text) {
    assertThat(error(stream.replace("\\r\\n", "\r\n"))).isEqualTo("ERR Protocol error: " + text);
  }

  @Test
  void takesLongArgumentsAsTheyArriveWhereverTheyAreCut() {
    Random random = new Random(7);
    for (int length : new int[] {Pieces.LEAST - 1, Pieces.LEAST, Pieces.LEAST + 1, 700_001}) {
      String value = text(random, length);
      String other = text(random, Pieces.LEAST + 5);
      List<List<String>> expected =
          List.of(List.of("PING"), List.of("MSET", "k", value, "l", other, "m", ""), List.of("A"));
      StringBuilder stream = new StringBuilder();
      expected.forEach(request -> append(stream, request));
      byte[] bytes = bytes(stream.toString());
      Decoding.Result whole = Decoding.whole(bytes);
      assertThat(whole.requests()).isEqualTo(expected);
      assertThat(whole.kept()).isZero();
      int header = stream.indexOf("$" + length);
      int end = header + 10 + length;
      for (int cut = header - 2; cut < header + 14; cut++) {
        assertThat(Decoding.split(bytes, cut).requests()).isEqualTo(expected);
      }
      for (int cut = end - 4; cut < end + 12; cut++) {
        assertThat(Decoding.split(bytes, cut).requests()).isEqualTo(expected);
      }
      for (int round = 0; round < 20; round++) {
        int[] cuts = random.ints(1 + random.nextInt(60), 1, bytes.length).sorted().toArray();
        Decoding.Result cut = Decoding.split(bytes, cuts);
        assertThat(cut.requests()).isEqualTo(expected);
        assertThat(cut.kept()).isZero();
      }
    }
  }

  @Test
  void ofALongArgumentOnlyWhatHasArrivedTakesMemory() {
    Decoding decoding = Decoding.plain().feed("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$500000000\r\n");
    assertThat(decoding.input().capacity()).isLessThan(1024);

    decoding.feed("x".repeat(100_000));
    assertThat(decoding.input().kept()).isBetween(100_000L, 100_100L);
    assertThat(decoding.input().capacity()).isBetween(100_000L, 2L * Pieces.SIZE);
    decoding.feed("x".repeat(900_000));
    assertThat(decoding.input().kept()).isBetween(1_000_000L, 1_000_100L);
    assertThat(decoding.input().capacity()).isBetween(1_000_000L, 1_000_000L + 2 * Pieces.SIZE);
    assertThat(decoding.requests()).isEmpty();
  }

  private static String text(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static void append(StringBuilder stream, List<String> request) {
    stream.append('*').append(request.size()).append("\r\n");
    for (String word : request) {
      stream.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
    }
  }

  @Test
  void passesOverWhatIsTooLargeWhereverItIsCut() {
    String text =
        String.join(
            "|",
            List.of(
                "*3|$3|SET|$1|a|$9||$1|*1|||*2|$3|GET|$1|a",
                "*4|$3|DEL|$8|12345678|$8|12345678|$1|b",
                "SET a 123456789|PING|"));
    byte[] stream = bytes(text.replace("|", "\r\n"));
    for (int cut = 0; cut <= stream.length; cut++) {
      Decoding decoding = Decoding.limited(8, 40);
      decoding.feed(Arrays.copyOfRange(stream, 0, cut));
      decoding.feed(Arrays.copyOfRange(stream, cut, stream.length));
      assertThat(decoding.requests())
          .containsExactly(
              List.of("too large: ARGUMENT"),
              List.of("GET", "a"),
              List.of("too large: REQUEST"),
              List.of("too large: ARGUMENT"),
              List.of("PING"));
    }
  }

  @Test
  void keepsNothingOfWhatIsTooLarge() {
    Decoding decoding = Decoding.limited(1024, 4096);
    decoding.feed("*2\r\n$3\r\nSET\r\n$100000000\r\n");
    for (int i = 0; i < 99; i++) {
      decoding.feed(new byte[1_000_000]);
      assertThat(decoding.input().capacity()).isLessThan(2048);
    }
    assertThat(decoding.requests()).isEmpty();
    decoding.feed(new byte[1_000_000]).feed("\r\nPING\r\n");
    assertThat(decoding.requests())
        .containsExactly(List.of("too large: ARGUMENT"), List.of("PING"));
  }

  @Test
  void refusesLinesWithoutEnd() {
    String endless = "x".repeat(64 * 1024 + 1);
    assertThat(error(endless)).isEqualTo("ERR Protocol error: too big inline request");
    assertThat(error("*" + endless)).isEqualTo("ERR Protocol error: too big mbulk count string");
    assertThat(error("*1\r\n$" + endless))
        .isEqualTo("ERR Protocol error: too big bulk count string");
  }

  @Test
  void refusesMuchBeforeLogin() {
    Decoding many = new Decoding(1 << 20, false).feed("*11\r\n");
    assertThat(many.error()).isEqualTo("ERR Protocol error: unauthenticated multibulk length");
    Decoding large = new Decoding(1 << 20, false).feed("*1\r\n$16385\r\n");
    assertThat(large.error()).isEqualTo("ERR Protocol error: unauthenticated bulk length");
    Decoding enough = new Decoding(1 << 20, false).feed("*10\r\n$16384\r\n");
    assertThat(enough.error()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"POST / HTTP/1.1", "post /", "Host: example.org"})
  void recognizesBrowsers(String line) {
    assertThat(error(line + "\r\n")).isEqualTo("attack");
  }

  @Test
  void reservesWhatHasArrivedNotWhatIsAnnounced() {
    Decoding decoding = Decoding.plain().feed("*1000000000\r\n$500000000\r\nabc");
    assertThat(decoding.error()).isEmpty();
    assertThat(decoding.input().capacity()).isLessThan(1024);
  }

  @Test
  void holdsNothingWhenNothingIsLeftOver() {
    Decoding decoding = Decoding.plain().feed("*1\r\n$100000\r\n" + "x".repeat(50_000));
    assertThat(decoding.input().kept()).isGreaterThan(50_000);
    decoding.feed("x".repeat(50_000) + "\r\n");
    assertThat(decoding.requests()).hasSize(1);
    assertThat(decoding.input().kept()).isZero();
    assertThat(decoding.input().capacity()).isZero();
  }

  @Test
  void aMillionArgumentsInPiecesCostNoMoreThanTheirBytes() {
    byte[] argument = bytes("$1\r\nx\r\n");
    byte[] stream = new byte[argument.length * 1_000_000];
    for (int i = 0; i < stream.length; i += argument.length) {
      System.arraycopy(argument, 0, stream, i, argument.length);
    }
    Decoding decoding = Decoding.plain().feed("*1000000\r\n");
    for (int from = 0; from < stream.length; from += 64 * 1024) {
      decoding.feed(Arrays.copyOfRange(stream, from, Math.min(stream.length, from + 64 * 1024)));
    }
    assertThat(decoding.requests()).hasSize(1);
    assertThat(decoding.requests().getFirst()).hasSize(1_000_000).containsOnly("x");
  }

  @Test
  void everyBoundaryGivesTheSameRequests() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("RequestDecoderTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 30; round++) {
      List<List<String>> expected = new ArrayList<>();
      byte[] stream = stream(random, expected, 12);
      for (int at = 0; at <= stream.length; at++) {
        assertThat(Decoding.split(stream, at).requests()).as("split at %d", at).isEqualTo(expected);
      }
      int[] everywhere = new int[stream.length];
      Arrays.setAll(everywhere, i -> i);
      assertThat(Decoding.split(stream, everywhere).requests()).isEqualTo(expected);
    }
  }

  @Test
  void anyPiecesGiveTheSameRequests() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("RequestDecoderTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      List<List<String>> expected = new ArrayList<>();
      byte[] stream = stream(random, expected, 200_000);
      int[] boundaries = random.ints(random.nextInt(40), 0, stream.length + 1).sorted().toArray();
      assertThat(Decoding.split(stream, boundaries))
          .isEqualTo(new Decoding.Result(expected, "", 0));
    }
  }

  /** Random requests, arrays and inline, some with large arguments. */
  private static byte[] stream(Random random, List<List<String>> requests, int longest) {
    StringBuilder stream = new StringBuilder();
    int count = 1 + random.nextInt(8);
    for (int i = 0; i < count; i++) {
      List<String> words = new ArrayList<>();
      int wordCount = 1 + random.nextInt(random.nextInt(10) == 0 ? 30 : 4);
      boolean inline = random.nextInt(4) == 0;
      StringBuilder request = new StringBuilder(inline ? "" : "*" + wordCount + "\r\n");
      for (int j = 0; j < wordCount; j++) {
        int length = random.nextInt(random.nextInt(5) == 0 && !inline ? longest : 12) + 1;
        String word = word(random, length, inline);
        words.add(word);
        request.append(inline ? word + " " : "$" + word.length() + "\r\n" + word + "\r\n");
      }
      requests.add(words);
      stream.append(request).append(inline ? "\r\n" : "");
    }
    return bytes(stream.toString());
  }

  private static String word(Random random, int length, boolean inline) {
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < length; i++) {
      word.append((char) (inline ? 'a' + random.nextInt(26) : random.nextInt(256)));
    }
    return word.toString();
  }
}
