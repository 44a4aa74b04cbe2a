package io.keyward.engine.builtin.structure;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Random;

/** Texts that reach every encoding of a listpack and often meet again. */
final class Texts {

  private Texts() {}

  static byte[] draw(Random random) {
    return switch (random.nextInt(12)) {
      case 0, 1 -> of(Long.toString(random.nextInt(200)));
      case 2 -> of(Long.toString(random.nextInt(20_000) - 10_000));
      case 3 -> of(Long.toString(random.nextLong() >> random.nextInt(64)));
      case 4 -> of("0" + random.nextInt(10));
      case 5 -> run(random, 60 + random.nextInt(8));
      case 6 -> run(random, 120 + random.nextInt(12));
      case 7 -> random.nextInt(8) == 0 ? run(random, 4090 + random.nextInt(12)) : of("");
      default -> of("f" + random.nextInt(50));
    };
  }

  static byte[] run(Random random, int length) {
    byte[] text = new byte[length];
    random.nextBytes(text);
    return text;
  }

  static byte[] of(String text) {
    return text.getBytes(ISO_8859_1);
  }
}
