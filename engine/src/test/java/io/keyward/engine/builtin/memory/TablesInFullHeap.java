package io.keyward.engine.builtin.memory;

import io.keyward.engine.builtin.SmallHeap;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Random;

/**
 * Puts entries into dictionaries that have much in common, and takes some out, while the heap has
 * no room or little; then compares each with what it has taken. Prints how many of how many have
 * been refused, or throws. Runs in a JVM of its own with a small heap.
 */
final class TablesInFullHeap {
  private static final int ROUNDS = 16;
  private static final int CHANGES = 25;
  private static final int LAID = 60_000;
  private static final int[] ROOM = {0, 300, 3_000, 30_000, 150_000};

  /** A dictionary, and which of the entries it has. */
  private record Table(Dictionary dictionary, BitSet held) {}

  private static final byte[] NONE = {};

  /** Given back when nothing else is left. */
  static byte[] room = NONE;

  private final PagePool pool = new PagePool();
  private final MemoryAccount account = new MemoryAccount();
  private final Random random = new Random(Long.getLong("test.seed", System.nanoTime()));
  private final int[] references = new int[LAID];
  private final long[] hashes = new long[LAID];
  private final Table[] tables = new Table[3];
  private int next;
  private int tried;
  private int refused;

  private TablesInFullHeap() {
    for (int i = 0; i < LAID; i++) {
      byte[] key = Integer.toString(i).getBytes(StandardCharsets.US_ASCII);
      int flags = EntryLayout.flagsFor(0, key.length);
      references[i] = pool.allocate(EntryLayout.headerSize(flags) + key.length, account);
      EntryLayout.writeKey(
          pool.page(references[i]), PagePool.offset(references[i]), flags, key, 0, key.length);
      hashes[i] = KeyHash.hash(key, 0, key.length);
    }
  }

  public static void main(String[] arguments) {
    TablesInFullHeap all = new TablesInFullHeap();
    for (int round = 0; round < ROUNDS; round++) {
      all.round(round);
    }
    System.out.println(all.refused > 0 && all.refused < all.tried ? "sound" : "untested");
  }

  private void round(int round) {
    if (round % 4 == 0) {
      Dictionary first = new Dictionary(pool, account);
      tables[0] = new Table(first, new BitSet(LAID));
      fill(tables[0], 20 << random.nextInt(7));
      for (int i = 1; i < tables.length; i++) {
        tables[i] = new Table(first.share(account), (BitSet) tables[0].held.clone());
      }
    }
    room = new byte[ROOM[random.nextInt(ROOM.length)]];
    SmallHeap.takeAll();
    room = NONE;
    for (int i = 0; i < CHANGES; i++) {
      change(tables[random.nextInt(tables.length)]);
    }
    SmallHeap.giveBack();
    for (Table table : tables) {
      check(table);
      fill(table, 50);
      check(table);
    }
  }

  private void fill(Table table, int entries) {
    for (int i = 0; i < entries; i++) {
      add(table);
    }
  }

  private void add(Table table) {
    table.dictionary.insert(hashes[next], references[next], false);
    table.held.set(next++);
  }

  private void change(Table table) {
    int held = table.held.previousSetBit(random.nextInt(next));
    tried++;
    try {
      if (held < 0 || random.nextBoolean()) {
        add(table);
      } else {
        table.dictionary.remove(hashes[held], references[held]);
        table.held.clear(held);
      }
    } catch (OutOfMemoryError full) {
      refused++;
    }
  }

  private void check(Table table) {
    table.dictionary.validate();
    for (int i = 0; i < next; i++) {
      if (table.dictionary.holds(hashes[i], references[i]) != table.held.get(i)) {
        throw new IllegalStateException("entry " + i + " of " + next);
      }
    }
  }
}
