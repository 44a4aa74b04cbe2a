package io.keyward.engine.builtin.appendonly;

import io.keyward.engine.builtin.appendonly.LogQueue.Piece;
import io.keyward.engine.builtin.propagation.Buffers;
import io.keyward.engine.builtin.propagation.LongArguments;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The thread that writes what the loops hand over, in the order of each loop.
 *
 * <p>It works in rounds: everything that waits is written, then forced to the disk if {@code
 * appendfsync} is {@code always}, then the loops are told, who answer their clients only then. So
 * the slower the disk, the more replies share one write or fsync. With {@code everysec} another
 * thread forces the files, so that writing goes on meanwhile.
 *
 * <p>When the disk refuses, the bytes are kept and tried again until it takes them. So they are
 * when the thread itself finds no memory: it goes on where it was, and as long as it cannot nobody
 * is told that anything is safe.
 */
final class LogWriter {
  /** For so long it is tried again without a word to find memory for what is to be done. */
  private static final long PATIENCE_NANOS = 1_000_000_000;

  private static final long MEMORY_RETRY_NANOS = 10_000_000;
  private static final int ROUND = 4 * 1024 * 1024;
  private static final long SECOND = 1_000_000_000;

  /** What the writer tells, on its own thread. */
  interface Observer {
    /** Whether replies wait for the disk and not for the system alone. */
    boolean always();

    /** Whether files are forced once a second. */
    boolean everySecond();

    /** What the home of this number has handed over is safe up to a position. */
    void safe(int home, long position);

    /** The disk has been forced to keep what each home has handed over up to its position. */
    void forced(long[] positions);

    /** There is room again for what the loops hand over. */
    void roomAgain();

    /** The disk refuses to take bytes or, when {@code forcing}, to keep those it has taken. */
    void failed(boolean forcing, String reason);

    /** The disk does again what it has refused. */
    void recovered(boolean forcing);

    /** A round is over. */
    void settled();

    /** It has ended, and the disk has not taken so many bytes until then. */
    void lost(long bytes);
  }

  private final Observer observer;
  private final LogFile[] files;
  private final long[] written;
  private final boolean[] touched;
  private final LogQueue queue = new LogQueue();
  private final DiskAttempts writes;
  private final LogStage stage;
  private final UnforcedFiles unforced;
  private final Thread thread;
  private volatile boolean idle;
  private volatile boolean closing;

  /** A piece of which a part may have been done. */
  private @Nullable Piece present;

  private boolean lacksMemory;
  private long lackingSince;

  /** A writer for so many homes, each of which begins with this file. */
  LogWriter(int homes, LogFile first, Observer observer) {
    this.observer = observer;
    files = new LogFile[homes];
    Arrays.fill(files, first);
    written = new long[homes];
    touched = new boolean[homes];
    writes = new DiskAttempts(observer, false, () -> closing);
    stage = new LogStage(writes);
    unforced = new UnforcedFiles(observer, new DiskAttempts(observer, true, () -> closing));
    thread = Thread.ofPlatform().name("keyward-aof").daemon().unstarted(this::run);
    thread.start();
  }

  /* What the loops call. */

  /**
   * Takes bytes of a home's stream.
   *
   * @return false if so much waits that the home should pause
   */
  boolean put(int home, byte[] bytes, int length, long position, Buffers buffers) {
    return add(Piece.of(home, bytes, length, position, buffers));
  }

  /**
   * Takes bytes with very long arguments among them, which the data has too and which therefore may
   * be more.
   *
   * @param written is done when they have been written
   * @return false if so much waits that the home should pause
   */
  boolean put(
      int home, byte[] bytes, int length, LongArguments among, long position, Runnable written) {
    return add(Piece.of(home, bytes, length, among, position, written));
  }

  /** Lets what a home hands over from here on go to another file. */
  void change(int home, LogFile next) {
    boolean _ = add(Piece.change(home, next));
  }

  private boolean add(Piece piece) {
    boolean room = queue.add(piece);
    wake();
    return room;
  }

  private void wake() {
    if (idle) {
      LockSupport.unpark(thread);
    }
  }

  /** Bytes that have been handed over and not been written. */
  long waiting() {
    return queue.bytes() + stage.bytes();
  }

  /** Whether a thread is forcing files at the moment. */
  boolean forcing() {
    return unforced.busy();
  }

  /** How often files were due to be forced while that was still going on. */
  long delayedForces() {
    return unforced.delayed();
  }

