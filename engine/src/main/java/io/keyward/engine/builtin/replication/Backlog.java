package io.keyward.engine.builtin.replication;

/**
 * The last bytes of the stream in a ring, for replicas that come back soon.
 *
 * <p>Offsets count the bytes of the stream from its beginning; {@code first} is that of the oldest
 * byte kept, {@code end} that of the next one to come.
 */
final class Backlog {
  private static final int LARGEST = 1 << 30;

  private final byte[] ring;
  private long first;
  private long end;

  /** An empty one, where the stream has got to. */
  Backlog(long capacity, long offset) {
    ring = new byte[(int) Math.min(LARGEST, capacity)];
    first = offset;
    end = offset;
  }

  /** One of another size with the last bytes of a former one. */
  Backlog(long capacity, Backlog former) {
    this(capacity, former.end);
    long from = Math.max(former.first, former.end - ring.length);
    byte[] kept = former.since(from);
    first = from;
    end = from;
    append(kept);
  }

  void append(byte[] bytes) {
    int from = Math.max(0, bytes.length - ring.length);
    int at = (int) ((end + from) % ring.length);
    int head = Math.min(bytes.length - from, ring.length - at);
    System.arraycopy(bytes, from, ring, at, head);
    System.arraycopy(bytes, from + head, ring, 0, bytes.length - from - head);
    end += bytes.length;
    first = Math.max(first, end - ring.length);
  }

  /** Whether every byte from an offset on is here. */
  boolean holds(long offset) {
    return offset >= first && offset <= end;
  }

  /** The bytes from an offset on. */
  byte[] since(long offset) {
    byte[] bytes = new byte[(int) (end - offset)];
    int at = (int) (offset % ring.length);
    int head = Math.min(bytes.length, ring.length - at);
    System.arraycopy(ring, at, bytes, 0, head);
    System.arraycopy(ring, 0, bytes, head, bytes.length - head);
    return bytes;
  }

  /** Keeps nothing older than an offset. */
  void forgetBefore(long offset) {
    first = Math.max(first, Math.min(offset, end));
  }

  long first() {
    return first;
  }

  long length() {
    return end - first;
  }

  int capacity() {
    return ring.length;
  }
}
