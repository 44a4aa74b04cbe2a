package io.keyward.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait, in the order of their coming; for one thread.
 *
 * <p>If there is no memory for one more, all is as before ({@link java.util.ArrayDeque} forgets
 * everybody then). The array is a ring and stays as large as it has once been.
 */
public final class Line<T> {
  private static final int LEAST = 2;

  private @Nullable Object[] ring = new Object[LEAST];
  private int first;
  private int size;

  /** Puts one behind all others. */
  public void add(T one) {
    if (size == ring.length) {
      grow();
    }
    ring[(first + size) & (ring.length - 1)] = one;
    size++;
  }

  private void grow() {
    @Nullable Object[] larger = Arrays.copyOfRange(ring, first, first + 2 * size);
    System.arraycopy(ring, 0, larger, size - first, first);
    ring = larger;
    first = 0;
  }

  /** The first, who stays; null if nobody waits. */
  @SuppressWarnings("unchecked") // Nothing else is put there.
  public @Nullable T peek() {
    return (T) ring[first];
  }

  /** Takes the first out; null if nobody waits. */
  public @Nullable T poll() {
    T taken = peek();
    if (taken != null) {
      ring[first] = null;
      first = (first + 1) & (ring.length - 1);
      size--;
    }
    return taken;
  }

  /** Lets nobody wait any more. */
  public void clear() {
    Arrays.fill(ring, null);
    first = 0;
    size = 0;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  public int size() {
    return size;
  }
}
