package io.keyward.engine.builtin;

/** Learns of every change to the keys of a keyspace before it is made. */
public interface ChangeGuard {
  /** An entry is about to be changed or removed. */
  void beforeChange(Database database, Entry entry);

  /** Has a task done, which frees values, when no value is looked at any more: now or later. */
  default void whenUnused(Runnable task) {
    task.run();
  }
}
