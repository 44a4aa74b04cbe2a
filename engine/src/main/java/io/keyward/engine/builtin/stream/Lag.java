package io.keyward.engine.builtin.stream;

import java.util.OptionalLong;

/**
 * How far consumer groups are behind, told from counts alone.
 *
 * <p>A stream knows how many entries have ever been added, not which of them XDEL has taken from
 * the middle. So the place of an id among all entries is known where none is missing before it or
 * behind it, and unknown otherwise.
 */
final class Lag {
  private Lag() {}

  /** How many of the entries ever added are still to be read by a group, if that is known. */
  static OptionalLong of(Stream stream, Group group) {
    if (stream.added() == 0) {
      return OptionalLong.of(0);
    }
    boolean counted =
        group.entriesRead() != Group.UNKNOWN && !hasDeletedAfter(stream, group.last());
    long read = counted ? group.entriesRead() : entriesUpTo(stream, group.last());
    return read == Group.UNKNOWN ? OptionalLong.empty() : OptionalLong.of(stream.added() - read);
  }

  /** Whether XDEL may have deleted an entry from this id on. */
  static boolean hasDeletedAfter(Stream stream, StreamId id) {
    StreamId deleted = stream.maxDeleted();
    return stream.length() > 0
        && !deleted.isZero()
        && stream.first().compareTo(deleted) <= 0
        && id.compareTo(deleted) <= 0;
  }

  /** How many entries had been added up to this id, or {@link Group#UNKNOWN}. */
  static long entriesUpTo(Stream stream, StreamId id) {
    if (stream.added() == 0) {
      return 0;
    }
    int toLast = id.compareTo(stream.last());
    if (toLast == 0 || (stream.length() == 0 && toLast < 0)) {
      return stream.added();
    }
    if (toLast > 0) {
      return Group.UNKNOWN;
    }
    StreamId deleted = stream.maxDeleted();
    if (deleted.isZero() || deleted.compareTo(stream.first()) < 0) {
      long removed = stream.added() - stream.length();
      int toFirst = id.compareTo(stream.first());
      if (toFirst < 0) {
        return removed;
      }
      if (toFirst == 0) {
        return removed + 1;
      }
    }
    return Group.UNKNOWN;
  }
}
