package io.keyward.engine;

/** The one thread that may touch a keyspace, as far as an engine needs to know it. */
public interface Loop {
  /** Whether the caller runs on this loop. */
  boolean isCurrent();

  /** Runs the task on this loop, after what it is doing now. */
  void execute(Runnable task);

  /** Runs the task on this loop after so many milliseconds. */
  Timer schedule(long milliseconds, Runnable task);

  /** The slices of long work that wait for their turn on this loop. */
  Turns turns();

  /** A task that has been scheduled and can be called off. */
  interface Timer {
    void cancel();
  }
}
