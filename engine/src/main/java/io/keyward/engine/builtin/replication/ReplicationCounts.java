package io.keyward.engine.builtin.replication;

import io.keyward.engine.builtin.replication.ReplicationStatus.Counts;

/** Counts what replicas have asked for. */
final class ReplicationCounts {
  private long full;
  private long partial;
  private long refused;

  void full() {
    full++;
  }

  void partial() {
    partial++;
  }

  void partialRefused() {
    refused++;
  }

  void reset() {
    full = 0;
    partial = 0;
    refused = 0;
  }

  Counts snapshot() {
    return new Counts(full, partial, refused);
  }
}
