package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.builtin.memory.PagePool;
import io.keyward.engine.builtin.structure.Listpack;

/**
 * A place in the order of a sorted set: what lies before it, and what lies behind.
 *
 * <p>A range is what lies before its upper and not before its lower bound. So a lower bound that is
 * exclusive, and an upper one that is inclusive, has the elements equal to it before it.
 */
sealed interface Bound {
  Bound START = new Everything(false);
  Bound END = new Everything(true);

  /** Whether a member of a big set, of this score, lies before the bound. */
  boolean follows(double score, PagePool pool, int member);

  /** Whether a member in a listpack, with the score behind it, lies before the bound. */
  boolean followsPacked(byte[] bytes, int position);

  /** The bound before, or behind, all that there is. */
  record Everything(boolean before) implements Bound {
    @Override
    public boolean follows(double score, PagePool pool, int member) {
      return before;
    }

    @Override
    public boolean followsPacked(byte[] bytes, int position) {
      return before;
    }
  }

  /** A score; {@code andEqual} puts the elements of that very score before the bound. */
  record ByScore(double score, boolean andEqual) implements Bound {
    @Override
    public boolean follows(double other, PagePool pool, int member) {
      return follows(other);
    }

    @Override
    public boolean followsPacked(byte[] bytes, int position) {
      return follows(PackedMembers.score(bytes, Listpack.next(bytes, position)));
    }

    private boolean follows(double other) {
      return other < score || (andEqual && other == score);
    }
  }

  /** A name, where all scores are the same. */
  final class ByName implements Bound {
    private final byte[] name;
    private final boolean andEqual;

    ByName(byte[] name, boolean andEqual) {
      this.name = name;
      this.andEqual = andEqual;
    }

    @Override
    public boolean follows(double score, PagePool pool, int member) {
      byte[] page = pool.page(member);
      return follows(Member.compareName(page, PagePool.offset(member), name, 0, name.length));
    }

    @Override
    public boolean followsPacked(byte[] bytes, int position) {
      return follows(PackedMembers.compareName(bytes, position, name, 0, name.length));
    }

    private boolean follows(int comparison) {
      return comparison < 0 || (andEqual && comparison == 0);
    }
  }
}
