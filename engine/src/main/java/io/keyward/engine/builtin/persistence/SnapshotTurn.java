package io.keyward.engine.builtin.persistence;

import org.jspecify.annotations.Nullable;

/** Lets one snapshot be written at a time: of the files' two kinds, or for whatever other end. */
public final class SnapshotTurn {
  private @Nullable Object holder;
  private @Nullable Runnable next;

  /** Whether whoever asks may begin now; if so, it has to call {@link #end}. */
  public synchronized boolean begin(Object who) {
    if (holder != null) {
      return false;
    }
    holder = who;
    return true;
  }

  /** Has a task done when the present holder has ended; the last one given counts. */
  public synchronized void afterwards(Runnable task) {
    next = task;
  }

  /** Ends a turn. */
  public void end() {
    Runnable task;
    synchronized (this) {
      holder = null;
      task = next;
      next = null;
    }
    if (task != null) {
      task.run();
    }
  }
}
