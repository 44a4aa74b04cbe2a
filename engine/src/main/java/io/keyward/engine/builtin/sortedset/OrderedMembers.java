package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Held;
import io.keyward.engine.builtin.memory.Dictionary;
import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.EntryVisits;
import io.keyward.engine.builtin.memory.KeyHash;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;
import io.keyward.engine.builtin.memory.SteadyWalk;
import java.util.function.IntConsumer;

/**
 * A big sorted set: members in slots of the pages ({@link Member}), found by name through a
 * dictionary and by score or rank through an {@link Order}.
 *
 * <p>A member keeps its slot as long as it lives, whatever becomes of its score, unless a copy of
 * the set has it too: then it gets another one when its score changes. Find costs O(1), all else
 * O(log n) and the number of members removed; nothing is allocated besides slots.
 */
final class OrderedMembers implements Held {
  /** No such member. */
  static final int NONE = 0;

  /**
   * This object, its order with its four parts, its dictionary and their outer arrays, with compact
   * object headers.
   */
  private static final int OBJECT_BYTES = 176 + 96;

  private final PagePool pool;
  private MemoryAccount account;
  private final Dictionary members;
  private final Order order;
  private long memberBytes;

  OrderedMembers(PagePool pool, MemoryAccount account, Path path) {
    this.pool = pool;
    this.account = account;
    order = new Order(pool, account, path);
    members = new Dictionary(pool, account);
    try {
      order.begin();
    } catch (OutOfMemoryError full) {
      members.discard();
      throw full;
    }
    account.add(OBJECT_BYTES);
  }

  /** A set of the same members as another one. */
  private OrderedMembers(OrderedMembers other, MemoryAccount account) {
    pool = other.pool;
    this.account = account;
    order = new Order(pool, account, other.order.path());
    // The last one that takes memory, since from then on each of the two has what is in common.
    members = other.members.share(account);
    order.share(other.order);
    memberBytes = other.memberBytes;
    account.addCommon(memberBytes);
    account.add(OBJECT_BYTES);
  }

  /** Gives back the slot of a member that has been taken out, unless others hold it. */
  private void giveBack(long hash, int reference) {
    int bytes = pool.slotBytes(reference);
    memberBytes -= bytes;
    if (!members.isOwn(reference) && members.othersHold(hash, reference)) {
      account.addCommon(-bytes);
    } else {
      pool.free(reference, account);
    }
  }

  private long hash(int reference) {
    return EntryLayout.keyHash(pool.page(reference), PagePool.offset(reference));
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
    int flags = EntryLayout.flagsFor(EntryLayout.SCORED | members.stamp(), length);
    int bytes = Math.addExact(EntryLayout.headerSize(flags), length);
    int reference = pool.allocate(bytes, account);
    memberBytes += pool.slotBytes(reference);
    byte[] page = pool.page(reference);
    int at = PagePool.offset(reference);
    EntryLayout.writeKey(page, at, flags, name, offset, length);
    Member.score(page, at, score);
    enter(KeyHash.hash(name, offset, length), reference);
  }

  /** Lets a member that has been laid be found by its name and in its place. */
  private void enter(long hash, int reference) {
    boolean named = false;
    try {
      members.insert(hash, reference, false);
      named = true;
      order.link(reference);
    } catch (OutOfMemoryError full) {
      if (named) {
        members.remove(hash, reference);
      }
      giveBack(hash, reference);
      throw full;
    }
  }

  /**
   * Gives a member another score.
   *
   * @return the reference that names the member from now on
   */
  int score(int reference, double score) {
    members.beforeChange(reference);
    if (!members.isOwn(reference)) {
      long hash = hash(reference);
      if (members.othersHold(hash, reference)) {
        return replace(hash, reference, score);
      }
      members.claim(reference);
    }
    order.score(reference, score);
    return reference;
  }

  /** Puts a copy with another score in the place of a member that others hold. */
  private int replace(long hash, int reference, double score) {
    // First what may find no memory.
    members.own(hash, reference);
    order.ownWayTo(reference);
    int bytes = pool.slotBytes(reference);
    int laid = pool.allocate(bytes, account);
    byte[] page = pool.page(laid);
    int at = PagePool.offset(laid);
    System.arraycopy(pool.page(reference), PagePool.offset(reference), page, at, bytes);
    EntryLayout.stamp(page, at, members.stamp());
    Member.score(page, at, score);
    try {
      order.link(laid);
    } catch (OutOfMemoryError full) {
      pool.free(laid, account);
      throw full;
    }
    order.unlink(reference);
    members.replace(hash, reference, laid);
    account.addCommon(-bytes);
    return laid;
  }

  /** Removes a member. */
  void remove(int reference) {
    members.own(hash(reference), reference);
    order.unlink(reference);
    discard(reference);
  }

  /**
   * Removes some members, from rank {@code first} on, counted from 0.
   *
   * @param between is called between some of them and the next
   */
  void removeRanks(int first, int number, Runnable between) {
    int left = number;
    while (left > 0) {
      between.run();
      int taken = order.look(first, left);
      for (int i = 0; i < taken; i++) {
        int reference = order.path().taken[i];
        members.own(hash(reference), reference);
      }
      order.unlinkSeen(taken);
      for (int i = 0; i < taken; i++) {
        discard(order.path().taken[i]);
      }
      left -= taken;
    }
  }

  private void discard(int reference) {
    members.beforeChange(reference);
    long hash = hash(reference);
    members.remove(hash, reference);
    giveBack(hash, reference);
  }

  /** Begins a walk that shows every member as it is now, whatever becomes of it meanwhile. */
  SteadyWalk beginWalk(IntConsumer visitor) {
    return members.beginWalk(
        visitor,
        reference -> {
          account.addCommon(pool.slotBytes(reference));
          pool.free(reference, account);
        });
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

  /** Visits the members of the next few buckets; see {@link EntryVisits#scan}. */
  long scan(long cursor, IntConsumer visitor) {
    return EntryVisits.scan(members, cursor, visitor);
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
  public OrderedMembers copy(Database target) {
    return copy(target.account());
  }

  /** A set of the same members, whose bytes are counted there. */
  OrderedMembers copy(MemoryAccount counted) {
    if (members.sharedByMany()) {
      return copyOfEach(counted);
    }
    return new OrderedMembers(this, counted);
  }

  private OrderedMembers copyOfEach(MemoryAccount counted) {
    OrderedMembers copy = new OrderedMembers(pool, counted, order.path());
    try {
      for (int at = first(); at != NONE; at = next(at)) {
        copy.insert(score(at), bytes(at), nameOffset(at), nameLength(at));
      }
      return copy;
    } catch (OutOfMemoryError full) {
      boolean _ = copy.free(Integer.MAX_VALUE);
      throw full;
    }
  }

  @Override
  public void adopt(MemoryAccount counted, BuiltinKeyspace keyspace) {
    account = counted;
    members.account(counted);
    order.account(counted);
  }

  @Override
  public long memoryBytes() {
    return OBJECT_BYTES + members.memory() + slotBytes();
  }

  /** Bytes of the slots of members and of the order's nodes. */
  long slotBytes() {
    return memberBytes + order.nodeBytes();
  }

  @Override
  public void validate() {
    OrderCheck.check(this);
  }

  @Override
  public long freeEffort() {
    return members.size();
  }

  @Override
  public boolean free(int budget) {
    boolean done =
        order.free(Math.max(1, budget / 8))
            && members.drain(
                Math.max(1, budget / 8), reference -> giveBack(hash(reference), reference));
    if (done) {
      account.add(-OBJECT_BYTES);
    }
    return done;
  }
}
