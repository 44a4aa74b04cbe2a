package io.keyward.engine.builtin.sortedset;

/**
 * The way down a skip list to where a member is linked in: on each level the last member before
 * that place. One serves all sorted sets of a keyspace, as only one is changed at a time.
 */
final class Path {
  final int[] references = new int[Member.MOST_LEVELS];

  /** Where in its page the links of the member begin. */
  final int[] links = new int[Member.MOST_LEVELS];

  final int[] ranks = new int[Member.MOST_LEVELS];
}
