package io.keyward.engine.builtin.memory;

import java.util.function.IntConsumer;
import java.util.function.IntPredicate;

/** Shows the entries of one chain of {@link Buckets}, from its first bucket to its last. */
final class ChainVisits {
  /** Receives entries with their tags, marks included. */
  @FunctionalInterface
  interface Taker {
    void take(int tag, int reference);
  }

  private ChainVisits() {}

  /** Shows the entries of a chain; the visitor may remove the one it is given. */
  static void all(Buckets table, int home, IntConsumer visitor) {
    int bucket = home;
    do {
      int[] array = table.array(bucket);
      int base = Buckets.base(bucket);
      int next = Buckets.next(array, base);
      for (int slot = 0; slot < Buckets.SLOTS; slot++) {
        int reference = array[base + Buckets.REFERENCES + slot];
        if (reference != 0) {
          visitor.accept(reference);
        }
      }
      bucket = next;
    } while (bucket != 0);
  }

  /** Shows the entries of a chain until the visitor says no; returns whether it never did. */
  static boolean whileWanted(Buckets table, int home, IntPredicate visitor) {
    int bucket = home;
    do {
      int[] array = table.array(bucket);
      int base = Buckets.base(bucket);
      for (int slot = 0; slot < Buckets.SLOTS; slot++) {
        int reference = array[base + Buckets.REFERENCES + slot];
        if (reference != 0 && !visitor.test(reference)) {
          return false;
        }
      }
      bucket = Buckets.next(array, base);
    } while (bucket != 0);
    return true;
  }

  /** Shows the marked entries of a chain, as {@link #all}; returns how many there were. */
  static int marked(Buckets table, int home, IntConsumer visitor) {
    int visited = 0;
    int bucket = home;
    do {
      int[] array = table.array(bucket);
      int base = Buckets.base(bucket);
      int next = Buckets.next(array, base);
      for (int word = 0; word < 3; word++) {
        int found = Buckets.marks(array[base + word]);
        while (found != 0) {
          visitor.accept(array[base + Buckets.REFERENCES + Buckets.slot(word, found)]);
          visited++;
          found &= found - 1;
        }
      }
      bucket = next;
    } while (bucket != 0);
    return visited;
  }

  /**
   * Shows the entries of a chain with their tags; throws if one is without its tag, or a tag
   * without its entry.
   *
   * @return how many buckets the chain has
   */
  static int tagged(Buckets table, int home, Taker visitor) {
    int chain = 0;
    int bucket = home;
    do {
      int[] array = table.array(bucket);
      int base = Buckets.base(bucket);
      for (int slot = 0; slot < Buckets.SLOTS; slot++) {
        int tag = Buckets.tag(array, base, slot);
        int reference = array[base + Buckets.REFERENCES + slot];
        if ((tag == 0) != (reference == 0)) {
          throw new IllegalStateException("tag without entry or entry without tag");
        }
        if (reference != 0) {
          visitor.take(tag, reference);
        }
      }
      chain++;
      bucket = Buckets.next(array, base);
    } while (bucket != 0);
    return chain;
  }

  /** The entry in a slot of a bucket that many steps along a chain, 0 for none. */
  static int at(Buckets table, int home, int steps, int slot) {
    int bucket = home;
    for (int step = 0; step < steps; step++) {
      bucket = Buckets.next(table.array(bucket), Buckets.base(bucket));
      if (bucket == 0) {
        return 0;
      }
    }
    return table.array(bucket)[Buckets.base(bucket) + Buckets.REFERENCES + slot];
  }
}
