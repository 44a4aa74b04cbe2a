package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.builtin.Held;
import io.keyward.engine.builtin.memory.Dictionary;
import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.KeyHash;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;
import io.keyward.engine.builtin.memory.SteadyWalk;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;

/**
 * A big sorted set: members in slots of the pages ({@link Member}), found by name through a
 * dictionary and by score or rank through a skip list (W. Pugh, CACM 1990) whose nodes they are.
 *
 * <p>A member keeps its slot as long as it lives, whatever becomes of its score. Find costs O(1),
 * all else O(log n) and the number of members removed; nothing is allocated besides slots.
 */
final class SkipList implements Held {
  /** No such member. */
  static final int NONE = 0;

  /** This object, its order, its dictionary and their outer arrays, with compact object headers. */
  private static final int OBJECT_BYTES = 152 + 48;

  private final PagePool pool;
  private final MemoryAccount account;
  private final RandomGenerator random;
  private final Dictionary members;
  private final Order order;
  private long memberBytes;

  SkipList(PagePool pool, MemoryAccount account, RandomGenerator random, Path path) {
    this.pool = pool;
    this.account = account;
    this.random = random;
    members = new Dictionary(pool, account);
    order = new Order(pool, account, path);
    account.add(OBJECT_BYTES);
  }

  private void giveBack(int reference) {
    memberBytes -= pool.slotBytes(reference);
    pool.free(reference, account);
  }

  int size() {
    return order.size();
  }

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

  /** The member of this name, or {@link #NONE}. */
  int find(byte[] name, int offset, int length) {
    return members.find(KeyHash.hash(name, offset, length), name, offset, length);
  }

  int first() {
    return order.first();
  }

  int last() {
    return order.last();
  }

  int next(int reference) {
    return order.next(reference);
  }

  int previous(int reference) {
    return order.previous(reference);
  }

  /** The member of a rank, counted from 0, which must exist. */
  int at(int rank) {
    return order.at(rank);
  }

  /** The rank of a member, counted from 0. */
  int rank(int reference) {
    return order.rank(reference);
  }

  /** How many members lie before the bound. */
  int countBefore(Bound bound) {
    return order.countBefore(bound);
  }

  /** Adds a member that is not there yet. */
  void insert(double score, byte[] name, int offset, int length) {
    int flags = EntryLayout.flagsFor(EntryLayout.SCORED | members.generation(), length);
    int levels = drawLevels();
    int bytes = Math.addExact(EntryLayout.headerSize(flags) + Member.linkBytes(levels), length);
    int reference = pool.allocate(bytes, account);
    memberBytes += pool.slotBytes(reference);
    byte[] page = pool.page(reference);
    int at = PagePool.offset(reference);
    EntryLayout.writeKey(page, at, flags, name, offset, length);
    Member.score(page, at, score);
    Member.clearLinks(page, Member.links(page, at), levels);
    order.link(reference);
    members.insert(KeyHash.hash(name, offset, length), reference, false);
  }

  /** One level, and each further one with a chance of a quarter. */
  private int drawLevels() {
    int drawn = 1 + (Long.numberOfTrailingZeros(random.nextLong()) >>> 1);
    return Math.min(drawn, Member.MOST_LEVELS);
  }

  /** Gives a member another score; where its neighbours allow, it stays in its place. */
  void score(int reference, double score) {
    members.beforeChange(reference);
    boolean stays = order.staysWith(reference, score);
    if (!stays) {
      order.unlink(reference);
    }
    Member.score(pool.page(reference), PagePool.offset(reference), score);
    if (!stays) {
      order.link(reference);
    }
  }

  /** Removes a member. */
  void remove(int reference) {
    order.unlink(reference);
    discard(reference);
  }

  /** Removes some members, from rank {@code first} on, counted from 0. */
  void removeRanks(int first, int number) {
    if (number == 0) {
      return;
    }
    int reference = at(first);
    order.unlink(first, number);
    for (int i = 0; i < number; i++) {
      int next = next(reference);
      discard(reference);
      reference = next;
    }
  }

  private void discard(int reference) {
    members.beforeChange(reference);
    byte[] page = pool.page(reference);
    members.remove(EntryLayout.keyHash(page, PagePool.offset(reference)), reference);
    giveBack(reference);
  }

  Dictionary members() {
    return members;
  }

  Order order() {
    return order;
  }

  PagePool pool() {
    return pool;
  }

  /** Visits the members of the next few buckets; see {@link Dictionary#scan}. */
  long scan(long cursor, IntConsumer visitor) {
    return members.scan(cursor, visitor);
  }

  @Override
  public boolean outlives(Runnable afterwards) {
    SteadyWalk walk = members.walk();
    if (walk != null) {
      walk.afterwards(afterwards);
    }
    return walk != null;
  }

  @Override
  public SkipList copy() {
    SkipList copy = new SkipList(pool, account, random, order.path());
    for (int at = first(); at != NONE; at = next(at)) {
      copy.insert(score(at), bytes(at), nameOffset(at), nameLength(at));
    }
    return copy;
  }

  @Override
  public long memoryBytes() {
    return OBJECT_BYTES + members.memory() + slotBytes();
  }

  /** Bytes of the slots of members and head. */
  long slotBytes() {
    return memberBytes + order.headBytes();
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
      order.free();
      account.add(-OBJECT_BYTES);
    }
    return done;
  }
}
