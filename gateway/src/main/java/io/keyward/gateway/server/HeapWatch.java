package io.keyward.gateway.server;

import com.sun.management.GarbageCollectionNotificationInfo;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.MemoryGuard;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the {@link MemoryGuard} what is alive in the heap whenever a collection has looked at all
 * of it, and asks for one now and then as long as memory is tight.
 */
final class HeapWatch implements NotificationListener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HeapWatch.class);

  /**
   * As long as memory is tight, the time between two collections, and at least as many of theirs.
   */
  private static final long AGAIN_NANOS = 500_000_000L;

  private static final long AGAIN_TIMES = 20;

  private final List<Home> homes;
  private final MemoryGuard guard;
  private final Set<String> heapPools = new HashSet<>();
  private final AtomicLong askedAt = new AtomicLong(System.nanoTime());
  private volatile long tookNanos;

  HeapWatch(List<Home> homes) {
    this.homes = homes;
    this.guard = homes.getFirst().guard();
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getType() == MemoryType.HEAP) {
        heapPools.add(pool.getName());
      }
    }
  }

  /** Begins to listen to the collectors. */
  void start() {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      if (collector instanceof NotificationEmitter emitter) {
        emitter.addNotificationListener(this, null, null);
      }
    }
    if (guard.measuresAtOnce()) {
      collect();
    }
  }

  private static void collect() {
    Thread.ofPlatform().daemon().name("keyward-heap").start(System::gc);
  }

  @Override
  public void handleNotification(Notification notification, Object handback) {
    if (!notification
            .getType()
            .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)
        || !(notification.getUserData() instanceof CompositeData data)) {
      return;
    }
    GarbageCollectionNotificationInfo info = GarbageCollectionNotificationInfo.from(data);
    if (info.getGcAction().contains("minor")) {
      return;
    }
    long[] alive = {0};
    info.getGcInfo()
        .getMemoryUsageAfterGc()
        .forEach((pool, usage) -> alive[0] += heapPools.contains(pool) ? usage.getUsed() : 0);
    tookNanos = info.getGcInfo().getDuration() * 1_000_000;
    boolean before = guard.tight();
    long used = homes.stream().mapToLong(Home::usedBytes).sum();
    if (guard.measured(alive[0], used)) {
      homes.forEach(home -> home.loop().execute(home::keepWithinHeap));
    }
    if (before != guard.tight()) {
      log.warn(
          guard.tight()
              ? "The heap is nearly full: {} bytes are alive; writes and the biggest clients have"
                  + " to give way"
              : "The heap has room again: {} bytes are alive",
          alive[0]);
    }
  }

  /** Lets a collection look whether memory is still tight; now and then, from any thread. */
  void check() {
    long now = System.nanoTime();
    long last = askedAt.get();
    if (guard.tight()
        && now - last > Math.max(AGAIN_NANOS, AGAIN_TIMES * tookNanos)
        && askedAt.compareAndSet(last, now)) {
      collect();
    }
  }

  @Override
  public void close() {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      if (collector instanceof NotificationEmitter emitter) {
        try {
          emitter.removeNotificationListener(this);
        } catch (ListenerNotFoundException none) {
          log.debug("The collector {} does not tell of its work", collector.getName(), none);
        }
      }
    }
  }
}
