package io.keyward.engine.builtin;

import io.keyward.config.tenant.Limit;
import io.keyward.engine.CommandException;
import io.keyward.engine.KeyspaceLimits;
import io.keyward.engine.Request;
import io.keyward.engine.RequestSize;
import io.keyward.engine.SharedLimits;
import io.keyward.engine.SharedQuota;
import io.keyward.engine.command.Command;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The limits of a keyspace, beside that of its memory, and how often they have been reached.
 *
 * <p>Home loop only; a keyspace without any limit has none of these.
 */
public final class Limits {
  private final BuiltinKeyspace keyspace;
  private final Throttle throttle;
  private final Allotment channels = new Allotment();
  private final Allotment blocked = new Allotment();
  private final Allotment clientMemory = new Allotment();
  private final long[] refused = new long[Limit.values().length];
  private KeyspaceLimits given = KeyspaceLimits.NONE;
  private @Nullable KeyLimit keys;
  private long slowedNanos;
  private @Nullable RequestSize requestSize;
  private long outputBuffer = Long.MAX_VALUE;
  private long scriptMillis = Long.MAX_VALUE;

  Limits(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
    throttle = new Throttle(keyspace, this);
  }

  /** Takes on other limits. */
  void set(KeyspaceLimits limits) {
    given = limits;
    throttle.set(limits);
    requestSize =
        limits.has(Limit.MAX_VALUE) || limits.has(Limit.MAX_REQUEST)
            ? new RequestSize(limits.of(Limit.MAX_VALUE), limits.of(Limit.MAX_REQUEST))
            : null;
    outputBuffer = limits.of(Limit.OUTPUT_BUFFER);
    scriptMillis = limits.of(Limit.SCRIPT_TIME);
    channels.limit(
        limits.of(Limit.CHANNELS), shared(Limit.CHANNELS), keyspace.channels().subscriptions());
    blocked.limit(
        limits.of(Limit.BLOCKED_CLIENTS),
        shared(Limit.BLOCKED_CLIENTS),
        keyspace.waiting().clients());
    clientMemory.limit(
        limits.of(Limit.CLIENT_MEMORY),
        shared(Limit.CLIENT_MEMORY),
        keyspace.clientMemory().bytes());
    KeyLimit former = keys;
    if (former != null) {
      former.leave();
    }
    keys =
        limits.has(Limit.KEYS)
            ? new KeyLimit(keyspace, limits.of(Limit.KEYS), shared(Limit.KEYS))
            : null;
  }

  private @Nullable SharedQuota shared(Limit limit) {
    SharedLimits together = given.together();
    return together == null ? null : together.quota(limit);
  }

  /** Takes nothing any more, since the keyspace is dropped. */
  void leave() {
    channels.leave();
    blocked.leave();
    clientMemory.leave();
    KeyLimit present = keys;
    if (present != null) {
      present.leave();
    }
  }

  /** The regular work: tells the others with whom limits are shared what this keyspace has. */
  void tell() {
    KeyLimit present = keys;
    if (present != null) {
      present.tell();
    }
    throttle.tend();
  }

  /** Tells them how many keys it has, if there is a limit for all together. */
  void tellKeysAtOnce() {
    KeyLimit present = keys;
    if (present != null) {
      present.tellAtOnce();
    }
  }

  /** An error that says which limit has been reached. */
  static CommandException reached(String limit, long most) {
    return new CommandException("LIMIT " + limit + " of this deployment (" + most + ") reached");
  }

  /** Counts a refusal, and says why. */
  public CommandException refusal(Limit limit) {
    count(limit);
    return reached(limit.limitName(), most(limit));
  }

  /**
   * The least of the limits that there are of one kind; {@link Long#MAX_VALUE} if there is none.
   */
  public long most(Limit limit) {
    SharedLimits together = given.together();
    long own = given.of(limit);
    if (together == null) {
      return own;
    }
    var rate = together.rate(limit);
    return Math.min(own, rate == null ? together.quota(limit).most() : rate.perSecond());
  }

  /** Whether there is a limit of a kind. */
  public boolean has(Limit limit) {
    return given.has(limit);
  }

  /** How often a limit has been the reason of a refusal. */
  public long refused(Limit limit) {
    return refused[limit.ordinal()];
  }

  /** Nanoseconds that all clients together have waited for the rates. */
  public long slowedNanos() {
    return slowedNanos;
  }

  void slowed(long nanos) {
    slowedNanos += nanos;
  }

  /** Begins to count anew. */
  public void reset() {
    Arrays.fill(refused, 0);
    slowedNanos = 0;
  }

  /** The rates to be kept, or null. */
  public @Nullable Throttle throttle() {
    return throttle.any() ? throttle : null;
  }

  /** What a request may be, or null. */
  public @Nullable RequestSize requestSize() {
    return requestSize;
  }

  /** Counts bytes that clients have been sent. */
  public void sent(long bytes) {
    throttle.carried(bytes);
  }

  /** Bytes of output at which a client is cut off. */
  public long outputBuffer() {
    return outputBuffer;
  }

  /** Counts that a limit has been reached. */
  public void count(Limit limit) {
    count(limit, 1);
  }

  void count(Limit limit, int times) {
    refused[limit.ordinal()] += times;
  }

  /** Whether so many bytes are more than clients may take. */
  boolean clientsTakeTooMuch(long bytes) {
    return clientMemory.exceededBy(bytes);
  }

  /** Tells the others how much the clients take. */
  void clientsTake(long bytes) {
    clientMemory.tell(bytes);
  }

  /** How long a script may run. */
  public long scriptMillis() {
    return scriptMillis;
  }

  /** Why a command that may make keys is refused, or null if those it makes fit. */
  public @Nullable CommandException keysFull(Request request, Command command) {
    KeyLimit present = keys;
    return present == null || present.fits(request, command) ? null : refusal(Limit.KEYS);
  }

  /** Why commands that are executed together are refused, or null if the keys they make fit. */
  public @Nullable CommandException keysFull(List<Request> together) {
    KeyLimit present = keys;
    return present == null || present.fits(together) ? null : refusal(Limit.KEYS);
  }

  /** Refuses to make more subscriptions than there may be. */
  public void subscribing(int more) {
    if (channels.exceededBy(keyspace.channels().subscriptions() + (long) more)) {
      throw refusal(Limit.CHANNELS);
    }
  }

  /** Tells the others of subscriptions that were made or ended. */
  void subscribed(int subscriptions) {
    channels.tell(subscriptions);
  }

  /** Refuses to let one more client wait than may. */
  void blocking() {
    if (blocked.exceededBy(keyspace.waiting().clients() + 1L)) {
      throw refusal(Limit.BLOCKED_CLIENTS);
    }
  }

  /** Tells the others how many clients wait. */
  void blocked(int clients) {
    blocked.tell(clients);
  }
}
