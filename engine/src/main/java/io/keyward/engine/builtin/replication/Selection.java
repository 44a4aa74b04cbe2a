package io.keyward.engine.builtin.replication;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Leaves out what selects the database that is selected already. */
final class Selection {
  private static final byte[] MULTI = "*1\r\n$5\r\nMULTI\r\n".getBytes(StandardCharsets.US_ASCII);

  private Selection() {}

  /**
   * The piece without the SELECT at its beginning, or behind the MULTI there, if it names this
   * database.
   */
  static byte[] withoutFirst(byte[] piece, int database) {
    String number = Integer.toString(database);
    byte[] select =
        ("*2\r\n$6\r\nSELECT\r\n$" + number.length() + "\r\n" + number + "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    int at = startsWith(piece, 0, MULTI) ? MULTI.length : 0;
    if (!startsWith(piece, at, select)) {
      return piece;
    }
    byte[] rest = Arrays.copyOf(piece, piece.length - select.length);
    System.arraycopy(piece, at + select.length, rest, at, rest.length - at);
    return rest;
  }

  private static boolean startsWith(byte[] piece, int at, byte[] text) {
    int end = at + text.length;
    return piece.length >= end && Arrays.equals(piece, at, end, text, 0, text.length);
  }
}
