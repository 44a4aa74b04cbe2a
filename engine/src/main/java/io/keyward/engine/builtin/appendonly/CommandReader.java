package io.keyward.engine.builtin.appendonly;

import io.keyward.engine.Request;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads commands in RESP from a file, one after the other.
 *
 * <p>Requests point into arrays that are filled once and never changed, so a request outlives the
 * next one. No array is larger than what is left of the file, whatever lengths stand in it.
 *
 * <pre>
 * #note\r\n            a line that Redis skips
 * *2\r\n               number of arguments
 * $3\r\nDEL\r\n        length and bytes of each
 * $1\r\na\r\n
 * </pre>
 */
final class CommandReader implements Closeable {
  private static final int CHUNK = 64 * 1024;
  private static final int MOST_AHEAD = 64 * 1024 * 1024;
  private static final int LONGEST_LINE = 64 * 1024;
  private static final long MOST_ARGUMENTS = 1024L * 1024 * 1024;

  private final SeekableByteChannel channel;
  private final long size;
  private byte[] buffer = {};
  private int start;
  private int at;
  private int limit;

  /** Where {@code buffer[0]} stands in the file. */
  private long base;

  private long read;
  private @Nullable String note;
  private @Nullable Request current;

  /** Reads from the channel's position on. */
  CommandReader(SeekableByteChannel channel) throws IOException {
    this.channel = channel;
    size = channel.size();
    base = channel.position();
    read = base;
  }

  /** Where the command that has been read last ends, and the next begins. */
  long offset() {
    return base + at;
  }

  /** The text of the note before the command that has been read last, or null. */
  @Nullable String note() {
    return note;
  }

  /**
   * Reads the next command.
   *
   * @param request becomes the command, in an array that stays as it is
   * @return false at the end of the file
   * @throws DamagedFileException if there is no whole command where one should be
   */
  boolean next(Request request) throws IOException {
    start = at;
    note = null;
    while (have(1) && buffer[at] == '#') {
      int end = line();
      note = new String(buffer, at + 1, end - at - 1, StandardCharsets.UTF_8);
      at = end + 2;
    }
    if (!have(1)) {
      if (at != start) {
        throw DamagedFileException.truncated(base + start);
      }
      return false;
    }
    request.begin(buffer);
    current = request;
    long count = number('*', 1, MOST_ARGUMENTS);
    for (long i = 0; i < count; i++) {
      int length = (int) number('$', 0, Integer.MAX_VALUE - CHUNK);
      if (!have(length + 2)) {
        throw DamagedFileException.truncated(base + start);
      }
      request.add(at, length);
      at += length;
      if (buffer[at] != '\r' || buffer[at + 1] != '\n') {
        throw DamagedFileException.malformed(base + start, "an argument is not as long as it says");
      }
      at += 2;
    }
    current = null;
    return true;
  }

  /** Reads a line that begins with this character and goes on with a number. */
  private long number(char kind, long least, long most) throws IOException {
    if (!have(1)) {
      throw DamagedFileException.truncated(base + start);
    }
    if (buffer[at] != kind) {
      throw DamagedFileException.malformed(
          base + start, "a line begins with another character than " + kind);
    }
    int end = line();
    long value = 0;
    boolean sound = end > at + 1 && end - at < 12;
    for (int i = at + 1; i < end && sound; i++) {
      sound = buffer[i] >= '0' && buffer[i] <= '9';
      value = value * 10 + buffer[i] - '0';
    }
    if (!sound || value < least || value > most) {
      throw DamagedFileException.malformed(base + start, "a count or length is no such number");
    }
    at = end + 2;
    return value;
  }

  /** Where the carriage return of the present line stands. */
  private int line() throws IOException {
    int scanned = 0;
    while (true) {
      for (int i = at + scanned; i + 1 < limit; i++) {
        if (buffer[i] == '\r' && buffer[i + 1] == '\n') {
          return i;
        }
      }
      scanned = Math.max(0, limit - at - 1);
      if (scanned > LONGEST_LINE) {
        throw DamagedFileException.malformed(base + start, "a line has no end");
      }
      if (!have(limit - at + 1)) {
        throw DamagedFileException.truncated(base + start);
      }
    }
  }

  /** Whether so many bytes are there from {@code at} on; reads what is missing. */
  private boolean have(int bytes) throws IOException {
    if (limit - at >= bytes) {
      return true;
    }
    if (bytes - (limit - at) > size - read) {
      return false;
    }
    int kept = limit - start;
    // A command that goes on and on is copied each time: so the array grows by half of it.
    long ahead = Math.clamp(kept / 2, CHUNK, MOST_AHEAD);
    long wanted = (long) (at - start) + bytes + ahead;
    long possible = Math.min(wanted, kept + (size - read));
    if (possible > Integer.MAX_VALUE - 16) {
      throw DamagedFileException.malformed(base + start, "a command is too large");
    }
    byte[] larger = new byte[(int) possible];
    System.arraycopy(buffer, start, larger, 0, kept);
    Request unfinished = current;
    if (unfinished != null) {
      unfinished.rebase(larger, -start);
    }
    base += start;
    at -= start;
    limit = kept;
    start = 0;
    buffer = larger;
    ByteBuffer target = ByteBuffer.wrap(larger, limit, larger.length - limit);
    while (target.hasRemaining() && channel.read(target) >= 0) {
      // Until the array is full or the file has ended.
    }
    read += target.position() - limit;
    limit = target.position();
    return limit - at >= bytes;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
