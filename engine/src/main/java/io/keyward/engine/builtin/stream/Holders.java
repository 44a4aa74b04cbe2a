package io.keyward.engine.builtin.stream;

/** How many streams have an array in common, which none of them changes as long as others do. */
final class Holders {
  private int streams = 1;

  void join() {
    streams++;
  }

  /** Whether more than one have it. */
  boolean several() {
    return streams > 1;
  }

  /** One stream fewer has it; returns whether any is left. */
  boolean leave() {
    return --streams > 0;
  }
}
