package io.keyward.engine.builtin.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.engine.builtin.Bench;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever bytes are sent as a script, or to the libraries that decode, the answer is a reply. */
class LuaFuzzTest {
  private static final List<String> PIECES =
      List.of(
          "local",
          "function",
          "end",
          "if",
          "then",
          "else",
          "for",
          "in",
          "do",
          "while",
          "repeat",
          "until",
          "return",
          "break",
          "nil",
          "true",
          "not",
          "and",
          "or",
          "x",
          "y",
          "f",
          "1",
          "0x1",
          "'s'",
          "\"",
          "[[",
          "]]",
          "--",
          "(",
          ")",
          "{",
          "}",
          "[",
          "]",
          "=",
          "==",
          "~=",
          "<",
          "..",
          "...",
          "+",
          "-",
          "*",
          "/",
          "%",
          "^",
          "#",
          ",",
          ";",
          ":",
          ".",
          "\n",
          "KEYS",
          "redis.call",
          "pairs",
          "error",
          "pcall",
          "tostring",
          "string.format",
          "setmetatable",
          "unpack",
          "\0");

  private final Bench bench = new Bench();

  @Test
  void randomTextsNeverBreakOut() throws Exception {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.err.println("seed " + seed);
    Random random = new Random(seed);
    bench.settings().set(Directive.SCRIPT_TIME_LIMIT, "50");
    bench.settings().set(Directive.BUSY_REPLY_THRESHOLD, "0");
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(25);
      for (int j = 0; j < length; j++) {
        text.append(PIECES.get(random.nextInt(PIECES.size())));
        text.append(random.nextInt(8) == 0 ? "" : " ");
      }
      String reply = bench.run("eval", text.toString(), "1", "key", "argument");
      assertThat(reply).as("%s (seed %d)", text, seed).doesNotContain("internal error");
    }
  }

  @Test
  void randomBytesNeverBreakTheDecoders() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.err.println("seed " + seed);
    Random random = new Random(seed);
    String[] scripts = {
      "return {pcall(cmsgpack.unpack,ARGV[1])}",
      "return {pcall(cjson.decode,ARGV[1])}",
      "return {pcall(struct.unpack,ARGV[1],ARGV[2])}",
      "return {pcall(string.find,ARGV[2],ARGV[1])}",
      "return {pcall(string.format,ARGV[1],1,'x',3)}",
      "return {pcall(string.gsub,ARGV[2],ARGV[1],ARGV[2])}"
    };
    String alphabet =
        "\"[]{}:,0123456789eE.-+tfnu\\/ %abswWdDlL()*?^$<>!iIhHcB\u00dc\u00de\u0093\u00ff";
    for (int i = 0; i < 20_000; i++) {
      String one = bytes(random, alphabet);
      String two = bytes(random, alphabet);
      String reply = bench.run("eval", scripts[i % scripts.length], "0", one, two);
      assertThat(reply).as("%s %s (seed %d)", one, two, seed).doesNotContain("internal error");
    }
  }

  private static String bytes(Random random, String alphabet) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(16);
    for (int i = 0; i < length; i++) {
      text.append(
          random.nextInt(4) == 0
              ? (char) random.nextInt(256)
              : alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }
}
