package io.keyward.engine.builtin.structure;

import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.memory.CommonSlots;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of one {@link Quicklist} in the pages: each is a small slot that links it and says what
 * it is, and a slot with its content.
 *
 * <pre>
 *  0          4      8         12      16     20
 * +----------+------+---------+-------+------+------------+
 * | previous | next | content | count | size | compressed |   ints
 * +----------+------+---------+-------+------+------------+
 *  previous, next: the neighbours, 0 for none
 *  content: the slot of a listpack, or of the text of a single large element ("plain")
 *  count: entries of the listpack, -1 for a plain node
 *  size: bytes of a text, or of a listpack before compression; of a listpack as it is, which itself
 *   says its size, the bytes of its slot that are free before it
 *  compressed: bytes of the LZF-compressed content, 0 if the content is as it is
 * </pre>
 *
 * A node is named by the reference of its first slot, which stays the same for its life, while the
 * content moves when it grows. To follow the links, or to skip nodes by their counts, touches no
 * content. The collector sees nothing of all this but the pages.
 *
 * <p>A listpack that grows at its front stands at the end of its slot, so that only its header
 * moves to make room for an entry before the first; one that grows at its end begins where its slot
 * does.
 *
 * <p>Nodes of several lists may have a content in common ({@link #copyTo}), which is copied when it
 * is about to change in one of them.
 */
final class QuicklistNodes {
  static final int NONE = 0;

  private static final int PREVIOUS = 0;
  private static final int NEXT = 4;
  private static final int CONTENT = 8;
  private static final int COUNT = 12;
  private static final int SIZE = 16;
  private static final int GAP = SIZE;
  private static final int COMPRESSED = 20;
  private static final int NODE_BYTES = 24;

  private static final int PLAIN = -1;

  /** Smaller nodes are not worth compressing. */
  private static final int MIN_COMPRESS_BYTES = 48;

  /** What compression must save. */
  private static final int MIN_COMPRESS_GAIN = 8;

  /** Slack below this is kept, as it would be asked for again at once. */
  private static final int KEPT_SLACK = 64;

  private final PagePool pool;
  private MemoryAccount account;
  private final NodeContent view = new NodeContent(this);

  /** The contents that other lists have, too; null if none ever had any. */
  private @Nullable CommonSlots common;

  private long memoryBytes;

  QuicklistNodes(PagePool pool, MemoryAccount account) {
    this.pool = pool;
    this.account = account;
  }

  void account(MemoryAccount counted) {
    account = counted;
  }

  /** Bytes of all slots, slack included. */
  long memoryBytes() {
    return memoryBytes;
  }

  /** A node with an empty listpack that has room for so many bytes. */
  int newPacked(int capacity) {
    int node = make(Math.max(capacity, Listpack.EMPTY_BYTES), 0);
    ListpackEditor.initialize(content(node));
    return node;
  }

  /** A node with a copy of a listpack. */
  int newPacked(byte[] source, int offset, int length) {
    int node = make(length, Listpack.count(source, offset));
    write(node, source, offset, length);
    return node;
  }

  /** A node of one element. */
  int newPlain(byte[] source, int offset, int length) {
    int node = make(length, PLAIN);
    put(node, SIZE, length);
    write(node, source, offset, length);
    return node;
  }

  private int make(int capacity, int count) {
    int content = allocate(capacity);
    try {
      return makeOf(content, count);
    } catch (OutOfMemoryError full) {
      release(content);
      throw full;
    }
  }

  private int makeOf(int content, int count) {
    int node = allocate(NODE_BYTES);
    put(node, PREVIOUS, NONE);
    put(node, NEXT, NONE);
    put(node, CONTENT, content);
    put(node, COUNT, count);
    put(node, SIZE, 0);
    put(node, COMPRESSED, 0);
    return node;
  }

  private void write(int node, byte[] source, int offset, int length) {
    System.arraycopy(source, offset, bytes(node), start(node), length);
  }

  /**
   * Lets another list have the contents of all nodes, of which there are so many; they are to be
   * copied then one by one.
   *
   * @return what counts who has them
   */
  CommonSlots share(QuicklistNodes target, int count) {
    CommonSlots contents = common;
    if (contents == null) {
      contents = new CommonSlots(account);
      common = contents;
    }
    contents.reserve(count);
    target.common = contents;
    return contents;
  }

  /** A node of another list that has the content in common with this one. */
  int copyTo(QuicklistNodes target, CommonSlots contents, int node) {
    int content = get(node, CONTENT);
    contents.add(content);
    int bytes = pool.slotBytes(content);
    target.memoryBytes += bytes;
    target.account.addCommon(bytes);
    int copy = target.makeOf(content, get(node, COUNT));
    target.put(copy, SIZE, get(node, SIZE));
    target.put(copy, COMPRESSED, get(node, COMPRESSED));
    return copy;
  }

  /** Gives the slots of a node back; nothing may name it any more. */
  void free(int node) {
    releaseContent(get(node, CONTENT));
    release(node);
  }

  /** Gives back the slot of a content, unless other lists have it. */
  private void releaseContent(int content) {
    CommonSlots contents = common;
    if (contents != null && contents.release(content)) {
      int bytes = pool.slotBytes(content);
      memoryBytes -= bytes;
      account.addCommon(-bytes);
    } else {
      release(content);
    }
  }

  /** Makes the content of a node this list's alone. */
  private void own(int node) {
    int content = get(node, CONTENT);
    CommonSlots contents = common;
    if (contents != null && contents.holds(content)) {
      move(node, pool.slotBytes(content));
    }
  }

  private int allocate(int bytes) {
    int reference = pool.allocate(bytes, account);
    memoryBytes += pool.slotBytes(reference);
    return reference;
  }

  private void release(int reference) {
    memoryBytes -= pool.slotBytes(reference);
    pool.free(reference, account);
  }

  private int get(int node, int field) {
    return Bytes.getInt(pool.page(node), PagePool.offset(node) + field);
  }

  private void put(int node, int field, int value) {
    Bytes.putInt(pool.page(node), PagePool.offset(node) + field, value);
  }

  int previous(int node) {
    return get(node, PREVIOUS);
  }

  void previous(int node, int previous) {
    put(node, PREVIOUS, previous);
  }

  int next(int node) {
    return get(node, NEXT);
  }

  void next(int node, int next) {
    put(node, NEXT, next);
  }

  /** Number of elements. */
  int count(int node) {
    return Math.abs(get(node, COUNT));
  }

  /** Changes the number of elements of a node that is not plain. */
  void addToCount(int node, int change) {
    put(node, COUNT, get(node, COUNT) + change);
  }

  /** Whether the content is the text of the only element rather than a listpack. */
  boolean plain(int node) {
    return get(node, COUNT) == PLAIN;
  }

  boolean compressed(int node) {
    return get(node, COMPRESSED) > 0;
  }

  /** Size of the listpack or the text before compression. */
  int size(int node) {
    return plain(node) || compressed(node)
        ? get(node, SIZE)
        : Listpack.totalBytes(bytes(node), start(node));
  }

  /** How much of the content's slot is used. */
  private int used(int node) {
    int compressed = get(node, COMPRESSED);
    return compressed > 0 ? compressed : size(node);
  }

  /** The page that the content lies in. */
  byte[] bytes(int node) {
    return pool.page(get(node, CONTENT));
  }

  /** Where in {@link #bytes} the content begins. */
  int start(int node) {
    return PagePool.offset(get(node, CONTENT)) + gap(node);
  }

  private int gap(int node) {
    return plain(node) || compressed(node) ? 0 : get(node, GAP);
  }

  /** Says that a listpack begins so many bytes later in its slot than it did, or earlier. */
  void shift(int node, int bytes) {
    put(node, GAP, get(node, GAP) + bytes);
  }

  /** Where in {@link #bytes} the content's slot ends. */
  int slotEnd(int node) {
    int content = get(node, CONTENT);
    return PagePool.offset(content) + pool.slotBytes(content);
  }

  /** Bytes of the content's slot. */
  int slotBytes(int node) {
    return pool.slotBytes(get(node, CONTENT));
  }

  /** The content for changing it, valid until the next call. */
  Block content(int node) {
    if (common != null) {
      own(node);
    }
    view.at(node);
    return view;
  }

  /** Compresses the content if that saves enough. */
  void compress(int node) {
    int size = size(node);
    if (compressed(node) || size < MIN_COMPRESS_BYTES) {
      return;
    }
    byte[] target = new byte[size - MIN_COMPRESS_GAIN - 1];
    int length = Lzf.compress(bytes(node), start(node), size, target, 0, target.length);
    if (length > 0) {
      releaseContent(get(node, CONTENT));
      put(node, CONTENT, allocate(length));
      put(node, SIZE, size);
      put(node, COMPRESSED, length);
      write(node, target, 0, length);
    }
  }

  /** Undoes the compression. */
  void expand(int node) {
    if (!compressed(node)) {
      return;
    }
    int compressed = get(node, CONTENT);
    int expanded = allocate(get(node, SIZE));
    expandInto(node, pool.page(expanded), PagePool.offset(expanded));
    put(node, CONTENT, expanded);
    put(node, COMPRESSED, 0);
    if (!plain(node)) {
      put(node, GAP, 0);
    }
    releaseContent(compressed);
  }

  /** Writes the content of a compressed node to where there is room for it. */
  void expandInto(int node, byte[] target, int offset) {
    if (!Lzf.decompress(
        bytes(node), start(node), get(node, COMPRESSED), target, offset, get(node, SIZE))) {
      throw new IllegalStateException("a compressed list node does not expand");
    }
  }

  /** Leaves at most an eighth of the content as slack: for a node that has stopped growing. */
  void trim(int node) {
    int used = used(node);
    if (slotBytes(node) - used > Math.max(used >> 3, KEPT_SLACK)) {
      resize(node, used);
    }
  }

  /** Gives back memory once three quarters of it lie idle; what is left may grow again. */
  void trimIfIdle(int node) {
    int used = used(node);
    if (slotBytes(node) > 4 * (used + KEPT_SLACK)) {
      resize(node, 2 * used);
    }
  }

  /** Moves the content to the beginning of a slot of another size. */
  void resize(int node, int capacity) {
    if (PagePool.roundedSize(capacity) != slotBytes(node)) {
      move(node, capacity);
    }
  }

  /** Moves the content to the beginning of another slot. */
  private void move(int node, int capacity) {
    int old = get(node, CONTENT);
    int moved = allocate(capacity);
    System.arraycopy(
        pool.page(old), start(node), pool.page(moved), PagePool.offset(moved), used(node));
    put(node, CONTENT, moved);
    if (!plain(node) && !compressed(node)) {
      put(node, GAP, 0);
    }
    releaseContent(old);
  }
}
