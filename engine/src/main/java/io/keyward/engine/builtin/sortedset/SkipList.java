package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.builtin.Held;
import io.keyward.engine.builtin.memory.Dictionary;
import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.KeyHash;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;

/**
 * A big sorted set: members in slots of the pages ({@link Member}), found by name through a
 * dictionary and by score or rank through a skip list (W. Pugh, CACM 1990) whose nodes they are.
 *
 * <p>Spans count ranks (Pugh's "A Skip List Cookbook", 1990). The head is a slot of the same shape
 * without a name, at rank 0; the first member has rank 1 and the end, which a link to none stands
 * for, rank size + 1. Callers count ranks from 0.
 *
 * <p>A member keeps its slot as long as it lives, whatever becomes of its score. Find costs O(1),
 * all else O(log n) and the number of members removed; nothing is allocated besides slots.
 */
final class SkipList implements Held {
  /** No such member. */
  static final int NONE = 0;

  private static final int FIRST_HEAD_LEVELS = 4;

  /** This object, its dictionary and their outer arrays, with compact object headers. */
  private static final int OBJECT_BYTES = 152;

  private final PagePool pool;
  private final MemoryAccount account;
  private final RandomGenerator random;
  private final Dictionary members;
  private int head;
  private int tail = NONE;
  private int levels = 1;
  private int count;
  private long slotBytes;

  SkipList(PagePool pool, MemoryAccount account, RandomGenerator random) {
    this.pool = pool;
    this.account = account;
    this.random = random;
    members = new Dictionary(pool, account);
    head = layHead(FIRST_HEAD_LEVELS);
    account.add(OBJECT_BYTES);
  }

  private int layHead(int room) {
    int start = EntryLayout.headerSize(0);
    int reference = allocate(start + Member.linkBytes(room));
    byte[] page = pool.page(reference);
    int at = PagePool.offset(reference);
    EntryLayout.writeKey(page, at, 0, page, at, 0);
    Member.clearLinks(page, at + start, room);
    return reference;
  }

  private int allocate(int bytes) {
    int reference = pool.allocate(bytes, account);
    slotBytes += pool.slotBytes(reference);
    return reference;
  }

  private void giveBack(int reference) {
    slotBytes -= pool.slotBytes(reference);
    pool.free(reference, account);
  }

  int size() {
    return count;
  }

  /* Members. */

  /** The array that holds the member. */
  byte[] bytes(int reference) {
    return pool.page(reference);
  }

  int nameOffset(int reference) {
    return EntryLayout.keyOffset(pool.page(reference), PagePool.offset(reference));
  }

  int nameLength(int reference) {
    return EntryLayout.keyLength(pool.page(reference), PagePool.offset(reference));
  }

  double score(int reference) {
    return Member.score(pool.page(reference), PagePool.offset(reference));
  }

  private int links(int reference) {
    return Member.links(pool.page(reference), PagePool.offset(reference));
  }

  /** The member of this name, or {@link #NONE}. */
  int find(byte[] name, int offset, int length) {
    return members.find(KeyHash.hash(name, offset, length), name, offset, length);
  }

  /* The order. */

