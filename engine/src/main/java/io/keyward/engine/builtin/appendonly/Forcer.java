package io.keyward.engine.builtin.appendonly;

import io.keyward.config.file.FileFailure;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Forces files to the disk once a second, beside the thread that writes them.
 *
 * <p>What could not be forced, be it that the disk refused or that there was no memory, is forced
 * again with what comes next; until then nobody is told that the disk has anything.
 */
final class Forcer {
  private static final long SECOND = 1_000_000_000;

  private final LogWriter.Observer observer;
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("keyward-aof-fsync").daemon().factory());
  private volatile boolean busy;
  private volatile boolean failing;

  /* Touched by whichever thread has the turn: the writer's unless busy, else the one here. */
  private final Set<LogFile> toForce = new LinkedHashSet<>();
  private final Set<LogFile> toClose = new LinkedHashSet<>();
  private boolean refused;
  private boolean untold;

  private long began = System.nanoTime() - SECOND;
  private volatile long delayed;
  private boolean counted;

  Forcer(LogWriter.Observer observer) {
    this.observer = observer;
  }

  /** Whether the disk has refused the last time; the files are forced again with the next ones. */
  boolean fails() {
    return failing;
  }

  boolean busy() {
    return busy;
  }

  long delayed() {
    return delayed;
  }

  long nanosUntilDue() {
    return Math.max(1_000_000, began + SECOND - System.nanoTime());
  }

  /**
   * Begins to force files, if the last time is a second ago and is over.
   *
   * @param left files that are not written any more, to be closed afterwards
   * @param written up to where the files have what each home has handed over
   * @return whether it has begun
   */
  boolean begin(List<LogFile> files, List<LogFile> left, long[] written) {
    if (System.nanoTime() - began < SECOND) {
      return false;
    }
    if (busy) {
      if (!counted) {
        counted = true;
        long before = delayed;
        delayed = before + 1;
      }
      return false;
    }
    toForce.addAll(files);
    toClose.addAll(left);
    Runnable task = () -> force(written);
    busy = true;
    try {
      executor.execute(task);
    } catch (OutOfMemoryError full) {
      busy = false;
      throw full;
    }
    counted = false;
    began = System.nanoTime();
    return true;
  }

  private void force(long[] written) {
    try {
      for (LogFile file : toForce) {
        file.force();
      }
      toForce.clear();
      for (LogFile file : toClose) {
        file.close();
      }
      toClose.clear();
      if (refused || untold) {
        observer.recovered(true);
        refused = false;
        untold = false;
      }
      failing = false;
      observer.forced(written);
    } catch (IOException | OutOfMemoryError failure) {
      failing = true;
      tell(failure);
    } finally {
      busy = false;
    }
  }

  /** Tells what the disk has refused; what memory was lacking for is only done again. */
  private void tell(Throwable failure) {
    try {
      if (failure instanceof IOException reason && !refused) {
        observer.failed(true, FileFailure.text(reason));
        refused = true;
      }
    } catch (OutOfMemoryError full) {
      untold = true;
    }
  }

  /** Ends after what it is doing. */
  void close() {
    executor.close();
  }
}
