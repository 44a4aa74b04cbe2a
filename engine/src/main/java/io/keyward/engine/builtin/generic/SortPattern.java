package io.keyward.engine.builtin.generic;

import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.hash.HashValue;
import io.keyward.engine.builtin.string.StringValue;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What BY and GET take: {@code #} for the element itself, or a key with {@code *} in the element's
 * place, with {@code ->field} behind it for a field of a hash.
 */
final class SortPattern {
  private static final byte[] NOTHING = {};

  private final boolean element;

  /** What stands before the star, or null if there is none. */
  private final byte @Nullable [] prefix;

  /** What stands behind the star, without the field. */
  private final byte[] suffix;

  /** The field, or null for a string. */
  private final byte @Nullable [] field;

  private SortPattern(
      boolean element, byte @Nullable [] prefix, byte[] suffix, byte @Nullable [] field) {
    this.element = element;
    this.prefix = prefix;
    this.suffix = suffix;
    this.field = field;
  }

  static SortPattern of(byte[] text) {
    if (text.length == 1 && text[0] == '#') {
      return new SortPattern(true, null, NOTHING, null);
    }
    int star = 0;
    while (star < text.length && text[star] != '*') {
      star++;
    }
    if (star == text.length) {
      return new SortPattern(false, null, NOTHING, null);
    }
    int arrow = star + 1;
    while (arrow + 1 < text.length && (text[arrow] != '-' || text[arrow + 1] != '>')) {
      arrow++;
    }
    boolean hash = arrow + 2 < text.length;
    return new SortPattern(
        false,
        Arrays.copyOf(text, star),
        Arrays.copyOfRange(text, star + 1, hash ? arrow : text.length),
        hash ? Arrays.copyOfRange(text, arrow + 2, text.length) : null);
  }

  /** Whether the pattern is the same for every element. */
  boolean fixed() {
    return prefix == null;
  }

  /** The value for an element, or null if there is none. */
  byte @Nullable [] value(Database database, long now, byte[] of) {
    if (element) {
      return of;
    }
    byte[] before = prefix;
    if (before == null) {
      return null;
    }
    byte[] key = Arrays.copyOf(before, before.length + of.length + suffix.length);
    System.arraycopy(of, 0, key, before.length, of.length);
    System.arraycopy(suffix, 0, key, before.length + of.length, suffix.length);
    Entry entry = database.find(key, 0, key.length, now, database.scratchView());
    byte[] name = field;
    if (entry == null || entry.type() != (name == null ? Type.STRING : Type.HASH)) {
      return null;
    }
    if (name != null) {
      return HashValue.copyOf(entry, name, 0, name.length);
    }
    int offset = StringValue.offset(entry);
    return Arrays.copyOfRange(StringValue.bytes(entry), offset, offset + StringValue.length(entry));
  }
}
