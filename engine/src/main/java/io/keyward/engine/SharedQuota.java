package io.keyward.engine;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that several keyspaces may take together, wherever their homes are.
 *
 * <p>Each keyspace tells at the end of a run of requests how many bytes it takes, and at its
 * regular work, so that what it has acknowledged counts for the others. Any thread may ask.
 */
public final class SharedQuota {
  private final AtomicLong told = new AtomicLong();
  private final Set<Sharer> sharers = ConcurrentHashMap.newKeySet();
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

  /** Counts somebody among those who may give up of it. */
  public void join(Sharer sharer) {
    sharers.add(sharer);
  }

  /** Somebody has nothing of it any more. */
  public void leave(Sharer sharer) {
    sharers.remove(sharer);
  }

  /** Who may give up of it. */
  public Set<Sharer> sharers() {
    return sharers;
  }

  /** Bytes of all keyspaces as far as they have told. */
  public long told() {
    return told.get();
  }
}
