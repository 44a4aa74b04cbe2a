package io.keyward.engine;

import org.jspecify.annotations.Nullable;

/**
 * What a request may be at most, beside what the protocol allows.
 *
 * @param longestArgument in bytes
 * @param all bytes of all arguments with their headers
 */
public record RequestSize(long longestArgument, long all) {
  /** What is too large. */
  public enum Excess {
    ARGUMENT,
    REQUEST
  }

  /** What is too large if an argument has that length and all so far take so many bytes. */
  public @Nullable Excess excess(long argument, long together) {
    if (argument > longestArgument) {
      return Excess.ARGUMENT;
    }
    return together > all ? Excess.REQUEST : null;
  }

  /** What is too large of a request that is whole. */
  public @Nullable Excess excess(Request request) {
    long longest = 0;
    for (int i = 0; i < request.count(); i++) {
      longest = Math.max(longest, request.length(i));
    }
    return excess(longest, request.totalLength());
  }
}
