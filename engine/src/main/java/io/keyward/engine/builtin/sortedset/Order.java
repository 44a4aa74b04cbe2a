package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;

/**
 * The members of a {@link SkipList} in their order: links them, takes them out, finds them by score
 * and by rank.
 *
 * <p>Spans count ranks (Pugh's "A Skip List Cookbook", 1990). The head is a slot of the same shape
 * as a member without a name, at rank 0; the first member has rank 1 and the end, which a link to
 * none stands for, rank size + 1. Callers count ranks from 0.
 *
 * <p>Every look and change costs O(log n), one way down the levels.
 */
final class Order {
  private static final int NONE = SkipList.NONE;
  private static final int FIRST_HEAD_LEVELS = 4;

  private final PagePool pool;
  private final MemoryAccount account;
  private final Path path;
  private int head;
  private int tail = NONE;
  private int levels = 1;
  private int count;

  Order(PagePool pool, MemoryAccount account, Path path) {
    this.pool = pool;
    this.account = account;
    this.path = path;
    head = layHead(FIRST_HEAD_LEVELS);
  }

  private int layHead(int room) {
    int start = EntryLayout.headerSize(0);
    int reference = pool.allocate(start + Member.linkBytes(room), account);
    byte[] page = pool.page(reference);
    int at = PagePool.offset(reference);
    EntryLayout.writeKey(page, at, 0, page, at, 0);
    Member.clearLinks(page, at + start, room);
    return reference;
  }

  Path path() {
    return path;
  }

  int head() {
    return head;
  }

  int levels() {
    return levels;
  }

  int size() {
    return count;
  }

  /** Bytes of the slot of the head. */
  int headBytes() {
    return pool.slotBytes(head);
  }

  /** Gives the head back, of an order that nobody uses any more. */
  void free() {
    pool.free(head, account);
  }

  private int links(int reference) {
    return Member.links(pool.page(reference), PagePool.offset(reference));
  }

  int first() {
    return next(head);
  }

  int last() {
    return tail;
  }

  int next(int reference) {
    return Member.forward(pool.page(reference), links(reference), 0);
  }

  int previous(int reference) {
    return Member.backward(pool.page(reference), links(reference));
  }

  /** The member of a rank, counted from 0, which must exist. */
  int at(int rank) {
    if (rank == count - 1) {
      return tail;
    }
    return Descent.at(pool, head, levels, rank + 1);
  }

  /** The rank of a member, counted from 0: what is left behind on the way to the end. */
  int rank(int reference) {
    int toEnd = 0;
    int at = reference;
    while (at != NONE) {
      byte[] page = pool.page(at);
      int links = Member.links(page, PagePool.offset(at));
      int top = Member.levels(page, links) - 1;
      toEnd += Member.span(page, links, top);
      at = Member.forward(page, links, top);
    }
    return count - toEnd;
  }

  /** How many members lie before the bound. */
  int countBefore(Bound bound) {
    return Descent.countBefore(pool, head, levels, bound);
  }

  /** Whether a member with another score would still stand between its neighbours. */
  boolean staysWith(int reference, double score) {
    byte[] page = pool.page(reference);
    int at = PagePool.offset(reference);
    int links = Member.links(page, at);
    int name = EntryLayout.keyOffset(page, at);
    int length = EntryLayout.keyLength(page, at);
    int before = Member.backward(page, links);
    int after = Member.forward(page, links, 0);
    return (before == NONE || compare(before, score, page, name, length) < 0)
        && (after == NONE || compare(after, score, page, name, length) > 0);
  }

  private int compare(int reference, double score, byte[] name, int offset, int length) {
    return Member.compare(
        pool.page(reference), PagePool.offset(reference), score, name, offset, length);
  }

  /** Links a member in where its score and name belong; what its links say so far is ignored. */
  void link(int reference) {
    byte[] node = pool.page(reference);
    int nodeAt = PagePool.offset(reference);
    int nodeLinks = Member.links(node, nodeAt);
    int nodeLevels = Member.levels(node, nodeLinks);
    raise(nodeLevels);
    int before = descend(node, nodeAt);
    for (int level = 0; level < levels; level++) {
      byte[] page = pool.page(path.references[level]);
      int links = path.links[level];
      int span = Member.span(page, links, level);
      if (level < nodeLevels) {
        int own = before + 1 - path.ranks[level];
        Member.forward(node, nodeLinks, level, Member.forward(page, links, level));
        Member.span(node, nodeLinks, level, span + 1 - own);
        Member.forward(page, links, level, reference);
        Member.span(page, links, level, own);
      } else {
        Member.span(page, links, level, span + 1);
      }
    }
    int previous = path.references[0];
    Member.backward(node, nodeLinks, previous == head ? NONE : previous);
    count++;
    int next = Member.forward(node, nodeLinks, 0);
    if (next == NONE) {
      tail = reference;
    } else {
      Member.backward(pool.page(next), links(next), reference);
    }
  }

