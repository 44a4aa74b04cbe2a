package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.builtin.SmallHeap;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.SplittableRandom;

/**
 * Adds members to sorted sets while the heap has no room, until some have been refused; then looks
 * whether all others are there and everything is in order. Prints that it is, or throws. Runs in a
 * JVM of its own with a small heap.
 */
final class MembersInFullHeap {
  private static final int ROUNDS = 3;
  private static final int MOST = 10_000;
  private static final int REFUSED = 5;

  private final PagePool pool = new PagePool();
  private final MemoryAccount account = new MemoryAccount();
  private final SplittableRandom random =
      new SplittableRandom(Long.getLong("test.seed", System.nanoTime()));
  private final byte[][] names = new byte[MOST][];
  private final BitSet held = new BitSet(MOST);
  private int tried;
  private int refused;

  private MembersInFullHeap() {
    for (int i = 0; i < MOST; i++) {
      names[i] = ("member:" + i).getBytes(StandardCharsets.US_ASCII);
    }
  }

  public static void main(String[] arguments) {
    MembersInFullHeap all = new MembersInFullHeap();
    for (int round = 0; round < ROUNDS; round++) {
      all.round();
    }
    System.out.println("sound");
  }

  private void round() {
    OrderedMembers members = new OrderedMembers(pool, account, new Path());
    held.clear();
    tried = 0;
    refused = 0;
    for (int first = random.nextInt(MOST / 2); tried < first; ) {
      add(members);
    }
    SmallHeap.takeAll();
    while (refused < REFUSED && tried < MOST) {
      add(members);
    }
    SmallHeap.giveBack();
    check(members);
    if (refused < REFUSED) {
      throw new IllegalStateException("there was memory for all");
    }
    boolean _ = members.free(Integer.MAX_VALUE);
    pool.validate();
    pool.dropSpare();
  }

  private void add(OrderedMembers members) {
    int next = tried++;
    try {
      members.insert(random.nextInt(1000), names[next], 0, names[next].length);
      held.set(next);
    } catch (OutOfMemoryError full) {
      refused++;
    }
  }

  private void check(OrderedMembers members) {
    members.validate();
    for (int i = 0; i < tried; i++) {
      boolean found = members.find(names[i], 0, names[i].length) != Order.NONE;
      if (found != held.get(i)) {
        throw new IllegalStateException("member " + i + " of " + tried);
      }
    }
  }
}
