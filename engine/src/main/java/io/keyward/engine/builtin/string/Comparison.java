package io.keyward.engine.builtin.string;

import io.keyward.engine.CommandException;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Entry;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a key's present value must be for a command to go ahead: IFEQ, IFNE, IFDEQ and IFDNE.
 *
 * @param digest whether digests are compared instead of values
 * @param equal whether they must be equal rather than differ
 * @param argument where the value or the digest stands that is compared with
 */
record Comparison(boolean digest, boolean equal, int argument) {
  private static final int DIGEST_LENGTH = 16;
  private static final CommandException NOT_A_DIGEST =
      CommandException.error("digest must be exactly 16 hexadecimal characters");

  /** The comparison that a word asks for with what stands behind it, or null. */
  static @Nullable Comparison of(Request request, int word) {
    boolean digest = request.is(word, "IFDEQ") || request.is(word, "IFDNE");
    boolean equal = request.is(word, "IFEQ") || request.is(word, "IFDEQ");
    return digest || equal || request.is(word, "IFNE")
        ? new Comparison(digest, equal, word + 1)
        : null;
  }

  /** Whether a command may go ahead where the key is not there. */
  boolean holdsForNothing() {
    return !equal;
  }

  /** Whether a command may go ahead, given the string that the key has. */
  boolean holds(Entry present, Request request) {
    return (digest ? sameDigest(present, request) : same(present, request)) == equal;
  }

  private boolean same(Entry present, Request request) {
    int offset = request.offset(argument);
    if (StringValue.length(present) != request.length(argument)) {
      return false;
    }
    int from = StringValue.offset(present);
    return Arrays.equals(
        StringValue.bytes(present),
        from,
        from + StringValue.length(present),
        request.bytes(),
        offset,
        offset + request.length(argument));
  }

  private boolean sameDigest(Entry present, Request request) {
    String digits = request.text(argument);
    if (digits.length() != DIGEST_LENGTH || !digits.chars().allMatch(HexFormat::isHexDigit)) {
      throw NOT_A_DIGEST;
    }
    return digits.toLowerCase(Locale.ROOT).equals(digestOf(present));
  }

  /** The digest of a string, in 16 hexadecimal digits. */
  static String digestOf(Entry string) {
    return HexFormat.of()
        .toHexDigits(
            Xxh3.hash(
                StringValue.bytes(string), StringValue.offset(string), StringValue.length(string)));
  }
}
