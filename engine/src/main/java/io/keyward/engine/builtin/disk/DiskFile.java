package io.keyward.engine.builtin.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file that is being written. */
public interface DiskFile extends AutoCloseable {
  /** The bytes in the file. */
  long size() throws IOException;

  /**
   * Writes some of what is left in the buffer behind what the file holds.
   *
   * @return how many bytes, at least one if there are any
   */
  int write(ByteBuffer bytes) throws IOException;

  /** Writes all that is left in the buffer; after an error some of it may be written. */
  default void writeAll(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int _ = write(bytes);
    }
  }

  /** Waits until what has been written is on the disk; any thread may call. */
  void force() throws IOException;

  @Override
  void close() throws IOException;
}
