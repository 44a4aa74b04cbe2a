package io.keyward.engine.builtin.replication;

import java.util.List;

/**
 * How replication fares.
 *
 * @param goodReplicas that have acknowledged something within {@code min-replicas-max-lag}
 * @param id of the stream, 40 hexadecimal digits
 * @param offset bytes of the stream so far
 * @param firstByte the number of the first byte that is still there, counted from 1
 * @param kept how many bytes are still there
 * @param clientBytes of memory that the replicas take as clients, output that waits for them above
 *     all
 * @param heldBytes that wait behind snapshots on their way
 */
public record ReplicationStatus(
    List<Follower> replicas,
    int goodReplicas,
    String id,
    long offset,
    boolean backlogActive,
    long backlogSize,
    long firstByte,
    long kept,
    long clientBytes,
    long heldBytes,
    Counts counts) {
  /**
   * One replica.
   *
   * @param offset up to which it has acknowledged the stream
   * @param lag seconds since it was last heard of
   */
  public record Follower(String address, int port, String state, long offset, long lag) {}

  /**
   * What has been asked for since the start.
   *
   * @param full snapshots
   * @param partial successful wishes to go on
   * @param refused wishes to go on where a snapshot was needed
   */
  public record Counts(long full, long partial, long refused) {}
}
