package io.keyward.engine.builtin.replication;

import java.util.Arrays;

/**
 * Takes out of a piece of the stream the notes between commands, which a file may hold and a
 * replica would take for commands.
 */
final class Notes {
  private Notes() {}

  /** A copy without the lines that begin with {@code #}; the piece holds whole commands. */
  static byte[] without(byte[] piece, int length) {
    byte[] kept = new byte[length];
    int count = 0;
    int at = 0;
    while (at < length) {
      int end = piece[at] == '#' ? lineEnd(piece, at) : commandEnd(piece, at);
      if (piece[at] != '#') {
        System.arraycopy(piece, at, kept, count, end - at);
        count += end - at;
      }
      at = end;
    }
    return Arrays.copyOf(kept, count);
  }

  private static int lineEnd(byte[] bytes, int from) {
    int at = from;
    while (bytes[at] != '\n') {
      at++;
    }
    return at + 1;
  }

  private static int commandEnd(byte[] bytes, int from) {
    int arguments = number(bytes, from + 1);
    int at = lineEnd(bytes, from);
    for (int i = 0; i < arguments; i++) {
      int length = number(bytes, at + 1);
      at = lineEnd(bytes, at) + length + 2;
    }
    return at;
  }

  private static int number(byte[] bytes, int from) {
    int value = 0;
    for (int at = from; bytes[at] != '\r'; at++) {
      value = value * 10 + bytes[at] - '0';
    }
    return value;
  }
}
