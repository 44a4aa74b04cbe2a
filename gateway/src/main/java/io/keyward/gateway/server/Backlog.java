package io.keyward.gateway.server;

import io.keyward.engine.bytes.Pieces;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Output that waits, in its order: buffers as they will leave, and parts of long rows of bytes,
 * from which a buffer is filled when it is asked for. A row that waits takes no memory of its own
 * unless its bytes are gone elsewhere.
 */
final class Backlog {
  /** Bytes that leave together: the loop waits while the kernel copies them. */
  static final int BUFFER = 64 * 1024;

  private static final class Part {
    final @Nullable ByteBuf buffer;
    final @Nullable Pieces row;
    int from;
    int left;

    Part(@Nullable ByteBuf buffer, @Nullable Pieces row, int from, int left) {
      this.buffer = buffer;
      this.row = row;
      this.from = from;
      this.left = left;
    }
  }

  private final ArrayDeque<Part> parts = new ArrayDeque<>(0);
  private long bytes;

  boolean isEmpty() {
    return bytes == 0;
  }

  /** How many bytes wait. */
  long bytes() {
    return bytes;
  }

  /** Bytes of memory that they take, as far as this client has to answer for them. */
  long memory() {
    long memory = 0;
    for (Part part : parts) {
      memory += part.row == null ? part.left : Math.min(part.left, part.row.memoryShare());
    }
    return memory;
  }

  /** Adds a buffer, which belongs to the backlog from now on. */
  void add(ByteBuf buffer) {
    if (buffer.isReadable()) {
      parts.add(new Part(buffer, null, 0, buffer.readableBytes()));
      bytes += buffer.readableBytes();
    }
  }

  /** Adds a part of a row, which belongs to the backlog from now on. */
  void add(Pieces row, int from, int length) {
    parts.add(new Part(null, row, from, length));
    bytes += length;
  }

  /** Adds all of another backlog, which is empty then. */
  void addAll(Backlog other) {
    parts.addAll(other.parts);
    bytes += other.bytes;
    other.parts.clear();
    other.bytes = 0;
  }

  /** Takes the next buffer, of the present part; null if there is no memory for it. */
  @Nullable ByteBuf next(ByteBufAllocator allocator) {
    Part part = parts.element();
    int size = Math.min(BUFFER, part.left);
    ByteBuf next =
        part.row == null ? cut(part.buffer, size) : filled(allocator, part.row, part.from, size);
    if (next == null) {
      return null;
    }
    bytes -= size;
    part.from += size;
    part.left -= size;
    if (part.left == 0) {
      parts.remove();
      if (part.row != null) {
        part.row.release();
      }
    }
    return next;
  }

  /** The next bytes of a buffer, or the buffer itself if there are no more. */
  private static @Nullable ByteBuf cut(@Nullable ByteBuf buffer, int size) {
    return buffer == null || buffer.readableBytes() == size
        ? buffer
        : buffer.readRetainedSlice(size);
  }

  private static @Nullable ByteBuf filled(
      ByteBufAllocator allocator, Pieces row, int from, int size) {
    ByteBuf buffer;
    try {
      buffer = allocator.directBuffer(size);
    } catch (OutOfMemoryError full) {
      return null;
    }
    row.read(from, size, buffer::writeBytes);
    return buffer;
  }

  /** Gives everything back. */
  void release() {
    for (Part part : parts) {
      if (part.row != null) {
        part.row.release();
      } else if (part.buffer != null) {
        var _ = part.buffer.release();
      }
    }
    parts.clear();
    bytes = 0;
  }
}
