package io.keyward.engine;

import io.keyward.config.tenant.Limit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a keyspace may have and do at most.
 *
 * @param own by itself, in milliseconds, bytes or numbers
 * @param together what it may have and do with others, or null
 */
public record KeyspaceLimits(Map<Limit, Long> own, @Nullable SharedLimits together) {
  /** Nothing is limited. */
  public static final KeyspaceLimits NONE = new KeyspaceLimits(Map.of(), null);

  /** Keeps a copy, so that the record cannot change. */
  public KeyspaceLimits {
    own = Map.copyOf(own);
  }

  /** What the keyspace may have by itself; {@link Long#MAX_VALUE} = no limit. */
  public long of(Limit limit) {
    return own.getOrDefault(limit, Long.MAX_VALUE);
  }

  /** Whether there is a limit, its own or one that it shares. */
  public boolean has(Limit limit) {
    SharedLimits shared = together;
    return own.containsKey(limit)
        || (shared != null
            && (shared.rate(limit) != null || shared.quota(limit).most() != Long.MAX_VALUE));
  }
}
