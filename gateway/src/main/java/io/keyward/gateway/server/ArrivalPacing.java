package io.keyward.gateway.server;

import io.keyward.engine.Line;
import io.keyward.engine.SteadyTime;
import io.netty.channel.EventLoop;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Spreads the arrivals of new clients on a loop, while it serves others, so that it rests half of
 * the time.
 *
 * <p>To accept, log in and close a connection costs as much as many requests, most of it in the
 * kernel, where nothing comes in between. A loop that never rests because of it lets every other
 * client wait for whatever has arrived before, and no longer comes before other threads of its
 * processor, since it has had its share ({@code Precedence}). How much a client costs that arrives
 * shows in the processor time that the loop's thread takes, handshakes of TLS included.
 *
 * <p>Where only newcomers are served, or nobody, all are let in as fast as they come.
 */
final class ArrivalPacing {
  /** Who has been connected for so long is a newcomer no more. */
  static final long NEW_MILLIS = 1000;

  /** Others are served when they have asked for something in this time. */
  private static final long RECENT_MILLIS = 100;

  /**
   * The longest rest, so that a loop which others keep busy still lets two thousand in a second.
   */
  static final long MOST_REST_NANOS = 500_000;

  private final EventLoop loop;
  private final LongSupplier time;
  private final LongSupplier used;
  private final LongSupplier millis;
  private final Line<Runnable> waiting = new Line<>();
  private boolean rests;

  /** When others were last served, on the clock of {@link SteadyTime}. */
  private long servedOthers = -RECENT_MILLIS;

  /** Rest in nanoseconds that the loop is still to have. */
  private long owed;

  /** Until when that is counted, and what processor time the loop's thread had used by then. */
  private long countedAt;

  private long usedByThen;

  ArrivalPacing(EventLoop loop) {
    this(
        loop,
        System::nanoTime,
        ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime,
        SteadyTime::millis);
  }

  /**
   * With clocks of its own, in nanoseconds.
   *
   * @param used what the loop's thread has used of its processor
   * @param millis the time by which others are heard of, in milliseconds
   */
  ArrivalPacing(EventLoop loop, LongSupplier time, LongSupplier used, LongSupplier millis) {
    this.loop = loop;
    this.time = time;
    this.used = used;
    this.millis = millis;
  }

  /**
   * A client of this loop has sent something.
   *
   * @param since when it has come, on the clock of {@link SteadyTime} as {@code now}
   */
  void heardOf(long since, long now) {
    if (now - since > NEW_MILLIS) {
      servedOthers = now;
    }
  }

  /** Lets one more in when the loop has rested; called on the loop. */
  void add(Runnable letIn) {
    waiting.add(letIn);
    if (!rests) {
      goOn();
    }
  }

  private void goOn() {
    rests = false;
    while (!waiting.isEmpty()) {
      long rest = rest();
      if (rest > 0) {
        var _ = loop.schedule(this::letNextIn, rest, TimeUnit.NANOSECONDS);
        rests = true;
        return;
      }
      letIn();
    }
  }

  private void letNextIn() {
    letIn();
    goOn();
  }

  private void letIn() {
    Runnable next = waiting.poll();
    if (next != null) {
      next.run();
    }
  }

  /**
   * How long the loop is to rest before the next one comes: as long as it has worked since it was
   * last asked, less the time that it has rested in between.
   */
  private long rest() {
    if (millis.getAsLong() - servedOthers > RECENT_MILLIS) {
      return 0;
    }
    long now = time.getAsLong();
    long usedNow = used.getAsLong();
    owed = Math.clamp(owed + 2 * (usedNow - usedByThen) - (now - countedAt), 0, MOST_REST_NANOS);
    countedAt = now;
    usedByThen = usedNow;
    return owed;
  }
}
