package io.keyward.engine.builtin.persistence;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lets one snapshot be written at a time: of the files' two kinds, or for whatever other end. */
public final class SnapshotTurn {
  private @Nullable Object holder;
  private List<Runnable> next = new ArrayList<>();

  /** Whether whoever asks may begin now; if so, it has to call {@link #end}. */
  public synchronized boolean begin(Object who) {
    if (holder != null) {
      return false;
    }
    holder = who;
    return true;
  }

  /** Who is writing, or null. */
  public synchronized @Nullable Object holder() {
    return holder;
  }

  /**
   * Has a task done when the present holder has ended, or at once if there is none. Whoever asks
   * sees to it that not many tasks wait.
   */
  public void afterwards(Runnable task) {
    synchronized (this) {
      if (holder != null) {
        next.add(task);
        return;
      }
    }
    task.run();
  }

  /** Ends a turn. */
  public void end() {
    List<Runnable> tasks;
    synchronized (this) {
      holder = null;
      tasks = next;
      next = new ArrayList<>();
    }
    tasks.forEach(Runnable::run);
  }
}