  int first() {
    return Member.forward(pool.page(head), links(head), 0);
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

  private int countBefore(double score, byte[] name, int offset, int length) {
    return Descent.countBefore(pool, head, levels, score, name, offset, length);
  }

  /** How many members lie before the bound. */
  int countBefore(Bound bound) {
    return Descent.countBefore(pool, head, levels, bound);
  }

  /* Changes. */

  /** Adds a member that is not there yet. */
  void insert(double score, byte[] name, int offset, int length) {
    int flags = EntryLayout.flagsFor(EntryLayout.SCORED, length);
    int nodeLevels = drawLevels();
    int reference =
        allocate(
            Math.addExact(EntryLayout.headerSize(flags) + Member.linkBytes(nodeLevels), length));
    byte[] page = pool.page(reference);
    int at = PagePool.offset(reference);
    EntryLayout.writeKey(page, at, flags, name, offset, length);
    Member.score(page, at, score);
    Member.clearLinks(page, Member.links(page, at), nodeLevels);
    link(reference, countBefore(score, name, offset, length));
    members.insert(KeyHash.hash(name, offset, length), reference, false);
  }

  /** One level, and each further one with a chance of a quarter. */
  private int drawLevels() {
    int drawn = 1 + (Long.numberOfTrailingZeros(random.nextLong()) >>> 1);
    return Math.min(drawn, Member.MOST_LEVELS);
  }

  /** Gives a member another score; where its neighbours allow, it stays in its place. */
  void score(int reference, double score) {
    byte[] page = pool.page(reference);
    int at = PagePool.offset(reference);
    int links = Member.links(page, at);
    int name = EntryLayout.keyOffset(page, at);
    int length = EntryLayout.keyLength(page, at);
    int before = Member.backward(page, links);
    int after = Member.forward(page, links, 0);
    boolean stays =
        (before == NONE || compare(before, score, page, name, length) < 0)
            && (after == NONE || compare(after, score, page, name, length) > 0);
    if (!stays) {
      unlink(countBefore(Member.score(page, at), page, name, length), 1);
    }
    Member.score(page, at, score);
    if (!stays) {
      linkAgain(reference, countBefore(score, page, name, length));
    }
  }

  private int compare(int reference, double score, byte[] name, int offset, int length) {
    return Member.compare(
        pool.page(reference), PagePool.offset(reference), score, name, offset, length);
  }

  private void linkAgain(int reference, int before) {
    byte[] page = pool.page(reference);
    int links = links(reference);
    Member.clearLinks(page, links, Member.levels(page, links));
    link(reference, before);
  }

  /** Links a member in after the first {@code before} members. */
  private void link(int reference, int before) {
    byte[] node = pool.page(reference);
    int nodeLinks = links(reference);
    int nodeLevels = Member.levels(node, nodeLinks);
    raise(nodeLevels);
    int at = head;
    byte[] page = pool.page(head);
    int links = links(head);
    int passed = 0;
    for (int level = levels - 1; level >= 0; level--) {
      int span;
      while (passed + (span = Member.span(page, links, level)) <= before) {
        passed += span;
        at = Member.forward(page, links, level);
        page = pool.page(at);
        links = Member.links(page, PagePool.offset(at));
      }
      if (level < nodeLevels) {
        int own = before + 1 - passed;
        Member.forward(node, nodeLinks, level, Member.forward(page, links, level));
        Member.span(node, nodeLinks, level, span + 1 - own);
        Member.forward(page, links, level, reference);
        Member.span(page, links, level, own);
      } else {
        Member.span(page, links, level, span + 1);
      }
    }
    Member.backward(node, nodeLinks, at == head ? NONE : at);
    count++;
    int next = Member.forward(node, nodeLinks, 0);
    if (next == NONE) {
      tail = reference;
    } else {
      Member.backward(pool.page(next), links(next), reference);
    }
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
      giveBack(head);
      head = larger;
    }
    byte[] page = pool.page(head);
    int links = links(head);
    for (; levels < wanted; levels++) {
      Member.forward(page, links, levels, NONE);
      Member.span(page, links, levels, count + 1);
    }
  }

  /** Takes some members, from rank {@code first} on, out of the list; they keep their slots. */
  private void unlink(int first, int number) {
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
    int next = Member.forward(page, links, 0);
    int before = at == head ? NONE : at;
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

  /** Removes a member. */
  void remove(int reference) {
    unlink(
        countBefore(
            score(reference), bytes(reference), nameOffset(reference), nameLength(reference)),
        1);
    discard(reference);
  }

  /** Removes some members, from rank {@code first} on, counted from 0. */
  void removeRanks(int first, int number) {
    if (number == 0) {
      return;
    }
    int reference = at(first);
    unlink(first, number);
    for (int i = 0; i < number; i++) {
      int next = next(reference);
      discard(reference);
      reference = next;
    }
  }

  private void discard(int reference) {
    byte[] page = pool.page(reference);
    members.remove(EntryLayout.keyHash(page, PagePool.offset(reference)), reference);
    giveBack(reference);
  }

  /* The whole. */

  Dictionary members() {
    return members;
  }

  int head() {
    return head;
  }

  int levels() {
    return levels;
  }

  PagePool pool() {
    return pool;
  }

  /** Visits the members of the next few buckets; see {@link Dictionary#scan}. */
  long scan(long cursor, IntConsumer visitor) {
    return members.scan(cursor, visitor);
  }

  @Override
  public SkipList copy() {
    SkipList copy = new SkipList(pool, account, random);
    for (int at = first(); at != NONE; at = next(at)) {
      copy.insert(score(at), bytes(at), nameOffset(at), nameLength(at));
    }
    return copy;
  }

  @Override
  public long memoryBytes() {
    return OBJECT_BYTES + members.memory() + slotBytes;
  }

  long slotBytes() {
    return slotBytes;
  }

  @Override
  public void validate() {
    SkipListCheck.check(this);
  }

  @Override
  public long freeEffort() {
    return members.size();
  }

  @Override
  public boolean free(int budget) {
    boolean done = members.drain(Math.max(1, budget / 8), this::giveBack);
    if (done) {
      giveBack(head);
      account.add(-OBJECT_BYTES);
    }
    return done;
  }
}