  /** Writes and forces everything that has been handed over, and ends; waits until it has. */
  void close() throws InterruptedException {
    closing = true;
    LockSupport.unpark(thread);
    thread.join();
  }

  /* The thread. */

  private void run() {
    boolean goesOn = true;
    while (goesOn) {
      try {
        goesOn = workOnce();
      } catch (OutOfMemoryError full) {
        goesOn = waitForMemory();
      }
    }
  }

  /** Returns false when everything is done for good. */
  private boolean workOnce() {
    round();
    hasMemory();
    if (!closing && queue.isEmpty()) {
      rest();
    }
    if (closing && queue.isEmpty() && present == null) {
      end();
      return false;
    }
    return true;
  }

  /** Returns false if there has been none for long and it is the end. */
  private boolean waitForMemory() {
    long now = System.nanoTime();
    if (!lacksMemory) {
      lacksMemory = true;
      lackingSince = now;
    }
    boolean tooLong = now - lackingSince > PATIENCE_NANOS;
    if (tooLong && closing) {
      return false;
    }
    if (tooLong) {
      try {
        writes.failed(LogFeed.NO_MEMORY);
      } catch (OutOfMemoryError full) {
        // It is told the next time.
      }
    }
    LockSupport.parkNanos(MEMORY_RETRY_NANOS);
    return true;
  }

  private void hasMemory() {
    if (lacksMemory) {
      writes.succeeded();
      lacksMemory = false;
    }
  }

  /** Writes what waits, but not much more than {@link #ROUND} at once. */
  private void round() {
    long taken = 0;
    boolean any = false;
    for (Piece piece = next(); piece != null; piece = taken < ROUND ? next() : null) {
      any = true;
      LogFile next = piece.next;
      if (next == null) {
        taken += write(piece);
      } else {
        goOnIn(piece.home, next);
      }
      present = null;
    }
    stage.write();
    if (any && observer.always()) {
      unforced.forceNow();
    } else {
      unforced.forceWhenDue(written);
    }
    if (unforced.areNone()) {
      observer.forced(written);
    }
    tell();
    // Also when nothing was left to write: the last round may have found no memory to tell it.
    if (queue.hasRoomAgain()) {
      tellOfRoom();
    }
    observer.settled();
  }

  /** The piece of which a part has been done, or the next one. */
  private @Nullable Piece next() {
    if (present == null) {
      present = queue.poll();
    }
    return present;
  }

  private void tellOfRoom() {
    // Before it is told: whoever finds the queue crowded afterwards is told again.
    queue.crowded(false);
    try {
      observer.roomAgain();
    } catch (OutOfMemoryError full) {
      queue.crowded(true);
      throw full;
    }
  }

  /** Returns how many bytes that were. */
  private long write(Piece piece) {
    LogFile file = files[piece.home];
    // First what may find no memory; it is done again then.
    unforced.add(file);
    if (!piece.done) {
      stage.put(piece, file);
      piece.done = true;
      written[piece.home] = piece.position;
      touched[piece.home] = true;
      queue.written(piece);
      stage.hasAll();
      Buffers buffers = piece.buffers;
      if (buffers != null) {
        buffers.giveBack(piece.bytes);
      }
    }
    if (piece.among != null) {
      piece.among.written().run();
    }
    return piece.size();
  }

  private void goOnIn(int home, LogFile next) {
    LogFile former = files[home];
    if (former == next) {
      // A log that is switched on begins with the file that its first base goes before.
      return;
    }
    stage.write();
    // If the end of the former file is lost, so is all that this home does later.
    unforced.add(former);
    boolean _ = unforced.forceAll();
    boolean last = true;
    for (int other = 0; other < files.length; other++) {
      last &= other == home || files[other] != former;
    }
    if (last) {
      unforced.leave(former);
    }
    files[home] = next;
  }

  private void tell() {
    for (int home = 0; home < written.length; home++) {
      if (touched[home]) {
        observer.safe(home, written[home]);
        touched[home] = false;
      }
    }
  }

  private void rest() {
    long nanos = unforced.nanosUntilDue(SECOND);
    idle = true;
    // Who has found the queue crowded when all in it had been written is still to be told.
    if (queue.isEmpty() && !closing && !queue.crowded()) {
      LockSupport.parkNanos(nanos);
    }
    idle = false;
  }

  private void end() {
    unforced.end(new LinkedHashSet<>(Arrays.asList(files)));
    if (stage.lost() > 0) {
      observer.lost(stage.lost());
    }
  }
}
