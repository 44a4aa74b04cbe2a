package io.keyward.engine.builtin.generic;

import io.keyward.engine.Reply;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Key;
import io.keyward.engine.text.Glob;
import java.util.Arrays;

/** The name of a key as it is seen where the request's client is; reused from key to key. */
final class SeenName {
  private byte[] joined = {};
  private int before;
  private byte[] bytes = {};
  private int offset;
  private int length;

  /** From now on this stands before the keys' own names. */
  void before(byte[] text) {
    joined = Arrays.copyOf(text, text.length);
    before = text.length;
  }

  void of(Entry entry) {
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

  byte[] bytes() {
    return bytes;
  }

  int offset() {
    return offset;
  }

  int length() {
    return length;
  }

  Key copy() {
    return Key.copyOf(bytes, offset, length);
  }

  boolean matches(byte[] pattern) {
    return Glob.matches(pattern, 0, pattern.length, bytes, offset, length, false);
  }

  void send(Reply reply) {
    reply.bulk(bytes, offset, length);
  }
}
