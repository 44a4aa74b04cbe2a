package io.keyward.engine;

import io.keyward.config.tenant.Limit;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What several keyspaces may have and do together, wherever their homes are. */
public final class SharedLimits {
  private final Map<Limit, SharedQuota> quotas = new EnumMap<>(Limit.class);
  private final AtomicReference<Map<Limit, RateLimit>> rates = new AtomicReference<>(Map.of());

  /** Limits of so much. */
  public SharedLimits(Map<Limit, Long> limits) {
    for (Limit limit : Limit.values()) {
      quotas.put(limit, new SharedQuota(Long.MAX_VALUE));
    }
    set(limits);
  }

  /** Changes the limits; what has been told and spent stays. */
  public void set(Map<Limit, Long> limits) {
    Map<Limit, RateLimit> former = rates.get();
    Map<Limit, RateLimit> present = new EnumMap<>(Limit.class);
    for (Limit limit : new Limit[] {Limit.COMMANDS_PER_SECOND, Limit.BYTES_PER_SECOND}) {
      Long perSecond = limits.get(limit);
      if (perSecond != null) {
        RateLimit rate = former.getOrDefault(limit, new RateLimit(perSecond));
        rate.set(perSecond);
        present.put(limit, rate);
      }
    }
    rates.set(present);
    quotas.forEach((limit, quota) -> quota.most(limits.getOrDefault(limit, Long.MAX_VALUE)));
  }

  /** What all may have of something. */
  public SharedQuota quota(Limit limit) {
    SharedQuota quota = quotas.get(limit);
    if (quota == null) {
      throw new IllegalStateException("every limit has a quota");
    }
    return quota;
  }

  /** How much all may do of something in each second, or null if that is not limited. */
  public @Nullable RateLimit rate(Limit limit) {
    return rates.get().get(limit);
  }
}
