package io.keyward.engine.builtin;

import io.keyward.engine.Reply;
import io.keyward.engine.text.Glob;
import java.util.Arrays;

/** The name of a key as it is seen where the request's client is; reused from key to key. */
public final class SeenName {
  private byte[] joined = {};
  private int before;
  private byte[] bytes = {};
  private int offset;
  private int length;

  /** From now on this stands before the keys' own names. */
  public void before(byte[] text) {
    joined = Arrays.copyOf(text, text.length);
    before = text.length;
  }

  /** Takes the name of the key of an entry. */
  public void of(Entry entry) {
    int own = entry.keyLength();
    if (before == 0) {
      bytes = entry.bytes();
      offset = entry.keyOffset();
      length = own;
      return;
    }
    if (joined.length < before + own) {
      joined = Arrays.copyOf(joined, Math.addExact(before, own) + 32);
    }
    System.arraycopy(entry.bytes(), entry.keyOffset(), joined, before, own);
    bytes = joined;
    offset = 0;
    length = before + own;
  }

  /** The array that holds the name, until the next one is taken. */
  public byte[] bytes() {
    return bytes;
  }

  public int offset() {
    return offset;
  }

  public int length() {
    return length;
  }

  /** The name by itself. */
  public Key copy() {
    return Key.copyOf(bytes, offset, length);
  }

  public boolean matches(byte[] pattern) {
    return Glob.matches(pattern, 0, pattern.length, bytes, offset, length, false);
  }

  public void send(Reply reply) {
    reply.bulk(bytes, offset, length);
  }
}
