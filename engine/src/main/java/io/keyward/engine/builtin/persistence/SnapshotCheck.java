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
 * REDIS0011 … | since version 5 the checksum of all before, 8 bytes; 0 = none
 * </pre>
 */
final class SnapshotCheck {
  private static final String BEGINNING = "REDIS";
  private static final String FIRST_WITH_CHECKSUM = BEGINNING + "0005";
  private static final int PIECE = 1 << 16;
  private static final int HEAD = FIRST_WITH_CHECKSUM.length();

  private SnapshotCheck() {}

  /**
   * Reads the file, on a thread that may wait.
   *
   * @param checksum whether the checksum counts
   * @throws IOException if it cannot be read or is damaged
   */
  static void of(Path path, boolean checksum) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      byte[] piece = new byte[PIECE];
      int seen = file.read(ByteBuffer.wrap(piece));
      String head = new String(piece, 0, HEAD, StandardCharsets.US_ASCII);
      if (seen <= HEAD || !head.startsWith(BEGINNING)) {
        throw new IOException(path + " is no snapshot");
      }
      if (checksum && head.compareTo(FIRST_WITH_CHECKSUM) >= 0) {
        compare(path, file, piece, seen);
      }
    } catch (IOException unusable) {
      throw SnapshotReading.unreadable(path, unusable);
    }
  }

  /** Reads on behind the first piece, and compares the checksum of all with that at the end. */
  private static void compare(Path path, FileChannel file, byte[] piece, int first)
      throws IOException {
    ByteBuffer next = ByteBuffer.wrap(piece);
    long left = file.size() - Long.BYTES;
    long sum = 0;
    int seen = first;
    while (left > 0 && seen > 0) {
      int counts = (int) Math.min(left, seen);
      sum = Crc64.update(sum, piece, 0, counts);
      left -= counts;
      seen = left > 0 ? file.read(next.clear()) : 0;
    }
    ByteBuffer end = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int last = left > 0 ? 0 : file.read(end, file.size() - Long.BYTES);
    long stored = end.getLong(0);
    if (last < Long.BYTES || (stored != 0 && stored != sum)) {
      throw new IOException(path + " is damaged: its checksum is wrong");
    }
  }
}
