package io.keyward.engine.builtin.appendonly;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Forces files to the disk once a second, beside the thread that writes them. */
final class Forcer {
  private static final long SECOND = 1_000_000_000;

  private final LogWriter.Observer observer;
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("keyward-aof-fsync").daemon().factory());
  private volatile boolean busy;
  private volatile boolean failing;
  private final Set<LogFile> again = new LinkedHashSet<>();
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
    counted = false;
    began = System.nanoTime();
    busy = true;
    executor.execute(() -> force(files, left, written));
    return true;
  }

  private void force(List<LogFile> files, List<LogFile> left, long[] written) {
    try {
      again.addAll(files);
      for (LogFile file : again) {
        file.force();
      }
      again.clear();
      for (LogFile file : left) {
        file.close();
      }
      if (failing) {
        failing = false;
        observer.recovered(true);
      }
      observer.forced(written);
    } catch (IOException refused) {
      if (!failing) {
        failing = true;
        observer.failed(true, LogWriter.reason(refused));
      }
    } finally {
      busy = false;
    }
  }

  /** Ends after what it is doing. */
  void close() {
    executor.close();
  }
}
