package io.keyward.engine.builtin;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import org.jspecify.annotations.Nullable;

/** Why the keyspaces of a home refuse writes: what keeps the data over a restart has failed. */
public final class WriteRefusals {
  private @Nullable CommandException log;
  private @Nullable CommandException snapshots;
  private @Nullable CommandException replicas;
  private volatile @Nullable CommandException snapshotsOrReplicas;

  /** Why writes are refused, or null; on the loop. */
  public @Nullable CommandException present() {
    CommandException refusal = log;
    return refusal == null ? snapshotsOrReplicas : refusal;
  }

  /**
   * Has writes refused as long as the log cannot be written; null to take them again. On the loop.
   */
  public void log(@Nullable CommandException refusal) {
    log = refusal;
  }

  /**
   * Answers every write with an error as long as snapshots fail, or no longer; any thread may say
   * so.
   */
  public synchronized void snapshots(@Nullable CommandException error) {
    snapshots = error;
    snapshotsOrReplicas = error == null ? replicas : error;
  }

  /** Refuses writes as long as too few replicas follow, or no longer; any thread may say so. */
  public synchronized void tooFewReplicas(boolean few) {
    replicas = few ? Errors.TOO_FEW_REPLICAS : null;
    snapshotsOrReplicas = snapshots == null ? replicas : snapshots;
  }
}
