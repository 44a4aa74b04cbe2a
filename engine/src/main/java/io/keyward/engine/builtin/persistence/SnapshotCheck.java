package io.keyward.engine.builtin.persistence;

import io.keyward.engine.builtin.rdb.Crc64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Looks whether a snapshot is there and whole, before anything is given up for it: by its beginning
 * and, unless it has been written without one, its checksum.
 *
 * <pre>
 * REDIS0011 … | checksum of all before, 8 bytes; 0 = none
 * </pre>
 */
final class SnapshotCheck {
  private static final byte[] BEGINNING = "REDIS".getBytes(StandardCharsets.US_ASCII);
  private static final int LEAST = 9 + 1 + Long.BYTES;

  private SnapshotCheck() {}

  /**
   * Reads the file, on a thread that may wait.
   *
   * @param checksum whether the checksum counts
   * @throws IOException if it cannot be read or is damaged
   */
  static void of(Path path, boolean checksum) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer piece = ByteBuffer.allocate(1 << 16);
      long left = file.size() - Long.BYTES;
      int seen = file.read(piece);
      if (seen < LEAST
          || piece.flip().limit(BEGINNING.length).compareTo(ByteBuffer.wrap(BEGINNING)) != 0) {
        throw new IOException(path + " is no snapshot");
      }
      piece.limit(seen);
      long sum = 0;
      while (left > 0 && seen > 0) {
        int counts = (int) Math.min(left, seen);
        sum = Crc64.update(sum, piece.array(), 0, counts);
        left -= counts;
        seen = left > 0 ? file.read(piece.clear()) : 0;
      }
      ByteBuffer end = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      int last = file.read(end, file.size() - Long.BYTES);
      long stored = end.getLong(0);
      if (checksum && (last < Long.BYTES || (stored != 0 && stored != sum))) {
        throw new IOException(path + " is damaged: its checksum is wrong");
      }
    } catch (IOException unusable) {
      throw SnapshotReading.unreadable(path, unusable);
    }
  }
}
