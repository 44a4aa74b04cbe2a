package io.keyward.engine.builtin;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps data and clients within what the JVM's heap can hold, whatever the directives allow, so
 * that no memory runs out.
 *
 * <p>A part of the heap is left for everything that is not counted: a quarter, or what collections
 * have shown the process itself to need where that is more. Of the rest, clients may have a
 * quarter, and more as long as data does not need it; what neither needs is for scripts; of data,
 * pinned keys have a part of their own. When a collection shows that more is alive than can go
 * well, the limits come down to what is there. Any thread may use it.
 */
public final class MemoryGuard {
  private static final double COUNTED_PART = 0.75;

  /** What scripts may hold in any case, of what data and clients share. */
  private static final double SCRIPTS_PART = 1 / 8.0;

  private static final double FULL = 0.88;
  private static final double WELL = 0.80;
  private static final long NONE = Long.MAX_VALUE;

  /** What the process itself needs at least, in bytes. */
  private static final long OWN_AT_LEAST = 20L << 20;

  /** A heap of so many bytes or less is measured at once: in it what the process needs matters. */
  private static final long SMALL_HEAP = 512L << 20;

  private final LiveSettings settings;
  private final long heap;
  private final AtomicLong clients = new AtomicLong();
  private final AtomicLong scripts = new AtomicLong();
  private volatile long budget;
  private volatile long own = NONE;
  private volatile boolean pinning;
  private volatile long measuredDataLimit = NONE;
  private volatile long measuredClientLimit = NONE;

  MemoryGuard(LiveSettings settings) {
    this(settings, roomForWhatLasts());
  }

  /** Bytes of the part of the heap where big arrays and what lives for long stand. */
  private static long roomForWhatLasts() {
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      boolean old = pool.getName().contains("Tenured") || pool.getName().contains("Old");
      if (old && pool.getUsage().getMax() > 0) {
        return pool.getUsage().getMax();
      }
    }
    return Runtime.getRuntime().maxMemory();
  }

  MemoryGuard(LiveSettings settings, long heap) {
    this.settings = settings;
    this.heap = heap;
    budget = budget(OWN_AT_LEAST);
  }

  private long budget(long ownNeed) {
    double most = Math.min(heap * COUNTED_PART, (heap * FULL - ownNeed) * (1 - SCRIPTS_PART));
    return (long) Math.max(most, heap / 4.0);
  }

  /** Whether to look at the heap at once rather than when it is first full. */
  public boolean measuresAtOnce() {
    return heap <= SMALL_HEAP;
  }

  /** Adds to the bytes that running scripts hold. */
  public void scripts(long change) {
    scripts.addAndGet(change);
  }

  /**
   * Bytes that scripts may hold, all together: what data and clients leave, and an eighth in any
   * case.
   */
  public long scriptLimit(long data) {
    long rest = (budget - data - clients.get()) / 4 * 3;
    return Math.max((long) (budget * SCRIPTS_PART), rest);
  }

  /**
   * Bytes that remembered scripts may take, all together: a quarter of what running ones may, and
   * little while memory is tight.
   */
  long rememberedScriptLimit(long data) {
    return tight() ? budget / 32 : scriptLimit(data) / 4;
  }

  /** Whether the running scripts hold more than they may. */
  public boolean scriptsHoldTooMuch(long data) {
    return scripts.get() > scriptLimit(data);
  }

  /** Adds to the bytes that clients take. */
  void clients(long change) {
    clients.addAndGet(change);
  }

  /** Bytes that the clients of all keyspaces take. */
  public long clientBytes() {
    return clients.get();
  }

  /** Bytes that data may take, {@code maxmemory} apart. */
  long dataLimit() {
    return Math.min(measuredDataLimit, budget - Math.min(clients.get(), budget / 4));
  }

  /**
   * Of these, the bytes that keys may take which are not pinned: the budget of those that are is
   * kept free for them.
   *
   * @param pinned bytes that pinned keys take
   */
  long unpinnedLimit(long pinned) {
    long limit = dataLimit() - pinned;
    return pinning
        ? Math.min(limit, budget - Math.min(clients.get(), budget / 4) - pinnedLimit())
        : limit;
  }

  /** There are pinned namespaces. */
  void pins() {
    pinning = true;
  }

  /** Bytes that all pinned keys may take: {@code pinned-memory}, or a part of the heap. */
  public long pinnedLimit() {
    long given = settings.number(Directive.PINNED_MEMORY);
    return given == 0 ? budget / 8 : Math.min(given, budget / 2);
  }

  /** Bytes that clients may take: {@code maxmemory-clients}, or what the heap can hold. */
  public long clientLimit(long data) {
    long limit = Math.min(measuredClientLimit, Math.max(budget / 4, budget - data));
    long given = settings.number(Directive.MAXMEMORY_CLIENTS);
    if (given < 0) {
      // A percentage of maxmemory; without maxmemory it means nothing, as in Redis.
      given = settings.number(Directive.MAXMEMORY) * -given / 100;
    }
    return given == 0 ? limit : Math.min(limit, given);
  }

  boolean clientsTakeTooMuch(Home home) {
    return clients.get() > clientLimit(home.memory().ofAll());
  }

  /** Whether clients may take so many bytes more. */
  boolean hasRoomForClients(long more, long data) {
    return clients.get() + more <= clientLimit(data);
  }

  /** Whether a collection has shown that the heap is nearly full of what lives. */
  public boolean tight() {
    return measuredDataLimit != NONE || measuredClientLimit != NONE;
  }

  /**
   * A collection has ended that looked at everything.
   *
   * @param alive bytes of the heap that are in use after it
   * @param data bytes of all data
   * @return whether somebody has to give something up
   */
  public boolean measured(long alive, long data) {
    // The least of all measurements: what is in use for a moment only is no need.
    own = Math.min(own, Math.max(0, alive - data - clients.get() - scripts.get()));
    budget = budget(Math.max(OWN_AT_LEAST, own));
    if (alive < heap * FULL) {
      measuredDataLimit = NONE;
      measuredClientLimit = NONE;
      return false;
    }
    long excess = (long) (alive - heap * WELL);
    long taken = clients.get();
    long clientLimit = Math.max(heap / 16, taken - excess);
    long rest = excess - Math.max(0, taken - clientLimit);
    measuredClientLimit = clientLimit;
    measuredDataLimit = rest > 0 ? Math.max(0, data - rest) : NONE;
    return true;
  }
}
