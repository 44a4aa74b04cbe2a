package io.keyward.engine.builtin.structure;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One link of a {@link Quicklist}: a listpack, or the text of a single large element, either as it
 * is or compressed.
 */
final class QuicklistNode implements Block {

  /** What the object itself takes: header, four references and ints, and a flag. */
  private static final int OBJECT_BYTES = 32;

  /** Smaller nodes are not worth compressing. */
  private static final int MIN_COMPRESS_BYTES = 48;

  /** What compression must save. */
  private static final int MIN_COMPRESS_GAIN = 8;

  /** Slack below this is kept, as it would be asked for again at once. */
  private static final int KEPT_SLACK = 64;

  @Nullable QuicklistNode previous;
  @Nullable QuicklistNode next;

  /** Number of elements. */
  int count;

  /** Whether the content is the text of the only element rather than a listpack. */
  final boolean plain;

  private byte[] bytes;

  /** Size before compression, 0 if not compressed. */
  private int expandedSize;

  private QuicklistNode(byte[] bytes, int count, boolean plain) {
    this.bytes = bytes;
    this.count = count;
    this.plain = plain;
  }

  /** A node with an empty listpack. */
  static QuicklistNode packed(int capacity) {
    QuicklistNode node =
        new QuicklistNode(new byte[Math.max(capacity, Listpack.EMPTY_BYTES)], 0, false);
    ListpackEditor.initialize(node);
    return node;
  }

  /** A node of a listpack that the caller gives away. */
  static QuicklistNode packed(byte[] listpack) {
    return new QuicklistNode(listpack, Listpack.count(listpack, 0), false);
  }

  /** A node of one element that the caller gives away. */
  static QuicklistNode plain(byte[] text) {
    return new QuicklistNode(text, 1, true);
  }

  QuicklistNode copy() {
    QuicklistNode copy = new QuicklistNode(Arrays.copyOf(bytes, used()), count, plain);
    copy.expandedSize = expandedSize;
    return copy;
  }

  @Override
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public int start() {
    return 0;
  }

  @Override
  public int capacity() {
    return bytes.length;
  }

  @Override
  public void reserve(int capacity) {
    bytes = ByteBlock.grown(bytes, capacity);
  }

  /** Size of the listpack or the text before compression. */
  int size() {
    if (expandedSize > 0) {
      return expandedSize;
    }
    return plain ? bytes.length : Listpack.totalBytes(bytes, 0);
  }

  /** How much of the array is content. */
  private int used() {
    return isCompressed() ? bytes.length : size();
  }

  long memoryBytes() {
    return OBJECT_BYTES + ByteBlock.heapBytes(bytes.length);
  }

  boolean isCompressed() {
    return expandedSize > 0;
  }

  /** Compresses the content if that saves enough. */
  void compress() {
    int size = size();
    if (isCompressed() || size < MIN_COMPRESS_BYTES) {
      return;
    }
    byte[] target = new byte[size - MIN_COMPRESS_GAIN - 1];
    int length = Lzf.compress(bytes, 0, size, target, 0, target.length);
    if (length > 0) {
      bytes = Arrays.copyOf(target, length);
      expandedSize = size;
    }
  }

  /** Undoes the compression. */
  void expand() {
    bytes = content();
    expandedSize = 0;
  }

  /** The content before compression: the array itself, or an expanded copy. */
  byte[] content() {
    if (!isCompressed()) {
      return bytes;
    }
    byte[] target = new byte[expandedSize];
    expandInto(target);
    return target;
  }

  /** Writes the content of a compressed node into an array that has room for it. */
  void expandInto(byte[] target) {
    if (!Lzf.decompress(bytes, 0, bytes.length, target, 0, expandedSize)) {
      throw new IllegalStateException("a compressed list node does not expand");
    }
  }

  /** Leaves at most an eighth of the content as slack: for a node that has stopped growing. */
  void trim() {
    int used = used();
    if (bytes.length - used > Math.max(used >> 3, KEPT_SLACK)) {
      bytes = Arrays.copyOf(bytes, used);
    }
  }

  /** Gives back memory once three quarters of it lie idle; what is left may grow again. */
  void trimIfIdle() {
    int used = used();
    if (bytes.length > 4 * (used + KEPT_SLACK)) {
      bytes = Arrays.copyOf(bytes, 2 * used);
    }
  }
}
