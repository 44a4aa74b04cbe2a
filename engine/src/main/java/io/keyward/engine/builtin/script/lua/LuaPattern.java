package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/**
 * Matches Lua's patterns by backtracking, as Lua does it.
 *
 * <p>Recursion is bounded (each level is one more item that may have to be taken back), and every
 * step counts against the script's time.
 */
final class LuaPattern {
  private static final int MOST_CAPTURES = 32;
  private static final int MOST_DEPTH = 200;
  private static final int POSITION = -2;
  private static final int OPEN = -1;
  private static final int NO_MATCH = -1;

  private final LuaState state;
  private final byte[] source;
  private final byte[] pattern;
  private final int patternEnd;
  private final int[] starts = new int[MOST_CAPTURES];
  private final int[] lengths = new int[MOST_CAPTURES];
  private int captures;
  private int depth;

  LuaPattern(LuaState state, LuaString source, LuaString pattern) {
    this.state = state;
    this.source = source.bytes();
    this.pattern = pattern.bytes();
    this.patternEnd = pattern.length();
  }

  /** The end of the match that begins at {@code from}, or -1. */
  int match(int from, int patternFrom) {
    captures = 0;
    depth = 0;
    return match0(from, patternFrom);
  }

  int captures() {
    return captures;
  }

  /** A capture; without any, number 0 is the whole match. */
  Object capture(int number, int from, int to) {
    if (number >= captures) {
      if (number == 0) {
        state.charge(to - from);
        return LuaString.of(source, from, to - from);
      }
      throw LuaError.message("invalid capture index");
    }
    int length = lengths[number];
    if (length == OPEN) {
      throw LuaError.message("unfinished capture");
    }
    if (length == POSITION) {
      return LuaNumbers.box(starts[number] + 1);
    }
    state.charge(length);
    return LuaString.of(source, starts[number], length);
  }

  /** The whole match. */
  LuaString whole(int from, int to) {
    state.charge(to - from);
    return LuaString.of(source, from, to - from);
  }

  /** All captures, or the whole match if there are none. */
  @Nullable Object[] allCaptures(int from, int to) {
    int count = Math.max(1, captures);
    @Nullable Object[] values = new @Nullable Object[count];
    for (int i = 0; i < count; i++) {
      values[i] = capture(i, from, to);
    }
    return values;
  }

  private int deeper(int at, int item) {
    if (++depth > MOST_DEPTH) {
      throw LuaError.message("pattern too complex");
    }
    int end = match0(at, item);
    depth--;
    return end;
  }

  private int match0(int from, int itemFrom) {
    int at = from;
    int item = itemFrom;
    while (item < patternEnd) {
      state.step();
      switch (pattern[item]) {
        case '(' -> {
          return item + 1 < patternEnd && pattern[item + 1] == ')'
              ? startCapture(at, item + 2, POSITION)
              : startCapture(at, item + 1, OPEN);
        }
        case ')' -> {
          return endCapture(at, item + 1);
        }
        case '%' -> {
          int kind = item + 1 < patternEnd ? pattern[item + 1] : 0;
          if (kind == 'b') {
            int end = balanced(at, item + 2);
            if (end < 0) {
              return NO_MATCH;
            }
            at = end;
            item += 4;
            continue;
          }
          if (kind == 'f') {
            item += 2;
            if (item >= patternEnd || pattern[item] != '[') {
              throw LuaError.message("missing '[' after '%f' in pattern");
            }
            int classEnd = classEnd(item);
            int before = at == 0 ? 0 : source[at - 1] & 0xff;
            int here = at < source.length ? source[at] & 0xff : 0;
            if (inSet(before, item, classEnd - 1) || !inSet(here, item, classEnd - 1)) {
              return NO_MATCH;
            }
            item = classEnd;
            continue;
          }
          if (kind >= '0' && kind <= '9') {
            int end = backReference(at, kind);
            if (end < 0) {
              return NO_MATCH;
            }
            at = end;
            item += 2;
            continue;
          }
        }
        case '$' -> {
          if (item + 1 == patternEnd) {
            return at == source.length ? at : NO_MATCH;
          }
        }
        default -> {}
      }
      int classEnd = classEnd(item);
      boolean matches = at < source.length && single(source[at] & 0xff, item, classEnd);
      int suffix = classEnd < patternEnd ? pattern[classEnd] : 0;
      switch (suffix) {
        case '?' -> {
          if (matches) {
            int end = deeper(at + 1, classEnd + 1);
            if (end >= 0) {
              return end;
            }
          }
          item = classEnd + 1;
        }
        case '*' -> {
          return longest(at, item, classEnd);
        }
        case '+' -> {
          return matches ? longest(at + 1, item, classEnd) : NO_MATCH;
        }
        case '-' -> {
          return shortest(at, item, classEnd);
        }
        default -> {
          if (!matches) {
            return NO_MATCH;
          }
          at++;
          item = classEnd;
        }
      }
    }
    return at;
  }

  private int longest(int from, int item, int classEnd) {
    int count = 0;
    while (from + count < source.length && single(source[from + count] & 0xff, item, classEnd)) {
      count++;
      if (count % LuaState.BYTES_IN_A_STEP == 0) {
        state.step();
      }
    }
    while (count >= 0) {
      state.step();
      int end = deeper(from + count, classEnd + 1);
      if (end >= 0) {
        return end;
      }
      count--;
    }
    return NO_MATCH;
  }

