package io.keyward.engine.builtin.memory;

import java.util.Arrays;

/** The entries of a chain of {@link Buckets}, with their tags, while they are in no bucket. */
final class ChainEntries {
  private int[] tags = new int[Buckets.SLOTS * 2];
  private int[] references = new int[Buckets.SLOTS * 2];
  private int count;

  void add(int tag, int reference) {
    if (count == tags.length) {
      tags = Arrays.copyOf(tags, count * 2);
      references = Arrays.copyOf(references, count * 2);
    }
    tags[count] = tag;
    references[count++] = reference;
  }

  /** Hands all of them over, in the order in which they came; none is left then. */
  void handOver(Buckets.Taker taker) {
    int all = count;
    count = 0;
    taker.expect(references, all);
    for (int i = 0; i < all; i++) {
      taker.take(tags[i], references[i]);
    }
  }
}
