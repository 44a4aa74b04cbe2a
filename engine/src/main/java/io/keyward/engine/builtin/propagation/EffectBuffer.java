package io.keyward.engine.builtin.propagation;

import io.keyward.engine.bytes.Pieces;
import io.keyward.engine.text.Numbers;
import java.util.Arrays;

/**
 * Commands in RESP2 on their way into a stream, with very long arguments among their bytes.
 *
 * <p>What is written needs room that has been made by {@link #ensure} before; {@link #HEAD} bytes
 * go around each argument.
 */
final class EffectBuffer {
  /** What stands before an argument and behind it, at most. */
  static final int HEAD = 2 + Numbers.MAX_INTEGER_LENGTH + 2;

  private static final byte[] NONE = {};

  private final Buffers spare;
  private byte[] bytes = NONE;
  private int length;
  private LongArguments among = new LongArguments();

  /** An empty one, which gets its arrays there. */
  EffectBuffer(Buffers spare) {
    this.spare = spare;
  }

  /** The array whose first {@link #length()} bytes count. */
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** The very long arguments. */
  LongArguments among() {
    return among;
  }

  /** How many bytes there are, those of very long arguments included. */
  long total() {
    return length + among.bytes();
  }

  /** For how many bytes there is room. */
  int room() {
    return bytes.length - length;
  }

  /**
   * Makes room for so many bytes.
   *
   * @throws OutOfMemoryError if there is none; then all is as before
   */
  void ensure(int more) {
    if (room() < more) {
      grow(more);
    }
  }

  private void grow(int more) {
    int least = Math.addExact(length, more);
    bytes =
        bytes.length == 0
            ? spare.take(more)
            : Arrays.copyOf(bytes, Math.max(least, (int) Math.min(bytes.length * 2L, 1 << 30)));
  }

  /** Writes bytes that are RESP already. */
  void raw(byte[] text) {
    System.arraycopy(text, 0, bytes, length, text.length);
    length += text.length;
  }

  /** Puts such bytes before what has been written from a place on. */
  void insert(int at, byte[] text) {
    System.arraycopy(bytes, at, bytes, at + text.length, length - at);
    System.arraycopy(text, 0, bytes, at, text.length);
    length += text.length;
    among.move(at, text.length);
  }

  /** Writes a line that whoever reads commands skips. */
  void annotation(byte[] text) {
    bytes[length++] = '#';
    raw(text);
    end();
  }

  /** Begins a command of so many arguments. */
  void command(int arguments) {
    head('*', arguments);
  }

  void argument(byte[] source, int offset, int count) {
    head('$', count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
    end();
  }

  /** Writes an argument of two parts. */
  void argument(byte[] prefix, byte[] source, int offset, int count) {
    head('$', prefix.length + count);
    raw(prefix);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
    end();
  }

  /** Writes an argument of ASCII characters. */
  void argument(String text) {
    int count = text.length();
    head('$', count);
    for (int i = 0; i < count; i++) {
      bytes[length++] = (byte) text.charAt(i);
    }
    end();
  }

  /** Writes an integer as an argument. */
  void argument(long value) {
    head('$', Numbers.integerLength(value));
    length += Numbers.formatInteger(value, bytes, length);
    end();
  }

  /**
   * Writes a very long argument, which needs room for what stands around it alone.
   *
   * @throws OutOfMemoryError if it cannot be held; then a part of it has been written
   */
  void argument(Pieces row) {
    int count = row.length();
    head('$', count);
    Pieces shared = row.share();
    try {
      among.add(length, shared);
    } catch (OutOfMemoryError full) {
      shared.release();
      throw full;
    }
    end();
  }

  private void head(char kind, int count) {
    bytes[length++] = (byte) kind;
    length += Numbers.formatInteger(count, bytes, length);
    end();
  }

  private void end() {
    bytes[length++] = '\r';
    bytes[length++] = '\n';
  }

  /** Forgets what has been written from a place on, which takes no memory. */
  void truncate(int from) {
    length = from;
    among.releaseFrom(from);
  }

  /**
   * Moves what has been written from a place on behind what stands in another buffer, which has
   * room for it and no very long arguments so far.
   */
  void moveTo(EffectBuffer other, int from) {
    LongArguments moved = among.cut(from);
    moved.move(0, other.length - from);
    other.among = moved;
    System.arraycopy(bytes, from, other.bytes, other.length, length - from);
    other.length += length - from;
    length = from;
  }

  /** Those for the bytes that come next, when these ones and their own belong to others. */
  LongArguments nextAmong() {
    return among.isEmpty() ? among : new LongArguments();
  }

  /** Begins anew with what {@link #nextAmong} has given. */
  void restart(LongArguments next) {
    bytes = NONE;
    length = 0;
    among = next;
  }

  /** Gives back the very long arguments. */
  void release() {
    among.release();
  }

  /** Forgets everything. */
  void clear() {
    release();
    restart(among);
  }
}
