package io.keyward.gateway.server;

import io.keyward.engine.bytes.PieceArrays;
import io.keyward.engine.bytes.Pieces;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Output that waits, in its order: arrays of bytes, and parts of long rows of bytes. A buffer is
 * filled from them when it is asked for. A row that waits takes no memory of its own unless its
 * bytes are gone elsewhere.
 *
 * <p>Arrays for long replies are taken from those that the loop keeps for long strings: for new
 * memory the loop would wait until the kernel has found and cleared it.
 */
final class OutputQueue {
  /** At most so many bytes leave at once, since the loop waits while the kernel copies them. */
  static final int BUFFER = 64 * 1024;

  /** A part of what waits: an array that belongs to the queue, or a row of which it has a share. */
  private static final class Part {
    final byte @Nullable [] array;
    final @Nullable PieceArrays source;
    final @Nullable Pieces row;
    int from;
    int left;

    Part(byte[] array, @Nullable PieceArrays source) {
      this.array = array;
      this.source = source;
      row = null;
    }

    Part(Pieces row, int from, int length) {
      array = null;
      source = null;
      this.row = row;
      this.from = from;
      left = length;
    }

    long memory() {
      return array != null ? array.length : row == null ? 0 : Math.min(left, row.memoryShare());
    }

    /** Adds bytes as far as they have room behind those that are there; tells how many. */
    int append(byte[] bytes, int offset, int length) {
      if (array == null) {
        return 0;
      }
      int end = from + left;
      int taken = Math.min(length, array.length - end);
      System.arraycopy(bytes, offset, array, end, taken);
      left += taken;
      return taken;
    }

    void release() {
      if (row != null) {
        row.release();
      } else if (source != null && array != null) {
        source.giveBack(array);
      }
    }
  }

  /** In their order; most clients take their output at once, so that there are none. */
  private @Nullable ArrayDeque<Part> parts;

  private long bytes;

  /**
   * Bytes that have been added since the last row: the next row ends the array that they are in.
   */
  private long sinceRow;

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
    if (parts != null) {
      for (Part part : parts) {
        memory += part.memory();
      }
    }
    return memory;
  }

  /**
   * Adds a copy of bytes.
   *
   * @param arrays where an array for much comes from, and where it goes back to
   */
  void add(byte[] source, int offset, int length, PieceArrays arrays) {
    Part last = parts().peekLast();
    int done = last == null ? 0 : last.append(source, offset, length);
    bytes += done;
    sinceRow += done;
    while (done < length) {
      int rest = length - done;
      boolean little = Math.min(bytes, sinceRow) + rest < BUFFER;
      Part next = little ? new Part(new byte[rest], null) : new Part(arrays.take(), arrays);
      parts().add(next);
      int taken = next.append(source, offset + done, rest);
      bytes += taken;
      sinceRow += taken;
      done += taken;
    }
  }

  /** Adds a part of a row, which belongs to the queue from now on. */
  void add(Pieces row, int from, int length) {
    parts().add(new Part(row, from, length));
    bytes += length;
    sinceRow = 0;
  }

  /** Adds all of another queue, which is empty then. */
  void addAll(OutputQueue other) {
    ArrayDeque<Part> moved = other.parts;
    if (moved != null) {
      parts().addAll(moved);
      moved.clear();
    }
    bytes += other.bytes;
    sinceRow += other.sinceRow;
    other.bytes = 0;
    other.sinceRow = 0;
  }

  private ArrayDeque<Part> parts() {
    ArrayDeque<Part> present = parts;
    if (present == null) {
      present = new ArrayDeque<>(0);
      parts = present;
    }
    return present;
  }

  /** Takes the next buffer, of the present part; null if there is no memory for it. */
  @Nullable ByteBuf next(ByteBufAllocator allocator) {
    Part part = parts().element();
    int size = Math.min(BUFFER, part.left);
    ByteBuf next;
    try {
      next = allocator.directBuffer(size);
    } catch (OutOfMemoryError full) {
      return null;
    }
    if (part.array != null) {
      next.writeBytes(part.array, part.from, size);
    } else if (part.row != null) {
      part.row.read(part.from, size, next::writeBytes);
    }
    bytes -= size;
    part.from += size;
    part.left -= size;
    if (part.left == 0) {
      parts().remove();
      part.release();
    }
    return next;
  }

  /** Gives everything back. */
  void release() {
    if (parts != null) {
      parts.forEach(Part::release);
      parts.clear();
    }
    bytes = 0;
    sinceRow = 0;
  }
}
