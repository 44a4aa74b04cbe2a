package io.keyward.engine.builtin.memory;

import java.util.Arrays;

/** The entries of a chain of {@link Buckets} on their way to the buckets that they belong to. */
final class ChainEntries {
  private int[] tags = new int[Buckets.SLOTS * 2];
  private int[] references = new int[Buckets.SLOTS * 2];
  private int[] homes = new int[Buckets.SLOTS * 2];
  private int count;

  void add(int tag, int reference) {
    if (count == tags.length) {
      grow();
    }
    tags[count] = tag;
    references[count++] = reference;
  }

  private void grow() {
    int larger = count * 2;
    references = Arrays.copyOf(references, larger);
    homes = Arrays.copyOf(homes, larger);
    // The last one, since its length is asked for.
    tags = Arrays.copyOf(tags, larger);
  }

  int count() {
    return count;
  }

  int tag(int index) {
    return tags[index];
  }

  int reference(int index) {
    return references[index];
  }

  /** The bucket that an entry belongs to. */
  int home(int index) {
    return homes[index];
  }

  void home(int index, int bucket) {
    homes[index] = bucket;
  }

  void clear() {
    count = 0;
  }
}
