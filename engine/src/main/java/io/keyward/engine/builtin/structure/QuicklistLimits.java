package io.keyward.engine.builtin.structure;

/**
 * How big the nodes of a list may grow and which of them are compressed.
 *
 * @param fill list-max-listpack-size: the most entries of a node if positive (in at most 8 kB),
 *     else -1 to -5 for nodes of up to 4, 8, 16, 32 or 64 kB
 * @param compressDepth list-compress-depth: nodes at each end that stay as they are, 0 if all do
 * @param largeElement length in bytes from which an element has a plain node of its own
 */
public record QuicklistLimits(int fill, int compressDepth, int largeElement) {

  /** Redis's own settings: nodes of 8 kB, nothing compressed, plain nodes from 1 GB on. */
  public static final QuicklistLimits DEFAULT = new QuicklistLimits(-2, 0, 1 << 30);

  /** Most bytes of a node that is limited by its number of entries. */
  private static final int SAFE_BYTES = 8192;

  /** Most that an entry adds to its text. */
  private static final int ENTRY_OVERHEAD = 8;

  /** Most bytes of a node, Integer.MAX_VALUE if entries are counted instead. */
  public int maxBytes() {
    return fill >= 0 ? Integer.MAX_VALUE : 4096 << (-Math.max(fill, -5) - 1);
  }

  /** Most entries of a node, Integer.MAX_VALUE if bytes are counted instead. */
  public int maxCount() {
    return fill < 0 ? Integer.MAX_VALUE : Math.max(fill, 1);
  }

  /** Bytes that a node of small elements does not exceed. */
  int fullBytes() {
    return fill >= 0 ? SAFE_BYTES : maxBytes();
  }

  /** Whether a listpack of that many bytes and entries is too big for one node. */
  public boolean exceededBy(long bytes, long count) {
    return fill < 0 ? bytes > maxBytes() : bytes > SAFE_BYTES || count > maxCount();
  }

  boolean isLarge(int length) {
    return length >= largeElement;
  }

  /** Whether another entry of that length may join the {@code count} in a listpack. */
  boolean allowEntry(long bytes, long count, int length) {
    return !isLarge(length) && !exceededBy(bytes + length + ENTRY_OVERHEAD, count + 1);
  }
}
