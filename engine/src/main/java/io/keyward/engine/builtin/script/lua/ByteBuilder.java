package io.keyward.engine.builtin.script.lua;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Puts a string together, within the memory that the script may have. */
public final class ByteBuilder {
  private final LuaState state;
  private byte[] bytes = new byte[64];
  private int length;

  public ByteBuilder(LuaState state) {
    this.state = state;
  }

  private void ensure(int more) {
    if (bytes.length - length < more) {
      long wanted = Math.max((long) bytes.length * 2, (long) length + more);
      state.charge(wanted);
      bytes = Arrays.copyOf(bytes, (int) wanted);
    }
  }

  public void add(int value) {
    ensure(1);
    bytes[length++] = (byte) value;
  }

  public void add(byte[] source, int offset, int count) {
    ensure(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
  }

  public void add(LuaString text) {
    add(text.bytes(), 0, text.length());
  }

  /** Adds text, byte for character (ISO 8859-1). */
  public void add(String text) {
    byte[] source = text.getBytes(StandardCharsets.ISO_8859_1);
    add(source, 0, source.length);
  }

  public int length() {
    return length;
  }

  /** The string so far. */
  public LuaString string() {
    return LuaString.of(bytes, 0, length);
  }
}
