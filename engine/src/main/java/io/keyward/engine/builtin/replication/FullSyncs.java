package io.keyward.engine.builtin.replication;

import io.keyward.engine.builtin.persistence.Snapshots;
import io.keyward.engine.builtin.replication.Replica.State;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has snapshots made for the replicas that wait for one, one after the other, by a thread that
 * there is as long as somebody waits.
 *
 * <p>Guarded by the {@link Replication} that it belongs to.
 */
final class FullSyncs {
  private static final Logger log = LoggerFactory.getLogger(FullSyncs.class);

  private final Replication replication;
  private final Replicas replicas;
  private final Snapshots snapshots;
  private boolean running;
  private long number;

  FullSyncs(Replication replication, Replicas replicas, Snapshots snapshots) {
    this.replication = replication;
    this.replicas = replicas;
    this.snapshots = snapshots;
  }

  /** Whether a replica waits for a snapshot, which may have begun. */
  static boolean awaitsSnapshot(Replica replica) {
    return replica.state() == State.AWAITS_SNAPSHOT;
  }

  /** Whether no snapshot for a replica has begun yet. */
  static boolean isWithoutSnapshot(Replica replica) {
    return awaitsSnapshot(replica) && replica.sync() == null;
  }

  /** Has one made for the replica that is about to wait. */
  void begin() {
    if (!running) {
      // It waits for the lock, and finds the replica then.
      Thread.ofPlatform().daemon().name("keyward-replication").start(this::makeAll);
      running = true;
    }
  }

  private void makeAll() {
    while (true) {
      FullSync sync;
      synchronized (replication) {
        if (!replicas.any(FullSyncs::isWithoutSnapshot)) {
          running = false;
          return;
        }
        sync = new FullSync(replication, snapshots, replication.homes().size());
      }
      try {
        sync.run("temp-" + ProcessHandle.current().pid() + "-replica-" + ++number + ".rdb");
      } catch (IOException | OutOfMemoryError failed) {
        giveUp(sync, String.valueOf(failed.getMessage()));
      } catch (RuntimeException defect) {
        log.error("The snapshot for replicas could not be written", defect);
        giveUp(sync, "a defect");
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        giveUp(sync, "interrupted");
      }
    }
  }

  /** Closes those for whom no snapshot could be made; they come again. */
  private void giveUp(FullSync sync, String reason) {
    synchronized (replication) {
      replicas
          .those(replica -> replica.sync() == sync || isWithoutSnapshot(replica))
          .forEach(replica -> replication.cut(replica, "no snapshot could be written: " + reason));
    }
  }
}
