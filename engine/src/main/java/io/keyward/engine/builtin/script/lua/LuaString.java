package io.keyward.engine.builtin.script.lua;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A Lua string: bytes that never change, with their hash kept. */
public final class LuaString implements Comparable<LuaString> {
  public static final LuaString EMPTY = new LuaString(new byte[0]);

  private final byte[] bytes;
  private int hash;

  private LuaString(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A string of these bytes; the array must not be changed afterwards. */
  public static LuaString of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new LuaString(bytes);
  }

  /** A string of a copy of some bytes. */
  public static LuaString of(byte[] bytes, int offset, int length) {
    return length == 0 ? EMPTY : new LuaString(Arrays.copyOfRange(bytes, offset, offset + length));
  }

  /** A string of text, byte for character (ISO 8859-1). */
  public static LuaString of(String text) {
    return of(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The string's own array: to be read only. */
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return bytes.length;
  }

  /** The byte at an index from 0 on, as 0 to 255. */
  public int at(int index) {
    return bytes[index] & 0xff;
  }

  LuaString slice(int from, int to) {
    return from == 0 && to == bytes.length ? this : of(bytes, from, to - from);
  }

  @Override
  public int hashCode() {
    int known = hash;
    if (known == 0) {
      known = Arrays.hashCode(bytes);
      known ^= known >>> 15;
      if (known == 0) {
        known = 1;
      }
      hash = known;
    }
    return known;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof LuaString string
            && hashCode() == string.hashCode()
            && Arrays.equals(bytes, string.bytes));
  }

  @Override
  public int compareTo(LuaString other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  /** The text, byte for character (ISO 8859-1). */
  @Override
  public String toString() {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
