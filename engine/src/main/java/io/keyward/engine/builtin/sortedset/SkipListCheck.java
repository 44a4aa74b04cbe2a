package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.builtin.memory.PagePool;

/** Checks every invariant of a skip list: order, spans, links back, dictionary, bytes. */
final class SkipListCheck {
  private final SkipList list;
  private final PagePool pool;

  private SkipListCheck(SkipList list) {
    this.list = list;
    this.pool = list.pool();
  }

  /** Throws if something is not as it must be. */
  static void check(SkipList list) {
    new SkipListCheck(list).check();
  }

  private void check() {
    list.members().validate();
    require(list.members().size() == list.size(), "dictionary and list differ in size");
    checkMembers();
    for (int level = 0; level < list.order().levels(); level++) {
      checkLevel(level);
    }
    require(
        list.order().levels() == 1
            || forward(list.order().head(), list.order().levels() - 1) != SkipList.NONE,
        "the top level is empty");
  }

  private void checkMembers() {
    long bytes = pool.slotBytes(list.order().head());
    int seen = 0;
    int before = SkipList.NONE;
    for (int at = list.first(); at != SkipList.NONE; at = list.next(at)) {
      byte[] page = pool.page(at);
      int name = list.nameOffset(at);
      int length = list.nameLength(at);
      require(list.previous(at) == before, "a link back leads elsewhere");
      require(list.find(page, name, length) == at, "the dictionary does not find a member");
      if (before != SkipList.NONE) {
        require(
            Member.compare(
                    pool.page(before), PagePool.offset(before), list.score(at), page, name, length)
                < 0,
            "members out of order");
      }
      require(list.rank(at) == seen, "a member's rank is wrong");
      require(list.at(seen) == at, "a rank's member is wrong");
      bytes += pool.slotBytes(at);
      before = at;
      seen++;
    }
    require(list.last() == before, "the tail is not the last member");
    require(seen == list.size(), "the list holds " + seen + ", recorded " + list.size());
    require(bytes == list.slotBytes(), "slots take " + bytes + ", recorded " + list.slotBytes());
  }

  /** Walks one level and, beneath it, level 0, which must agree on every member of the level. */
  private void checkLevel(int level) {
    int at = list.order().head();
    int below = list.first();
    while (true) {
      int span = span(at, level);
      int next = forward(at, level);
      for (int i = 1; i < span; i++) {
        require(below != SkipList.NONE && levels(below) <= level, "a level leaves out its member");
        below = list.next(below);
      }
      require(below == next, "a span does not lead where its link does");
      if (next == SkipList.NONE) {
        return;
      }
      require(levels(next) > level, "a link leads to a member below its level");
      at = next;
      below = list.next(below);
    }
  }

  private int links(int reference) {
    return Member.links(pool.page(reference), PagePool.offset(reference));
  }

  private int levels(int reference) {
    return Member.levels(pool.page(reference), links(reference));
  }

  private int forward(int reference, int level) {
    return Member.forward(pool.page(reference), links(reference), level);
  }

  private int span(int reference, int level) {
    return Member.span(pool.page(reference), links(reference), level);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
