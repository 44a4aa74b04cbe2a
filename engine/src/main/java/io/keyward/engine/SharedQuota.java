package io.keyward.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that several keyspaces may take together, wherever their homes are.
 *
 * <p>Each keyspace tells at its regular work how many bytes it takes; what the others take is known
 * as of then. Any thread may ask.
 */
public final class SharedQuota {
  private final AtomicLong told = new AtomicLong();
  private volatile long most;

  /** A quota of so many bytes. */
  public SharedQuota(long most) {
    this.most = most;
  }

  /** Changes the quota. */
  public void most(long bytes) {
    most = bytes;
  }

  public long most() {
    return most;
  }

  /** Tells that a keyspace takes so many bytes more, or less, than it told before. */
  public void tell(long change) {
    told.addAndGet(change);
  }

  /** Bytes of all keyspaces as far as they have told. */
  public long told() {
    return told.get();
  }
}
