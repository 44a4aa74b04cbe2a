package io.keyward.engine.builtin.replication;

import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.builtin.replication.Replica.State;
import java.util.Arrays;

/**
 * Sends the stream to the replicas that have their snapshots, or that it is kept for.
 *
 * <p>Guarded by the {@link Replication} that it belongs to.
 */
final class ReplicaFeed implements ReplicatedStream.Receivers {
  private final Replication replication;
  private final Replicas replicas;
  private final LiveSettings settings;

  ReplicaFeed(Replication replication, Replicas replicas, LiveSettings settings) {
    this.replication = replication;
    this.replicas = replicas;
    this.settings = settings;
  }

  @Override
  public boolean anyMissesSome() {
    return replicas.any(Replica::missesSome);
  }

  @Override
  public boolean send(byte[] bytes, int home, long number) {
    boolean padded = false;
    for (Replica replica : replicas.all()) {
      FullSync sync = replica.sync();
      if (sync == null ? replica.state() != State.ONLINE : !sync.hasBegun(home)) {
        continue;
      }
      boolean known = sync != null && sync.contains(home, number);
      padded |= known;
      byte[] sent = known ? emptyLines(bytes.length) : bytes;
      if (!replica.take(sent, settings.outputBufferLimits().replica())) {
        replication.cut(replica, "more waits for it than client-output-buffer-limit allows");
      }
    }
    return padded;
  }

  /** As long as what a replica's snapshot holds already, so that its offsets are those of all. */
  private static byte[] emptyLines(int length) {
    byte[] lines = new byte[length];
    Arrays.fill(lines, (byte) '\n');
    return lines;
  }
}
