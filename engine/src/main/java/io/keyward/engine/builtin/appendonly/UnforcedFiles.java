package io.keyward.engine.builtin.appendonly;

import io.keyward.config.file.FileFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The files that hold something which the disk has not been forced to keep, and those that are to
 * be closed when it has been; of the writer's thread.
 */
final class UnforcedFiles {
  private final LogWriter.Observer observer;
  private final DiskAttempts attempts;
  private final DiskAttempts.Attempt forcing = this::forceEach;
  private final Set<LogFile> unforced = new LinkedHashSet<>();
  private final List<LogFile> left = new ArrayList<>();
  private final Forcer forcer;

  UnforcedFiles(LogWriter.Observer observer, DiskAttempts attempts) {
    this.observer = observer;
    this.attempts = attempts;
    forcer = new Forcer(observer);
  }

  /** Something has been or will be written to a file. */
  void add(LogFile file) {
    unforced.add(file);
  }

  /** Nothing more will be written to a file. */
  void leave(LogFile file) {
    left.add(file);
  }

  /** Forces them now, and closes those that have been left. */
  void forceNow() {
    if (forceAll() && !forcer.busy()) {
      left.forEach(this::close);
      left.clear();
    }
  }

  /** Forces them until the disk has kept all; false if it had not until the end. */
  boolean forceAll() {
    return unforced.isEmpty() || attempts.make(forcing);
  }

  private void forceEach() throws IOException {
    for (LogFile file : unforced) {
      file.force();
    }
    unforced.clear();
  }

  /**
   * Has them forced beside this thread if that is due.
   *
   * @param written up to where they have what each home has handed over
   */
  void forceWhenDue(long[] written) {
    if (isDue() && forcer.begin(List.copyOf(unforced), List.copyOf(left), written.clone())) {
      unforced.clear();
      left.clear();
    }
  }

  /** What the disk has refused once is tried again, whatever {@code appendfsync} says by now. */
  private boolean isDue() {
    return forcer.fails() || (observer.everySecond() && !unforced.isEmpty());
  }

  /** For how long nothing has to be forced, if that is to come; else the time given. */
  long nanosUntilDue(long otherwise) {
    return isDue() ? forcer.nanosUntilDue() : otherwise;
  }

  /** Whether the disk has been forced to keep everything. */
  boolean areNone() {
    return unforced.isEmpty() && !forcer.busy() && !forcer.fails();
  }

  /** Whether files are being forced beside this thread; any thread may ask. */
  boolean busy() {
    return forcer.busy();
  }

  /** How often files were due to be forced while that was still going on; any thread may ask. */
  long delayed() {
    return forcer.delayed();
  }

  private void close(LogFile file) {
    try {
      file.close();
    } catch (IOException refused) {
      observer.failed(true, FileFailure.text(refused));
    }
  }

  /** Forces and closes everything, these files too. */
  void end(Set<LogFile> present) {
    forcer.close();
    forceNow();
    present.forEach(this::close);
  }
}