  /** Fills the path to where a member belongs; returns how many lie before it. */
  private int descend(byte[] node, int nodeAt) {
    double score = Member.score(node, nodeAt);
    int name = EntryLayout.keyOffset(node, nodeAt);
    int length = EntryLayout.keyLength(node, nodeAt);
    int reference = head;
    byte[] page = pool.page(head);
    int links = links(head);
    int passed = 0;
    int stop = NONE;
    for (int level = levels - 1; level >= 0; level--) {
      int next;
      while ((next = Member.forward(page, links, level)) != stop) {
        byte[] nextPage = pool.page(next);
        int at = PagePool.offset(next);
        if (Member.compare(nextPage, at, score, node, name, length) >= 0) {
          stop = next;
          break;
        }
        passed += Member.span(page, links, level);
        reference = next;
        page = nextPage;
        links = Member.links(nextPage, at);
      }
      path.references[level] = reference;
      path.links[level] = links;
      path.ranks[level] = passed;
    }
    return passed;
  }

  /** Lets the list have at least so many levels; new ones lead from the head to the end. */
  private void raise(int wanted) {
    if (wanted <= levels) {
      return;
    }
    int room = Member.levels(pool.page(head), links(head));
    if (wanted > room) {
      int larger = layHead(Math.min(Member.MOST_LEVELS, Math.max(wanted, room * 2)));
      System.arraycopy(
          pool.page(head),
          links(head) + 1,
          pool.page(larger),
          links(larger) + 1,
          Member.linkBytes(levels) - 1);
      pool.free(head, account);
      head = larger;
    }
    byte[] page = pool.page(head);
    int links = links(head);
    for (; levels < wanted; levels++) {
      Member.forward(page, links, levels, NONE);
      Member.span(page, links, levels, count + 1);
    }
  }

  /** Takes a member out of the order; it keeps its slot. */
  void unlink(int reference) {
    byte[] node = pool.page(reference);
    int nodeAt = PagePool.offset(reference);
    int nodeLinks = Member.links(node, nodeAt);
    int nodeLevels = Member.levels(node, nodeLinks);
    double score = Member.score(node, nodeAt);
    int name = EntryLayout.keyOffset(node, nodeAt);
    int length = EntryLayout.keyLength(node, nodeAt);
    byte[] page = pool.page(head);
    int links = links(head);
    int stop = NONE;
    for (int level = levels - 1; level >= 0; level--) {
      int next;
      while ((next = Member.forward(page, links, level)) != stop) {
        byte[] nextPage = pool.page(next);
        int at = PagePool.offset(next);
        if (next == reference || Member.compare(nextPage, at, score, node, name, length) >= 0) {
          stop = next;
          break;
        }
        page = nextPage;
        links = Member.links(nextPage, at);
      }
      int span = Member.span(page, links, level) - 1;
      if (level < nodeLevels) {
        span += Member.span(node, nodeLinks, level);
        Member.forward(page, links, level, Member.forward(node, nodeLinks, level));
        stop = reference;
      }
      Member.span(page, links, level, span);
    }
    close(Member.backward(node, nodeLinks), Member.forward(node, nodeLinks, 0), 1);
  }

  /** Takes some members, from rank {@code first} on, out of the order; they keep their slots. */
  void unlink(int first, int number) {
    int at = head;
    byte[] page = pool.page(head);
    int links = links(head);
    int passed = 0;
    int end = first + number;
    for (int level = levels - 1; level >= 0; level--) {
      int span;
      while (passed + (span = Member.span(page, links, level)) <= first) {
        passed += span;
        at = Member.forward(page, links, level);
        page = pool.page(at);
        links = Member.links(page, PagePool.offset(at));
      }
      int next = Member.forward(page, links, level);
      int reached = passed + span;
      while (reached <= end) {
        byte[] cut = pool.page(next);
        int cutLinks = Member.links(cut, PagePool.offset(next));
        reached += Member.span(cut, cutLinks, level);
        next = Member.forward(cut, cutLinks, level);
      }
      Member.forward(page, links, level, next);
      Member.span(page, links, level, reached - passed - number);
    }
    close(at == head ? NONE : at, Member.forward(page, links, 0), number);
  }

  /** Ends an unlinking: what is left and right of the gap, and how many are gone. */
  private void close(int before, int next, int number) {
    if (next == NONE) {
      tail = before;
    } else {
      Member.backward(pool.page(next), links(next), before);
    }
    count -= number;
    byte[] top = pool.page(head);
    while (levels > 1 && Member.forward(top, links(head), levels - 1) == NONE) {
      levels--;
    }
  }
}
