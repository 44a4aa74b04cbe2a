package io.keyward.gateway.protocol;

import io.keyward.engine.Request;
import io.keyward.engine.RequestSize;
import io.keyward.engine.bytes.PieceArrays;
import io.keyward.engine.bytes.Pieces;
import io.keyward.engine.text.Numbers;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Finds the requests in a window of bytes; arguments become offsets into it.
 *
 * <p>It can stop at every byte: what it knows of an unfinished request is kept, so that a request
 * that arrives in pieces costs as much as one that arrives whole. Nothing is reserved because a
 * header announces it, only for what is there. Limits and errors are Redis's.
 *
 * <pre>
 *   0        keepFrom()          position            end
 *   | done   | arguments found   | not looked at yet |
 * </pre>
 *
 * <p>An argument of {@link Pieces#LEAST} bytes or more does not stay in the window: once enough of
 * it has arrived for a piece to be worth it, its bytes are taken out, or never get there ({@link
 * #take}).
 */
final class RequestDecoder {
  /** Longest line: a header, or an inline command. */
  static final int LONGEST_LINE = 64 * 1024;

  private static final int UNAUTHENTICATED_ARGUMENTS = 10;
  private static final int UNAUTHENTICATED_BULK = 16 * 1024;
  private static final long LONGEST_BULK = Integer.MAX_VALUE - 128 * 1024;

  /** Of a long argument so many bytes stay in the window until more have arrived. */
  private static final int FIRST_OF_LONG = Pieces.SIZE / 2;

  private static final byte[] NONE = {};
  private static final long INVALID = Long.MIN_VALUE;

  private byte[] window = NONE;
  private int position;
  private int end;

  /** How far the current line has been searched for its end. */
  private int searched;

  /** Where the first argument's header of the unfinished request stands. */
  private int requestStart;

  /** Arguments still to come; 0 = no request has begun. */
  private int outstanding;

  /** Length of the argument whose header has been read; -1 = its header comes next. */
  private int bulk = -1;

  /** What a request may be at most beside what the protocol allows, or null. */
  private @Nullable RequestSize most;

  /** Which of its limits the request exceeds, so that its arguments are passed over; or null. */
  private RequestSize.@Nullable Excess excess;

  /** Bytes of an argument that are still to be passed over, or to come for {@link #arriving}. */
  private int left;

  /** What has arrived of a long argument that is not whole yet, or null. */
  private @Nullable Pieces arriving;

  /** Bytes of the long arguments of the unfinished request that are whole, and their memory. */
  private long gathered;

  private long gatheredMemory;

  /** Forgets the window, of which nothing is needed any more. */
  void drop() {
    window = NONE;
    position = 0;
    searched = 0;
    requestStart = 0;
    end = 0;
  }

  /** Continues in a buffer that holds the same unfinished bytes {@code shift} further on. */
  void move(byte[] bytes, int shift, Request request) {
    window = bytes;
    position += shift;
    searched += shift;
    end += shift;
    if (outstanding > 0) {
      requestStart += shift;
      request.rebase(bytes, shift);
    }
  }

  /** More bytes stand behind those that were there. */
  void extend(int newEnd) {
    end = newEnd;
  }

  byte[] window() {
    return window;
  }

  /** Limits what a request may be; null for what the protocol allows. */
  void limit(@Nullable RequestSize size) {
    most = size;
  }

  /** Which limit the request exceeds that has just been found: its arguments have not been kept. */
  RequestSize.@Nullable Excess excess() {
    return excess;
  }

  /** The first byte that is still needed. */
  int keepFrom() {
    return outstanding > 0 ? requestStart : position;
  }

  int end() {
    return end;
  }

  /** Whether there are bytes that no request has taken. */
  boolean more() {
    return position < end || outstanding > 0;
  }

  /** Whether a request has begun whose arguments are not all there. */
  boolean unfinished() {
    return outstanding > 0;
  }

  /** The end that the window needs for the current argument; no more than what is known yet. */
  long wantedEnd() {
    return bulk < 0 || excess != null || bulk >= Pieces.LEAST ? end : position + bulk + 2L;
  }

  /** Bytes of the unfinished request that are not in the window. */
  long gathered() {
    Pieces row = arriving;
    return row == null ? gathered : gathered + row.length();
  }

  /** Bytes of memory that these take. */
  long gatheredMemory() {
    Pieces row = arriving;
    return row == null ? gatheredMemory : gatheredMemory + row.memoryBytes();
  }

  /** Whether what arrives next belongs to a long argument. */
  boolean gathers() {
    return arriving != null && left > 0;
  }

  /** Takes what has just arrived, as far as it belongs to the long argument that has begun. */
  void take(ByteBuf bytes) {
    Pieces row = arriving;
    if (row != null) {
      while (left > 0 && bytes.isReadable()) {
        left -= row.append(left, Math.min(left, bytes.readableBytes()), bytes::readBytes);
      }
    }
  }

  /** Gives back what there is of a long argument, since no more is read. */
  void discard() {
    Pieces row = arriving;
    if (row != null) {
      arriving = null;
      row.release();
    }
  }

  /**
   * Finds the next request.
   *
   * @param request receives the arguments; the same object until the request is whole
   * @param longestBulk the longest argument, in bytes ({@code proto-max-bulk-len})
   * @param authenticated whether the client may send more than what logging in takes
   * @param arrays for long arguments
   * @return whether a whole request is there; if not, more bytes are needed
   */
  boolean next(Request request, long longestBulk, boolean authenticated, PieceArrays arrays)
      throws ProtocolException {
    while (outstanding == 0) {
      excess = null;
      if (position >= end) {
        return false;
      }
      if (window[position] != '*') {
        int words = inline(request);
        if (words != 0) {
          RequestSize size = most;
          excess = size == null || words < 0 ? null : size.excess(request);
          return words > 0;
        }
      } else if (!begin(request, authenticated)) {
        return false;
      }
    }
    while (outstanding > 0) {
      if (bulk < 0 && !bulkHeader(request, longestBulk, authenticated)) {
        return false;
      }
      if (excess != null) {
        if (!passOver()) {
          return false;
        }
        continue;
      }
      if (bulk >= Pieces.LEAST) {
        if (!gather(request, arrays)) {
          return false;
        }
        continue;
      }
      int argument = position;
      if (end - argument < bulk + 2) {
        return false;
      }
      request.add(argument, bulk);
      position = argument + bulk + 2;
      searched = position;
      bulk = -1;
      outstanding--;
    }
    gathered = 0;
    gatheredMemory = 0;
    return true;
  }

  /**
   * Finds the next request if all of it is there and nothing about it is out of the ordinary.
   *
   * @param request receives the arguments
   * @return false if this is for {@link #next} to look at, which finds everything as it was
   */
  boolean nextWhole(Request request, long longestBulk) {
    byte[] bytes = window;
    int last = end;
    int at = position;
    if (outstanding > 0 || last - at < 4 || bytes[at] != '*') {
      return false;
    }
    int count = bytes[at + 1] - '0';
    at += 2;
    if (count < 1 || count > 9) {
      return false;
    }
    if (bytes[at] != '\r') {
      int digit = bytes[at++] - '0';
      if (digit < 0 || digit > 9 || bytes[at] != '\r') {
        return false;
      }
      count = count * 10 + digit;
    }
    at += 2;
    int start = at;
    int longest = 0;
    request.begin(bytes);
    while (count-- > 0) {
      if (last - at < 4 || bytes[at] != '$') {
        return false;
      }
      int length = bytes[at + 1] - '0';
      at += 2;
      if (length < 0 || length > 9) {
        return false;
      }
      while (bytes[at] != '\r') {
        int digit = bytes[at] - '0';
        if (digit < 0 || digit > 9 || length == 0 || length >= Pieces.LEAST || ++at == last) {
          return false;
        }
        length = length * 10 + digit;
      }
      at += 2;
      if (last - at < length + 2) {
        return false;
      }
      request.add(at, length);
      longest = Math.max(longest, length);
      at += length + 2;
    }
    RequestSize size = most;
    if (longest >= Pieces.LEAST
        || longest > longestBulk
        || (size != null && size.excess(longest, at - 2L - start) != null)) {
      return false;
    }
    at(at);
    return true;
  }

  /** Where the next request begins. */
  int position() {
    return position;
  }

  /** Lets the next request begin there, since those before it have been found already. */
  void at(int next) {
    excess = null;
    position = next;
    searched = next;
  }

  /** Takes what there is of a long argument out of the window; false if that is not all of it. */
  private boolean gather(Request request, PieceArrays arrays) {
    Pieces row = arriving;
    if (row == null) {
      if (end - position < FIRST_OF_LONG) {
        return false;
      }
      row = new Pieces(arrays);
      arriving = row;
      left = bulk;
    }
    int from = position;
    while (left > 0 && from < end) {
      int offset = from;
      int taken =
          row.append(
              left,
              Math.min(left, end - from),
              (bytes, at, size) -> System.arraycopy(window, offset, bytes, at, size));
      left -= taken;
      from += taken;
    }
    System.arraycopy(window, from, window, position, end - from);
    end -= from - position;
    if (left > 0 || end - position < 2) {
      return false;
    }
    position += 2;
    searched = position;
    request.add(row);
    gathered += row.length();
    gatheredMemory += row.memoryBytes();
    arriving = null;
    bulk = -1;
    outstanding--;
    return true;
  }

  /** Forgets what there is of an argument; false if that is not all of it. */
  private boolean passOver() {
    int there = Math.min(end - position, left);
    position += there;
    searched = position;
    requestStart = position;
    left -= there;
    if (left > 0) {
      return false;
    }
    bulk = -1;
    outstanding--;
    return true;
  }

  /** Reads {@code *count}; an empty request has no arguments and is passed over. */
  private boolean begin(Request request, boolean authenticated) throws ProtocolException {
    int lineEnd = endOfHeader("mbulk");
    if (lineEnd < 0) {
      return false;
    }
    long count = number(position + 1, lineEnd);
    if (count == INVALID || count > Integer.MAX_VALUE) {
      throw ProtocolException.malformed("invalid multibulk length");
    }
    if (count > UNAUTHENTICATED_ARGUMENTS && !authenticated) {
      throw ProtocolException.malformed("unauthenticated multibulk length");
    }
    position = lineEnd + 2;
    searched = position;
    if (count > 0) {
      outstanding = (int) count;
      requestStart = position;
      request.begin(window);
    }
    return true;
  }

  private boolean bulkHeader(Request request, long longestBulk, boolean authenticated)
      throws ProtocolException {
    int lineEnd = endOfHeader("bulk");
    if (lineEnd < 0) {
      return false;
    }
    if (window[position] != '$') {
      throw ProtocolException.malformed(
          "expected '$', got '" + (char) (window[position] & 0xFF) + "'");
    }
    long length = number(position + 1, lineEnd);
    if (length < 0 || length > longestBulk || length > LONGEST_BULK) {
      throw ProtocolException.malformed("invalid bulk length");
    }
    RequestSize size = most;
    if (size != null && excess == null) {
      excess = size.excess(length, lineEnd + 2L - requestStart + gathered + length);
      if (excess != null) {
        request.begin(window);
        gathered = 0;
        gatheredMemory = 0;
      }
    }
    left = (int) length + 2;
    if (length > UNAUTHENTICATED_BULK && !authenticated) {
      throw ProtocolException.malformed("unauthenticated bulk length");
    }
    bulk = (int) length;
    position = lineEnd + 2;
    searched = position;
    return true;
  }

  /** Where the carriage return of a header stands, or -1 if the line is not whole yet. */
  private int endOfHeader(String kind) throws ProtocolException {
    byte[] bytes = window;
    int last = end;
    int at = searched;
    while (at < last && bytes[at] != '\r') {
      at++;
    }
    searched = at;
    if (at < last) {
      return at + 1 < last ? at : -1;
    }
    if (last - position > LONGEST_LINE) {
      throw ProtocolException.malformed("too big " + kind + " count string");
    }
    return -1;
  }

  private long number(int from, int to) {
    byte[] bytes = window;
    int length = to - from;
    if (length == 1) {
      int digit = bytes[from] - '0';
      return digit >= 0 && digit <= 9 ? digit : INVALID;
    }
    if (length < 1 || !Numbers.isInteger(bytes, from, length)) {
      return INVALID;
    }
    return Numbers.parseInteger(bytes, from, length);
  }

  /** The number of words of an inline command, 0 for an empty line, -1 if it is not whole yet. */
  private int inline(Request request) throws ProtocolException {
    int at = searched;
    while (at < end && window[at] != '\n') {
      at++;
    }
    searched = at;
    if (at == end) {
      if (end - position > LONGEST_LINE) {
        throw ProtocolException.malformed("too big inline request");
      }
      return -1;
    }
    int lineEnd = at > position && window[at - 1] == '\r' ? at - 1 : at;
    if (!InlineWords.split(window, position, lineEnd - position, request)) {
      throw ProtocolException.malformed("unbalanced quotes in request");
    }
    position = at + 1;
    searched = position;
    if (request.count() > 0 && (request.is(0, "POST") || request.is(0, "HOST:"))) {
      throw ProtocolException.attack();
    }
    return request.count();
  }
}
