package io.keyward.gateway.server;

import io.keyward.config.directive.Directive;
import io.keyward.engine.builtin.persistence.Occasion;
import io.keyward.engine.builtin.persistence.Snapshots;
import io.keyward.engine.builtin.replication.Replication;
import io.keyward.gateway.server.Shutdown.Saving;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of the gateway as somebody wishes it, by SHUTDOWN or a signal.
 *
 * <p>While clients are still served, replicas that lag get their time and the last snapshot is
 * written. If that fails, or somebody aborts, the gateway goes on. What changes after that snapshot
 * is written once more when nobody is served any longer.
 */
public final class ShutdownAttempts {
  private static final Logger log = LoggerFactory.getLogger(Shutdown.class);
  private static final long LOOK_MILLIS = 20;

  /**
   * What somebody wishes.
   *
   * @param now without waiting for replicas
   * @param force even if the snapshot cannot be written
   */
  public record Wish(Saving saving, boolean now, boolean force) {
    /** The wish that a directive such as {@code shutdown-on-sigterm} holds. */
    public static Wish of(List<String> options) {
      Saving saving =
          options.contains("save")
              ? Saving.ALWAYS
              : options.contains("nosave") ? Saving.NEVER : Saving.AT_SAVE_POINTS;
      return new Wish(saving, options.contains("now"), options.contains("force"));
    }
  }

  private final Server server;
  private @Nullable CompletableFuture<Boolean> attempt;
  private volatile boolean aborted;
  private volatile Saving saving = Saving.AT_SAVE_POINTS;
  private volatile boolean saved;
  private volatile boolean loaded;

  ShutdownAttempts(Server server) {
    this.server = server;
  }

  /** The data is loaded: from now on a snapshot would hold all of it. */
  public void loaded() {
    loaded = true;
  }

  /**
   * Prepares the end, on a thread that may wait; who comes while that is under way waits with the
   * first.
   *
   * @return whether the gateway may end now; if not it goes on, and the log says why
   */
  public boolean prepare(Wish wish) throws InterruptedException {
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    CompletableFuture<Boolean> other;
    synchronized (this) {
      other = attempt;
      if (other == null) {
        attempt = mine;
        aborted = false;
      }
    }
    if (other != null) {
      return other.join();
    }
    boolean ready = false;
    try {
      ready = ready(wish);
      return ready;
    } finally {
      synchronized (this) {
        attempt = ready ? mine : null;
      }
      mine.complete(ready);
    }
  }

  /** Gives up what is under way; false if nothing is that could be given up. */
  public synchronized boolean abort() {
    if (attempt == null || attempt.isDone()) {
      return false;
    }
    aborted = true;
    return true;
  }

  private boolean ready(Wish wish) throws InterruptedException {
    if (!wish.now()) {
      awaitReplicas();
    }
    saving = wish.saving();
    if (!aborted && wanted()) {
      String failure = save();
      saved = failure == null;
      if (failure != null && !wish.force()) {
        log.error(
            "The gateway does not end, since its last snapshot could not be written: {}. Remedy:"
                + " see to the disk, or use SHUTDOWN NOSAVE or FORCE",
            failure);
        return false;
      }
    }
    if (aborted) {
      log.info("The gateway does not end: SHUTDOWN ABORT");
    }
    return !aborted;
  }

  /** Waits until all replicas have what has been done so far, or their time is up. */
  private void awaitReplicas() throws InterruptedException {
    Replication replication = server.replication();
    long upTo = replication.doneUpTo();
    long until =
        System.nanoTime()
            + TimeUnit.SECONDS.toNanos(server.live().number(Directive.SHUTDOWN_TIMEOUT));
    while (!aborted && replication.lagging(upTo) > 0 && System.nanoTime() - until < 0) {
      Thread.sleep(LOOK_MILLIS);
    }
    int lagging = replication.lagging(upTo);
    if (lagging > 0 && !aborted) {
      log.warn("{} replicas have not got all of the data", lagging);
    }
  }

  private boolean wanted() {
    return switch (saving) {
      case ALWAYS -> loaded;
      case NEVER -> false;
      case AT_SAVE_POINTS -> loaded && !server.live().text(Directive.SAVE).isEmpty();
    };
  }

  /** Writes the snapshot, when another one that is being written has ended. */
  private @Nullable String save() throws InterruptedException {
    Snapshots snapshots = server.snapshots();
    while (true) {
      CompletableFuture<String> end = new CompletableFuture<>();
      if (snapshots.begin(Occasion.STEP, failure -> end.complete(failure == null ? "" : failure))) {
        String failure = end.join();
        return failure.isEmpty() ? null : failure;
      }
      if (aborted) {
        return null;
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  /** Whether a snapshot is still to be written when nobody is served any longer. */
  boolean savesAtEnd() {
    return wanted() && !(saved && server.snapshots().unsavedChanges() == 0);
  }
}
