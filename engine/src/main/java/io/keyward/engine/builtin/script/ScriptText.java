package io.keyward.engine.builtin.script;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The text of a script as a key: hashed by a sample of its bytes, compared by all of them.
 *
 * <p>Clients send kilobytes of the same text with each call; a sample tells texts apart, and the
 * comparison that follows is one vectorized pass.
 */
final class ScriptText {
  private static final int SAMPLES = 48;
  private static final byte[] EMPTY = {};

  private byte[] bytes = EMPTY;
  private int offset;
  private int length;
  private int hash;

  /** Points at a text; the object may be pointed elsewhere later unless it is a key. */
  ScriptText fill(byte[] source, int from, int count) {
    bytes = source;
    offset = from;
    length = count;
    int mixed = count;
    if (count <= SAMPLES) {
      for (int i = 0; i < count; i++) {
        mixed = mixed * 31 + source[from + i];
      }
    } else {
      for (int i = 0; i < SAMPLES; i++) {
        mixed = mixed * 31 + source[from + (int) ((long) i * (count - 1) / (SAMPLES - 1))];
      }
    }
    hash = mixed ^ (mixed >>> 15);
    return this;
  }

  /** Lets go of the bytes. */
  void clear() {
    bytes = EMPTY;
    offset = 0;
    length = 0;
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ScriptText text
        && length == text.length
        && Arrays.equals(
            bytes, offset, offset + length, text.bytes, text.offset, text.offset + text.length);
  }
}
