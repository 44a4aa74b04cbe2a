package io.keyward.engine.builtin.persistence;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins a snapshot when one of the {@code save} points is reached: so many seconds since the last
 * one, and so many changes. After a failure it waits some seconds before the next attempt.
 */
public final class SavePoints implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SavePoints.class);
  private static final long SECOND = 1_000_000_000;
  private static final long RETRY_NANOS = 5 * SECOND;

  private final Snapshots snapshots;
  private final LiveSettings settings;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("keyward-save-points").factory());

  /** Begins to look, once a second. */
  public SavePoints(Snapshots snapshots, LiveSettings settings) {
    this.snapshots = snapshots;
    this.settings = settings;
    var _ = clock.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
  }

  private void look() {
    try {
      boolean mayTry =
          !snapshots.history().lastFailed()
              || snapshots.history().nanosSinceLastTry() > RETRY_NANOS;
      if (mayTry
          && !snapshots.inProgress()
          && reached(snapshots.history().nanosSinceLastSave() / SECOND)) {
        boolean _ = snapshots.begin(Occasion.BACKGROUND, failure -> {});
      }
    } catch (RuntimeException | OutOfMemoryError defect) {
      log.error("The save points could not be looked at", defect);
    }
  }

  private boolean reached(long seconds) {
    long changes = snapshots.unsavedChanges();
    List<String> numbers = settings.words(Directive.SAVE);
    for (int i = 0; i + 1 < numbers.size(); i += 2) {
      if (seconds > Long.parseLong(numbers.get(i))
          && changes >= Long.parseLong(numbers.get(i + 1))) {
        log.info("{} changes in {} seconds: saving", changes, numbers.get(i));
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
