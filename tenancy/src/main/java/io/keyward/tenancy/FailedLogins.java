package io.keyward.tenancy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Slows down whoever guesses passwords: after some failures from one address every further one is
 * answered later, twice as late each time. What is not tried again is forgotten; a login that
 * succeeds changes nothing, since who guesses may have one of his own.
 */
public final class FailedLogins {
  private static final int FREE_FAILURES = 3;
  private static final long FIRST_DELAY_MILLIS = 100;
  private static final int MOST_DOUBLINGS = 6;
  private static final int MOST_ADDRESSES = 10_000;
  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(1);

  /** Of an address with all its eight groups, in brackets or not. */
  private static final Pattern FIRST_64_BITS = Pattern.compile("\\[?((?:[0-9a-f]+:){4})");

  private final Cache<String, Integer> byAddress =
      Caffeine.newBuilder().maximumSize(MOST_ADDRESSES).expireAfterWrite(FORGOTTEN_AFTER).build();
  private final LongAdder total = new LongAdder();

  /**
   * Counts a failure.
   *
   * @param host the client's address without its port
   * @return the milliseconds to wait before the answer
   */
  public long failed(String host) {
    total.increment();
    Integer count = byAddress.asMap().merge(network(host), 1, Integer::sum);
    int slowed = (count == null ? 1 : count) - FREE_FAILURES;
    return slowed <= 0 ? 0 : FIRST_DELAY_MILLIS << Math.min(slowed - 1, MOST_DOUBLINGS);
  }

  /** An IPv4 address, or the first 64 bits of an IPv6 one, the rest of which its host chooses. */
  private static String network(String host) {
    Matcher ipv6 = FIRST_64_BITS.matcher(host);
    return ipv6.lookingAt() ? ipv6.group(1) : host;
  }

  /** The failures since the start. */
  public long total() {
    return total.sum();
  }
}
