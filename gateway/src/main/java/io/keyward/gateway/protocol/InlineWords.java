package io.keyward.gateway.protocol;

import io.keyward.engine.Request;

/**
 * Splits a line into words as a shell would. A line without quotes is read where it stands.
 *
 * <p>Words stand between blanks. In double quotes {@code \n \r \t \b \a} and {@code \xHH} stand for
 * bytes and {@code \} before anything else for that byte; in single quotes only {@code \'} does. A
 * closing quote is followed by a blank or the end.
 */
final class InlineWords {
  private final byte[] line;
  private final int end;
  private int at;

  /**
   * The words without quotes and escapes, one behind the other. They are no longer than the line.
   */
  private final byte[] plain;

  private int length;

  private InlineWords(byte[] line, int offset, int end) {
    this.line = line;
    this.at = offset;
    this.end = end;
    this.plain = new byte[end - offset];
  }

  /**
   * Puts the words of a line into the request; without quotes, as they stand in the line.
   *
   * @return whether every quote is closed properly
   */
  static boolean split(byte[] bytes, int offset, int length, Request request) {
    request.begin(bytes);
    int end = offset + length;
    for (int start = offset; start < end; start++) {
      int at = start;
      while (at < end && !isBlank(bytes[at])) {
        byte c = bytes[at++];
        if (c == '"' || c == '\'') {
          return new InlineWords(bytes, offset, end).putInto(request);
        }
      }
      if (at > start) {
        request.add(start, at - start);
        start = at;
      }
    }
    return true;
  }

  private boolean putInto(Request request) {
    request.begin(plain);
    while (skipBlanks()) {
      int start = length;
      if (!word()) {
        return false;
      }
      request.add(start, length - start);
    }
    return true;
  }

  private static boolean isBlank(int c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0;
  }

  private boolean skipBlanks() {
    while (at < end && isBlank(line[at])) {
      at++;
    }
    return at < end;
  }

  private boolean word() {
    while (at < end && !isBlank(line[at])) {
      byte c = line[at++];
      if (c == '"') {
        return doubleQuoted();
      } else if (c == '\'') {
        return singleQuoted();
      }
      plain[length++] = c;
    }
    return true;
  }

  private boolean doubleQuoted() {
    while (at < end) {
      byte c = line[at++];
      if (c == '"') {
        return at == end || isBlank(line[at]);
      }
      if (c != '\\' || at == end) {
        plain[length++] = c;
      } else if (line[at] == 'x' && at + 2 < end && hex(at + 1) >= 0 && hex(at + 2) >= 0) {
        plain[length++] = (byte) (hex(at + 1) * 16 + hex(at + 2));
        at += 3;
      } else {
        plain[length++] = escaped(line[at++]);
      }
    }
    return false;
  }

  private boolean singleQuoted() {
    while (at < end) {
      byte c = line[at++];
      if (c == '\'') {
        return at == end || isBlank(line[at]);
      }
      if (c == '\\' && at < end && line[at] == '\'') {
        at++;
        c = '\'';
      }
      plain[length++] = c;
    }
    return false;
  }

  private int hex(int index) {
    return Character.digit(line[index], 16);
  }

  private static byte escaped(byte c) {
    return switch (c) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'b' -> '\b';
      case 'a' -> 7;
      default -> c;
    };
  }
}
