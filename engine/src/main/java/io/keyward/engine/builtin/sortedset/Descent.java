package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.builtin.memory.PagePool;

/**
 * The ways from the head of a skip list down to a member, adding up spans.
 *
 * <p>Written out for each criterion, since every read of a big sorted set goes one of these ways. A
 * member that a level has shown to lie behind is not compared again on the levels below.
 */
final class Descent {
  private Descent() {}

  /** The member of a rank, the first member having rank 1. */
  static int at(PagePool pool, int head, int levels, int wanted) {
    int reference = head;
    byte[] page = pool.page(head);
    int links = Member.links(page, PagePool.offset(head));
    int passed = 0;
    for (int level = levels - 1; passed < wanted; level--) {
      int span;
      while (passed + (span = Member.span(page, links, level)) <= wanted) {
        passed += span;
        reference = Member.forward(page, links, level);
        page = pool.page(reference);
        links = Member.links(page, PagePool.offset(reference));
      }
    }
    return reference;
  }

  /** How many members lie before the bound. */
  static int countBefore(PagePool pool, int head, int levels, Bound bound) {
    byte[] page = pool.page(head);
    int links = Member.links(page, PagePool.offset(head));
    int passed = 0;
    int stop = SkipList.NONE;
    for (int level = levels - 1; level >= 0; level--) {
      int next;
      while ((next = Member.forward(page, links, level)) != stop) {
        byte[] nextPage = pool.page(next);
        int at = PagePool.offset(next);
        if (!bound.follows(nextPage, at)) {
          stop = next;
          break;
        }
        passed += Member.span(page, links, level);
        page = nextPage;
        links = Member.links(nextPage, at);
      }
    }
    return passed;
  }
}
