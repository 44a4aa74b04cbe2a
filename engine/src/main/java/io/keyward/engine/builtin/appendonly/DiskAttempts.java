package io.keyward.engine.builtin.appendonly;

import io.keyward.config.file.FileFailure;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * What the writer's thread has the disk do, again and again until it does it, be it writing or
 * forcing; the first refusal is told, and the success that ends a row of them.
 */
final class DiskAttempts {
  private static final long RETRY_NANOS = 100_000_000;

  /** What the disk is to do. */
  interface Attempt {
    void make() throws IOException;
  }

  private final LogWriter.Observer observer;
  private final boolean forcing;
  private final BooleanSupplier ending;
  private boolean fails;

  /**
   * @param ending whether nothing is tried again any more
   */
  DiskAttempts(LogWriter.Observer observer, boolean forcing, BooleanSupplier ending) {
    this.observer = observer;
    this.forcing = forcing;
    this.ending = ending;
  }

  /** Returns false if the disk has not done it until the end. */
  boolean make(Attempt attempt) {
    while (true) {
      try {
        attempt.make();
        succeeded();
        return true;
      } catch (IOException refused) {
        failed(FileFailure.text(refused));
        if (ending.getAsBoolean()) {
          return false;
        }
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
  }

  void failed(String reason) {
    if (!fails) {
      observer.failed(forcing, reason);
      fails = true;
    }
  }

  void succeeded() {
    if (fails) {
      observer.recovered(forcing);
      fails = false;
    }
  }
}
