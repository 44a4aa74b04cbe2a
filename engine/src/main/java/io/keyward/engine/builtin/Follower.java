package io.keyward.engine.builtin;

/** What a client is that is going to follow what is done, or does. */
public interface Follower {
  /** Whether it has begun to follow. */
  boolean follows();

  /** The client leaves its keyspace. */
  void left();
}
