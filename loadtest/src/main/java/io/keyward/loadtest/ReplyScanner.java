package io.keyward.loadtest;

import java.nio.ByteBuffer;

/**
 * Counts the complete RESP2 replies in a stream of buffers, looking at as few bytes as it can.
 *
 * <p>The scanner keeps its place between buffers, so a reply may be cut at any byte. Payloads of
 * bulk strings are skipped, not read. Nested arrays need no stack: the elements still missing from
 * the current reply are one number, to which an array header adds its own elements.
 *
 * <p>An error reply throws {@link ErrorReplyException}. Null replies are counted: no workload
 * expects one, so a null tells that the server lost data.
 */
final class ReplyScanner {
  private static final int TYPE = 0;
  private static final int LINE = 1;
  private static final int LENGTH = 2;
  private static final int PAYLOAD = 3;
  private static final int ERROR = 4;

  private final StringBuilder error = new StringBuilder();
  private int state = TYPE;
  private byte type;
  private boolean negative;
  private long number;
  private long payloadLeft;
  private long elementsLeft = 1;
  private long nulls;

  /** Number of null bulk strings and null arrays seen since the scanner was made. */
  long nulls() {
    return nulls;
  }

  /**
   * Consumes the buffer from its position to its limit.
   *
   * @return how many replies ended in this buffer
   */
  int scan(ByteBuffer buffer) {
    int position = buffer.position();
    int limit = buffer.limit();
    int replies = 0;
    while (position < limit) {
      if (state == PAYLOAD) {
        int skipped = (int) Math.min(payloadLeft, limit - position);
        position += skipped;
        payloadLeft -= skipped;
        if (payloadLeft == 0) {
          replies += endElement();
        }
        continue;
      }
      byte b = buffer.get(position++);
      switch (state) {
        case TYPE -> beginElement(b);
        case LINE -> {
          if (b == '\n') {
            replies += endElement();
          }
        }
        case LENGTH -> {
          if (b >= '0' && b <= '9') {
            number = number * 10 + (b - '0');
          } else if (b == '-') {
            negative = true;
          } else if (b == '\n') {
            replies += endLength();
          } else if (b != '\r') {
            throw new MalformedReplyException("byte " + b + " in a length");
          }
        }
        default -> collectError(b);
      }
    }
    buffer.position(position);
    return replies;
  }

  private void beginElement(byte b) {
    type = b;
    switch (b) {
      case '+', ':' -> state = LINE;
      case '$', '*' -> {
        number = 0;
        negative = false;
        state = LENGTH;
      }
      case '-' -> state = ERROR;
      default -> throw new MalformedReplyException("byte " + b + " where a reply begins");
    }
  }

  private int endLength() {
    if (negative) {
      nulls++;
      return endElement();
    }
    if (type == '$') {
      payloadLeft = number + 2;
      state = PAYLOAD;
      return 0;
    }
    elementsLeft += number;
    return endElement();
  }

  private int endElement() {
    state = TYPE;
    if (--elementsLeft > 0) {
      return 0;
    }
    elementsLeft = 1;
    return 1;
  }

  private void collectError(byte b) {
    if (b == '\n') {
      throw new ErrorReplyException(error.toString());
    }
    if (b != '\r') {
      error.append((char) (b & 0xff));
    }
  }
}
