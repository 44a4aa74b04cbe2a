package io.keyward.engine.builtin.structure;

import java.util.Arrays;

/**
 * LZF, the compression of list nodes and of strings in RDB files.
 *
 * <pre>
 * 000LLLLL bytes               L + 1 literal bytes follow
 * LLLooooo oooooooo            copy L + 2 bytes (L is 1 to 6) from o + 1 bytes back
 * 111ooooo LLLLLLLL oooooooo   copy L + 9 bytes from o + 1 bytes back
 * </pre>
 */
public final class Lzf {

  private static final int MAX_LITERALS = 1 << 5;
  private static final int MAX_DISTANCE = 1 << 13;
  private static final int MAX_MATCH = 7 + 255 + 2;
  private static final int MIN_TABLE_BITS = 8;
  private static final int MAX_TABLE_BITS = 14;

  /**
   * Where three bytes of a hash stood last, used for one text after the other by one thread.
   *
   * <p>Positions go on from text to text, so that what former texts have left lies before all of
   * the present one and need not be cleared.
   */
  public static final class Table {
    private int[] positions = new int[1 << MIN_TABLE_BITS];

    /** The position of the present text's first byte. */
    private int base;

    /** The position behind the text's last byte; 0 has never been any. */
    private int end = 1;

    private int[] begin(int bits, int length) {
      if (positions.length < 1 << bits) {
        positions = new int[1 << bits];
        end = 1;
      } else if (end > Integer.MAX_VALUE - length) {
        Arrays.fill(positions, 0);
        end = 1;
      }
      base = end;
      end += length;
      return positions;
    }
  }

  private Lzf() {}

  /**
   * Compresses {@code length} bytes.
   *
   * @return the compressed length, or 0 if it would exceed {@code targetLength}
   */
  public static int compress(
      byte[] source, int offset, int length, byte[] target, int targetOffset, int targetLength) {
    return compress(source, offset, length, target, targetOffset, targetLength, new Table());
  }

  /** As the other, with a table that has been used before. */
  public static int compress(
      byte[] source,
      int offset,
      int length,
      byte[] target,
      int targetOffset,
      int targetLength,
      Table used) {
    int bits =
        Math.clamp(32 - Integer.numberOfLeadingZeros(length), MIN_TABLE_BITS, MAX_TABLE_BITS);
    int[] table = used.begin(bits, length);
    // What is added to an index of the source makes a position.
    int shift = used.base - offset;
    int end = offset + length;
    int lastMatch = end - 2;
    int limit = targetOffset + targetLength;
    int out = targetOffset;
    int literals = offset;
    int at = offset;
    while (at < lastMatch) {
      int hash = hash(source, at, bits);
      int seen = table[hash] - shift;
      table[hash] = at + shift;
      if (seen < offset || at - seen > MAX_DISTANCE || !sameThree(source, seen, at)) {
        at++;
        continue;
      }
      int most = Math.min(end - at, MAX_MATCH);
      int mismatch = Arrays.mismatch(source, seen, seen + most, source, at, at + most);
      int match = mismatch < 0 ? most : mismatch;
      out = literals(source, literals, at, target, out, limit);
      if (out < 0 || out + 3 > limit) {
        return 0;
      }
      out = reference(match - 2, at - seen - 1, target, out);
      at += match;
      literals = at;
      // What ends the match may begin the next one.
      for (int behind = at - 2; behind < at && behind < lastMatch; behind++) {
        table[hash(source, behind, bits)] = behind + shift;
      }
    }
    out = literals(source, literals, end, target, out, limit);
    return out < 0 ? 0 : out - targetOffset;
  }

  private static int hash(byte[] source, int at, int bits) {
    int three = (source[at] & 0xFF) | (source[at + 1] & 0xFF) << 8 | (source[at + 2] & 0xFF) << 16;
    return (three * 0x9E3779B1) >>> (32 - bits);
  }

  private static boolean sameThree(byte[] source, int left, int right) {
    return source[left] == source[right]
        && source[left + 1] == source[right + 1]
        && source[left + 2] == source[right + 2];
  }

  /** Writes [from, to) as literals; returns the end of the output, or -1 if it has no room. */
  private static int literals(
      byte[] source, int from, int to, byte[] target, int targetOffset, int limit) {
    int out = targetOffset;
    for (int at = from; at < to; ) {
      int run = Math.min(to - at, MAX_LITERALS);
      if (out + 1 + run > limit) {
        return -1;
      }
      target[out] = (byte) (run - 1);
      System.arraycopy(source, at, target, out + 1, run);
      out += 1 + run;
      at += run;
    }
    return out;
  }

  private static int reference(int length, int distance, byte[] target, int targetOffset) {
    int out = targetOffset;
    int high = distance >> 8;
    if (length < 7) {
      target[out++] = (byte) (length << 5 | high);
    } else {
      target[out++] = (byte) (7 << 5 | high);
      target[out++] = (byte) (length - 7);
    }
    target[out++] = (byte) distance;
    return out;
  }

  /**
   * Restores what was compressed; input that is not trusted cannot make it leave its bounds.
   *
   * @return whether the input was sound and gave exactly {@code targetLength} bytes
   */
  public static boolean decompress(
      byte[] source, int offset, int length, byte[] target, int targetOffset, int targetLength) {
    int end = offset + length;
    int limit = targetOffset + targetLength;
    int at = offset;
    int out = targetOffset;
    while (at < end) {
      int control = source[at++] & 0xFF;
      if (control < MAX_LITERALS) {
        int run = control + 1;
        if (run > end - at || run > limit - out) {
          return false;
        }
        System.arraycopy(source, at, target, out, run);
        at += run;
        out += run;
        continue;
      }
      int copy = (control >> 5) + 2;
      if (copy == 9 && at < end) {
        copy += source[at++] & 0xFF;
      }
      if (at >= end) {
        return false;
      }
      int from = out - ((control & 0x1F) << 8 | (source[at++] & 0xFF)) - 1;
      if (from < targetOffset || copy > limit - out) {
        return false;
      }
      if (from + copy <= out) {
        System.arraycopy(target, from, target, out, copy);
        out += copy;
      } else {
        for (int i = 0; i < copy; i++) {
          target[out++] = target[from + i];
        }
      }
    }
    return out == limit;
  }
}
