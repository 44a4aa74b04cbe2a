package io.keyward.engine.builtin.stream;

import io.keyward.engine.Reply;
import io.keyward.engine.text.Numbers;
import java.nio.charset.StandardCharsets;

/**
 * The id of an entry: two unsigned numbers, milliseconds and a sequence within them.
 *
 * <p>Structures and the hot path keep the numbers apart; this is for everything else.
 */
record StreamId(long ms, long seq) implements Comparable<StreamId> {
  static final StreamId MIN = new StreamId(0, 0);
  static final StreamId MAX = new StreamId(-1, -1);

  static int compare(long ms, long seq, long otherMs, long otherSeq) {
    int first = Long.compareUnsigned(ms, otherMs);
    return first != 0 ? first : Long.compareUnsigned(seq, otherSeq);
  }

  @Override
  public int compareTo(StreamId other) {
    return compare(ms, seq, other.ms, other.seq);
  }

  boolean isZero() {
    return ms == 0 && seq == 0;
  }

  boolean isMax() {
    return ms == -1 && seq == -1;
  }

  /** The next id; after the greatest comes the least. */
  StreamId next() {
    return new StreamId(seq == -1 ? ms + 1 : ms, seq + 1);
  }

  /** The id before this one; before the least comes the greatest. */
  StreamId previous() {
    return new StreamId(seq == 0 ? ms - 1 : ms, seq - 1);
  }

  /**
   * Writes an id's text as a bulk string; {@code scratch} has room for the longest, of 41 bytes.
   */
  static void send(Reply reply, long ms, long seq, byte[] scratch) {
    reply.bulk(scratch, 0, write(ms, seq, scratch));
  }

  /** Writes an id's text to the beginning of {@code scratch}; returns its length. */
  static int write(long ms, long seq, byte[] scratch) {
    int length = format(ms, scratch, 0);
    scratch[length++] = '-';
    return length + format(seq, scratch, length);
  }

  /** Writes the id's text as a bulk string. */
  void send(Reply reply) {
    reply.bulk(toString());
  }

  private static int format(long unsigned, byte[] target, int offset) {
    if (unsigned >= 0) {
      return Numbers.formatInteger(unsigned, target, offset);
    }
    long tens = Long.divideUnsigned(unsigned, 10);
    int length = Numbers.formatInteger(tens, target, offset);
    target[offset + length] = (byte) ('0' + (unsigned - tens * 10));
    return length + 1;
  }

  /** The id's text in bytes. */
  byte[] text() {
    return toString().getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return Long.toUnsignedString(ms) + '-' + Long.toUnsignedString(seq);
  }
}
