package io.keyward.engine;

import io.keyward.engine.bytes.Pieces;
import io.keyward.engine.text.Numbers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes RESP2 or RESP3 into the outgoing bytes of one client.
 *
 * <p>The bytes gather in one array that the owner of the connection takes when the read burst is
 * over ({@link #bytes()}, {@link #length()}, {@link #clear()}). A reply that outgrows {@link
 * #DRAIN_AT} is handed on in pieces through {@link Drain}; while a mark is open it is not, but the
 * elements of an array whose size is not known yet are put by in pieces, to follow its header. Only
 * the home loop of the client's keyspace writes.
 */
public final class Reply {
  /** Where bytes go when a reply grows large before its burst ends. */
  public interface Drain {
    /** Takes the first {@code length} bytes; the array belongs to the reply and is used again. */
    void drain(byte[] bytes, int length);

    /**
     * Takes a part of a long row of bytes, to be sent behind what has been drained; it is given
     * back when they have been sent.
     */
    void drain(Pieces row, int from, int length);

    /** Puts {@code length} bytes by, as {@link #drain} takes them, to be sent later or never. */
    void putBy(byte[] bytes, int offset, int length);

    /** Sends what has been put by, after all that has been drained. */
    void sendPutBy();

    /** Forgets what has been put by. */
    void dropPutBy();
  }

  /** Where arrays come from and go back to, so that idle connections hold none. */
  public interface Buffers {
    byte[] take();

    void giveBack(byte[] buffer);
  }

  /** Bytes from which on a reply is handed on in pieces. */
  public static final int DRAIN_AT = 128 * 1024;

  private static final int FIRST = 4096;
  private static final byte[] NONE = {};
  private static final int NOWHERE = -1;
  private static final Buffers UNPOOLED =
      new Buffers() {
        @Override
        public byte[] take() {
          return new byte[FIRST];
        }

        @Override
        public void giveBack(byte[] buffer) {}
      };

  private static final byte[] OK = ascii("+OK\r\n");
  private static final byte[] NULL_BULK = ascii("$-1\r\n");
  private static final byte[] NULL_ARRAY = ascii("*-1\r\n");
  private static final byte[] NULL_3 = ascii("_\r\n");

  private final Buffers buffers;
  private byte[] buffer = NONE;
  private int length;
  private boolean resp3;
  private int marks;
  private long drained;

  /** Where the elements begin of an array whose header is to come and that no other mark holds. */
  private int elementsFrom = NOWHERE;

  /** Bytes of such an array that have been put by. */
  private long putBy;

  private @Nullable Drain drain;

  public Reply() {
    this(UNPOOLED);
  }

  public Reply(Buffers buffers) {
    this.buffers = buffers;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Hands large replies on in pieces from now on. */
  public void drainTo(Drain target) {
    drain = target;
  }

  public boolean resp3() {
    return resp3;
  }

  public void resp3(boolean on) {
    resp3 = on;
  }

  /** The array whose first {@link #length()} bytes are to be sent. */
  public byte[] bytes() {
    return buffer;
  }

  public int length() {
    return length;
  }

  /** Forgets the bytes, which have been sent, and gives the array back. */
  public void clear() {
    if (buffer.length > 0) {
      buffers.giveBack(buffer);
      buffer = NONE;
    }
    length = 0;
  }

  /**
   * Every byte ever written, those already drained included and those put by left out: a position
   * for comparisons.
   */
  public long written() {
    return drained + length;
  }

  /** Opens a mark: from here on the bytes stay in the array until {@link #closeMark()}. */
  public int openMark() {
    marks++;
    return length;
  }

  public void closeMark() {
    marks--;
    if (marks == 0) {
      elementsFrom = NOWHERE;
    }
  }

  /** Closes the marks that a command which has failed has left open, all but so many. */
  public void closeMarks(int butFor) {
    while (marks > butFor) {
      closeMark();
    }
  }

  /** Takes back what was written since {@code position} was the length. */
  public void truncate(int position) {
    length = position;
    if (elementsFrom != NOWHERE && position <= elementsFrom) {
      // The array is given up, and with it its mark.
      elementsFrom = NOWHERE;
      marks = 0;
      if (putBy > 0 && drain != null) {
        putBy = 0;
        drain.dropPutBy();
      }
    }
  }

  private void ensure(int more) {
    if (buffer.length - length < more) {
      grow(more);
    }
  }

  private void grow(int more) {
    if (buffer.length == 0) {
      buffer = buffers.take();
      if (buffer.length >= more) {
        return;
      }
    }
    Drain target = drain;
    if (target != null && marks == 0 && length >= DRAIN_AT / 2 && length + (long) more > DRAIN_AT) {
      target.drain(buffer, length);
      drained += length;
      length = 0;
      if (buffer.length >= more) {
        return;
      }
    } else if (target != null
        && marks == 1
        && elementsFrom != NOWHERE
        && length - elementsFrom >= DRAIN_AT / 2) {
      putBy(target);
      if (buffer.length - length >= more) {
        return;
      }
    }
    long wanted = Math.max((long) buffer.length * 2, (long) length + more);
    if (wanted > Integer.MAX_VALUE - 64) {
      wanted = Integer.MAX_VALUE - 64;
      if (wanted - length < more) {
        throw new CommandException("ERR the reply is larger than 2 GiB");
      }
    }
    byte[] larger = Arrays.copyOf(buffer, (int) wanted);
    buffers.giveBack(buffer);
    buffer = larger;
  }

  private void putBy(Drain target) {
    target.putBy(buffer, elementsFrom, length - elementsFrom);
    putBy += length - elementsFrom;
    length = elementsFrom;
  }

  private void write(byte[] text) {
    ensure(text.length);
    System.arraycopy(text, 0, buffer, length, text.length);
    length += text.length;
  }

  private void header(char kind, long value) {
    ensure(24);
    byte[] b = buffer;
    int at = length;
    b[at++] = (byte) kind;
    if (value >= 0 && value < 10) {
      b[at++] = (byte) ('0' + value);
    } else {
      at += Numbers.formatInteger(value, b, at);
    }
    b[at++] = '\r';
    b[at++] = '\n';
    length = at;
  }

  /** {@code +OK}. */
  public void ok() {
    write(OK);
  }

  /** A simple string; the text holds no line ends. */
  public void simple(String text) {
    ensure(text.length() + 3);
    buffer[length++] = '+';
    text(text);
    end();
  }

  /** An error line, code first; line ends in it become spaces so that none can be injected. */
  public void error(String line) {
    ensure(line.length() + 3);
    buffer[length++] = '-';
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      buffer[length++] = (byte) (c == '\r' || c == '\n' ? ' ' : c);
    }
    end();
  }

  private void text(String text) {
    for (int i = 0; i < text.length(); i++) {
      buffer[length++] = (byte) text.charAt(i);
    }
  }

  private void end() {
    ensure(2);
    buffer[length++] = '\r';
    buffer[length++] = '\n';
  }

  public void integer(long value) {
    header(':', value);
  }

  /** {@code :1} or {@code :0}. */
  public void integer(boolean value) {
    header(':', value ? 1 : 0);
  }

  public void bulk(byte[] source, int offset, int size) {
    if (size > DRAIN_AT && drain != null && marks == 0) {
      bulkInPieces(source, offset, size);
      return;
    }
    ensure(size + 32);
    header('$', size);
    System.arraycopy(source, offset, buffer, length, size);
    length += size;
    buffer[length++] = '\r';
    buffer[length++] = '\n';
  }

  private void bulkInPieces(byte[] source, int offset, int size) {
    header('$', size);
    for (int done = 0; done < size; done += DRAIN_AT / 2) {
      int piece = Math.min(DRAIN_AT / 2, size - done);
      ensure(piece);
      System.arraycopy(source, offset + done, buffer, length, piece);
      length += piece;
    }
    end();
  }

  /** A bulk string of a part of a long row of bytes, which may change as soon as this returns. */
  public void bulk(Pieces row, int from, int size) {
    Drain target = drain;
    if (size > DRAIN_AT && target != null && marks == 0) {
      header('$', size);
      target.drain(buffer, length);
      target.drain(row.share(), from, size);
      drained += length + size;
      length = 0;
    } else {
      ensure(size + 32);
      header('$', size);
      row.copy(from, buffer, length, size);
      length += size;
    }
    end();
  }

  public void bulk(byte[] source) {
    bulk(source, 0, source.length);
  }

  /** A bulk string of text, byte for character (ISO 8859-1). */
  public void bulk(String text) {
    ensure(text.length() + 32);
    header('$', text.length());
    text(text);
    end();
  }

  /** The integer's decimal text as a bulk string. */
  public void bulkInteger(long value) {
    ensure(32);
    int digits = Numbers.integerLength(value);
    header('$', digits);
    length += Numbers.formatInteger(value, buffer, length);
    buffer[length++] = '\r';
    buffer[length++] = '\n';
  }

  /** A double: RESP3's own type, a bulk string in RESP2. */
  public void number(double value) {
    if (resp3) {
      ensure(48);
      buffer[length++] = ',';
      length += Numbers.formatDouble(value, buffer, length);
      end();
    } else {
      bulkNumber(value);
    }
  }

  /** A double of any precision, given as its text; a bulk string in RESP2. */
  public void number(String digits) {
    if (resp3) {
      ensure(digits.length() + 4);
      buffer[length++] = ',';
      text(digits);
      end();
    } else {
      bulk(digits);
    }
  }

  /** A double's text as a bulk string, whatever the protocol. */
  public void bulkNumber(double value) {
    ensure(64);
    int before = length;
    int digits = Numbers.formatDouble(value, buffer, before + 8);
    header('$', digits);
    System.arraycopy(buffer, before + 8, buffer, length, digits);
    length += digits;
    end();
  }

  /** The null of the protocol: {@code _} or {@code $-1}. */
  public void nothing() {
    write(resp3 ? NULL_3 : NULL_BULK);
  }

  /** The null where RESP2 has a null array: {@code _} or {@code *-1}. */
  public void nothingArray() {
    write(resp3 ? NULL_3 : NULL_ARRAY);
  }

  public void array(long size) {
    header('*', size);
  }

  /** A map of {@code pairs} pairs; RESP2 gets an array of twice as many elements. */
  public void map(long pairs) {
    if (resp3) {
      header('%', pairs);
    } else {
      header('*', pairs * 2);
    }
  }

  /** A set; RESP2 gets an array. */
  public void set(long size) {
    header(resp3 ? '~' : '*', size);
  }

  /** A push message, sent out of band; RESP2 gets an array. */
  public void push(long size) {
    header(resp3 ? '>' : '*', size);
  }

  /** An attribute of {@code pairs} pairs that precedes a reply; only for RESP3 clients. */
  public void attribute(long pairs) {
    header('|', pairs);
  }

  /** A boolean: RESP3's own type, {@code :1} or {@code :0} in RESP2. */
  public void bool(boolean value) {
    if (resp3) {
      ensure(4);
      buffer[length++] = '#';
      buffer[length++] = (byte) (value ? 't' : 'f');
      end();
    } else {
      integer(value);
    }
  }

  /** Text with a three-letter format; a bulk string in RESP2. */
  public void verbatim(String format, byte[] text) {
    if (resp3) {
      ensure(text.length + 40);
      header('=', text.length + 4L);
      text(format);
      buffer[length++] = ':';
      System.arraycopy(text, 0, buffer, length, text.length);
      length += text.length;
      end();
    } else {
      bulk(text);
    }
  }

  /** An integer of any size, given as its digits; a bulk string in RESP2. */
  public void bigNumber(String digits) {
    if (resp3) {
      ensure(digits.length() + 4);
      buffer[length++] = '(';
      text(digits);
      end();
    } else {
      bulk(digits);
    }
  }

  /** Bytes that are RESP already. */
  public void raw(byte[] source, int offset, int size) {
    ensure(size);
    System.arraycopy(source, offset, buffer, length, size);
    length += size;
  }

  /**
   * Begins an aggregate whose size is not known yet; elements are written next, then {@link
   * #endArray(int, long)} is told the position that this returns.
   */
  public int beginArray() {
    if (marks == 0) {
      elementsFrom = length;
    }
    return openMark();
  }

  /** Puts the header of an array of {@code size} elements before what was written since. */
  public void endArray(int position, long size) {
    insertHeader(position, '*', size);
  }

  /** Puts the header of a map of {@code pairs} pairs before what was written since. */
  public void endMap(int position, long pairs) {
    insertHeader(position, resp3 ? '%' : '*', resp3 ? pairs : pairs * 2);
  }

  /** Puts the header of a set of {@code size} elements before what was written since. */
  public void endSet(int position, long size) {
    insertHeader(position, resp3 ? '~' : '*', size);
  }

  private void insertHeader(int position, char kind, long size) {
    Drain target = drain;
    if (putBy > 0 && marks == 1 && target != null) {
      putBy(target);
      header(kind, size);
      target.drain(buffer, length);
      drained += length + putBy;
      length = 0;
      putBy = 0;
      target.sendPutBy();
      closeMark();
      return;
    }
    int head = Numbers.integerLength(size) + 3;
    ensure(head);
    System.arraycopy(buffer, position, buffer, position + head, length - position);
    length += head;
    byte[] b = buffer;
    int at = position;
    b[at++] = (byte) kind;
    at += Numbers.formatInteger(size, b, at);
    b[at++] = '\r';
    b[at] = '\n';
    closeMark();
  }
}