  private int shortest(int from, int item, int classEnd) {
    int at = from;
    while (true) {
      state.step();
      int end = deeper(at, classEnd + 1);
      if (end >= 0) {
        return end;
      }
      if (at < source.length && single(source[at] & 0xff, item, classEnd)) {
        at++;
      } else {
        return NO_MATCH;
      }
    }
  }

  private int startCapture(int at, int item, int kind) {
    if (captures >= MOST_CAPTURES) {
      throw LuaError.message("too many captures");
    }
    starts[captures] = at;
    lengths[captures] = kind;
    captures++;
    int end = deeper(at, item);
    if (end < 0) {
      captures--;
    }
    return end;
  }

  private int endCapture(int at, int item) {
    int number = captures - 1;
    while (number >= 0 && lengths[number] != OPEN) {
      number--;
    }
    if (number < 0) {
      throw LuaError.message("invalid pattern capture");
    }
    lengths[number] = at - starts[number];
    int end = deeper(at, item);
    if (end < 0) {
      lengths[number] = OPEN;
    }
    return end;
  }

  private int balanced(int at, int item) {
    if (item + 1 >= patternEnd) {
      throw LuaError.message("unbalanced pattern");
    }
    if (at >= source.length || source[at] != pattern[item]) {
      return NO_MATCH;
    }
    int open = pattern[item];
    int close = pattern[item + 1];
    int level = 1;
    for (int i = at + 1; i < source.length; i++) {
      if (i % LuaState.BYTES_IN_A_STEP == 0) {
        state.step();
      }
      if (source[i] == close) {
        if (--level == 0) {
          return i + 1;
        }
      } else if (source[i] == open) {
        level++;
      }
    }
    return NO_MATCH;
  }

  private int backReference(int at, int digit) {
    int number = digit - '1';
    if (number < 0 || number >= captures || lengths[number] == OPEN) {
      throw LuaError.message("invalid capture index");
    }
    int length = lengths[number];
    if (length < 0 || source.length - at < length) {
      return NO_MATCH;
    }
    for (int i = 0; i < length; i++) {
      if ((i + 1) % LuaState.BYTES_IN_A_STEP == 0) {
        state.step();
      }
      if (source[starts[number] + i] != source[at + i]) {
        return NO_MATCH;
      }
    }
    return at + length;
  }

  /** Where the single-character class that begins at an item ends. */
  private int classEnd(int item) {
    int at = item + 1;
    if (pattern[item] == '%') {
      if (at >= patternEnd) {
        throw LuaError.message("malformed pattern (ends with '%')");
      }
      return at + 1;
    }
    if (pattern[item] != '[') {
      return at;
    }
    if (at < patternEnd && pattern[at] == '^') {
      at++;
    }
    do {
      if (at >= patternEnd) {
        throw LuaError.message("malformed pattern (missing ']')");
      }
      int c = pattern[at++];
      if (c == '%' && at < patternEnd) {
        at++;
      }
      if ((at - item) % LuaState.BYTES_IN_A_STEP == 0) {
        state.step();
      }
    } while (at >= patternEnd || pattern[at] != ']');
    return at + 1;
  }

  private boolean single(int c, int item, int classEnd) {
    return switch (pattern[item]) {
      case '.' -> true;
      case '%' -> inClass(c, pattern[item + 1]);
      case '[' -> inSet(c, item, classEnd - 1);
      default -> (pattern[item] & 0xff) == c;
    };
  }

  private boolean inSet(int c, int from, int last) {
    boolean wanted = true;
    int at = from + 1;
    if (pattern[at] == '^') {
      wanted = false;
      at++;
    }
    while (at < last) {
      if ((at - from) % LuaState.BYTES_IN_A_STEP == 0) {
        state.step();
      }
      if (pattern[at] == '%') {
        at++;
        if (inClass(c, pattern[at])) {
          return wanted;
        }
        at++;
      } else if (at + 2 < last && pattern[at + 1] == '-') {
        if ((pattern[at] & 0xff) <= c && c <= (pattern[at + 2] & 0xff)) {
          return wanted;
        }
        at += 3;
      } else {
        if ((pattern[at] & 0xff) == c) {
          return wanted;
        }
        at++;
      }
    }
    return !wanted;
  }

  private static boolean inClass(int c, int letter) {
    boolean lower = c >= 'a' && c <= 'z';
    boolean upper = c >= 'A' && c <= 'Z';
    boolean digit = c >= '0' && c <= '9';
    boolean in =
        switch (letter | 0x20) {
          case 'a' -> lower || upper;
          case 'c' -> c < 32 || c == 127;
          case 'd' -> digit;
          case 'l' -> lower;
          case 'p' -> c > 32 && c < 127 && !lower && !upper && !digit;
          case 's' -> c == ' ' || (c >= 9 && c <= 13);
          case 'u' -> upper;
          case 'w' -> lower || upper || digit;
          case 'x' -> digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
          case 'z' -> c == 0;
          default -> false;
        };
    if ("acdlpsuwxz".indexOf(letter | 0x20) < 0 || !letter(letter)) {
      return (letter & 0xff) == c;
    }
    return (letter & 0x20) != 0 ? in : !in;
  }

  private static boolean letter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
