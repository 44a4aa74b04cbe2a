package io.keyward.engine.builtin.hash;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.ElementTable;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.FieldExpiry;
import io.keyward.engine.builtin.Type;
import org.jspecify.annotations.Nullable;

/**
 * Finds the hash that a command is about, and takes out of it what has expired and would be seen.
 *
 * <p>Of a small hash that is every field that is due, of a big one those that the command names;
 * the others go when the regular work meets them. A command that is about the whole hash takes all
 * of them out: it looks at every field anyway.
 */
final class LiveHash {
  private LiveHash() {}

  /** The hash at argument 1 for reading the fields from argument {@code first} on, or null. */
  static @Nullable Entry read(Request request, int first) {
    Entry hash = Database.of(request).read(request, 1, Type.HASH);
    return hash == null || !FieldExpiry.any(hash) ? hash : without(hash, request, first, 1);
  }

  /** The hash at argument 1 for reading all of its fields, or null. */
  static @Nullable Entry readWhole(Request request) {
    Entry hash = Database.of(request).read(request, 1, Type.HASH);
    return hash == null || !FieldExpiry.any(hash) || FieldExpiry.removeDue(hash, request.now())
        ? hash
        : null;
  }

  /**
   * The hash at argument 1 for changing fields, or null.
   *
   * @param first the first argument that names a field
   * @param step from one such argument to the next
   */
  static @Nullable Entry write(Request request, int first, int step) {
    Entry hash = Database.of(request).write(request, 1, Type.HASH);
    return hash == null || !FieldExpiry.any(hash) ? hash : without(hash, request, first, step);
  }

  /** A hash without those of the named fields that are due, or null if none is left. */
  static @Nullable Entry without(Entry hash, Request request, int first, int step) {
    if (HashValue.packed(hash)) {
      return FieldExpiry.removeDue(hash, request.now()) ? hash : null;
    }
    hash.database().beforeChange(hash);
    ElementTable table = HashValue.table(hash);
    int before = table.size();
    for (int at = first; at < request.count(); at += step) {
      int field = table.find(request.bytes(), request.offset(at), request.length(at));
      if (field != ElementTable.ABSENT) {
        long time = table.expiry(field);
        if (time != FieldExpiry.NEVER && time <= request.now()) {
          hash.database()
              .departures()
              .fieldGone(hash, request.bytes(), request.offset(at), request.length(at));
          table.remove(field);
        }
      }
    }
    int removed = before - table.size();
    return removed == 0
            || hash.database().departures().fieldsExpired(hash, removed, table.size() == 0)
        ? hash
        : null;
  }
}
