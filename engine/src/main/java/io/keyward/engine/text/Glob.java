package io.keyward.engine.text;

/**
 * Glob patterns as KEYS, SCAN and PSUBSCRIBE take them.
 *
 * <p>{@code *} is any run of bytes, {@code ?} any one byte, {@code [a-z]} a class, {@code [^x]} its
 * complement, {@code \} takes the next byte as it is. A class that is not closed ends with the
 * pattern. Every part but the star takes exactly one byte, so on a mismatch only the last star
 * needs to give way: the cost is at most O(pattern × text) in time and none in memory. As in Redis,
 * a pattern of more than a thousand stars matches nothing beyond them.
 */
public final class Glob {
  private static final int MOST_STARS = 1000;

  private Glob() {}

  /**
   * Whether the whole text matches the pattern; with {@code ignoreCase} ASCII letters are equal.
   */
  public static boolean matches(
      byte[] pattern,
      int patternOffset,
      int patternLength,
      byte[] text,
      int textOffset,
      int textLength,
      boolean ignoreCase) {
    int patternEnd = patternOffset + patternLength;
    int textEnd = textOffset + textLength;
    int p = patternOffset;
    int t = textOffset;
    int afterStar = -1;
    int starText = -1;
    int stars = 0;
    while (t < textEnd) {
      if (p < patternEnd) {
        if (pattern[p] == '*') {
          do {
            p++;
          } while (p < patternEnd && pattern[p] == '*');
          if (p == patternEnd) {
            return true;
          }
          if (++stars > MOST_STARS) {
            return false;
          }
          afterStar = p;
          starText = t;
          continue;
        }
        int next = matchOne(pattern, p, patternEnd, text[t], ignoreCase);
        if (next >= 0) {
          p = next;
          t++;
          continue;
        }
      }
      if (afterStar < 0) {
        return false;
      }
      t = ++starText;
      p = afterStar;
    }
    while (p < patternEnd && pattern[p] == '*') {
      p++;
    }
    return p == patternEnd;
  }

  /** Position after the part at {@code p} if that part takes the byte, else -1. */
  private static int matchOne(byte[] pattern, int p, int end, byte value, boolean ignoreCase) {
    byte part = pattern[p];
    if (part == '?') {
      return p + 1;
    }
    if (part == '[') {
      return matchClass(pattern, p + 1, end, value, ignoreCase);
    }
    int at = p;
    if (part == '\\' && p + 1 < end) {
      part = pattern[++at];
    }
    return part == value || (ignoreCase && lower(part) == lower(value)) ? at + 1 : -1;
  }

  /** Bounds of a range may stand in either order; bytes compare as signed numbers, as in Redis. */
  private static int matchClass(
      byte[] pattern, int start, int end, byte value, boolean ignoreCase) {
    int p = start;
    boolean complement = p < end && pattern[p] == '^';
    if (complement) {
      p++;
    }
    boolean found = false;
    while (p < end && pattern[p] != ']') {
      byte member = pattern[p];
      if (member == '\\' && p + 1 < end) {
        found |= pattern[p + 1] == value;
        p += 2;
      } else if (p + 2 < end && pattern[p + 1] == '-') {
        byte other = pattern[p + 2];
        byte low = member < other ? member : other;
        byte high = member < other ? other : member;
        found |=
            ignoreCase
                ? lower(value) >= lower(low) && lower(value) <= lower(high)
                : value >= low && value <= high;
        p += 3;
      } else {
        found |= member == value || (ignoreCase && lower(member) == lower(value));
        p++;
      }
    }
    if (found == complement) {
      return -1;
    }
    return p < end ? p + 1 : p;
  }

  private static byte lower(byte value) {
    return value >= 'A' && value <= 'Z' ? (byte) (value + 32) : value;
  }
}
