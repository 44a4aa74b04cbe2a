package io.keyward.engine.builtin.appendonly;

import io.keyward.engine.builtin.propagation.Buffers;
import io.keyward.engine.builtin.propagation.LongArguments;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
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
  /** Bytes that wait, beyond which the loops take no more requests. */
  static final long MOST_WAITING =
      Math.clamp(Runtime.getRuntime().maxMemory() / 32, 1L << 20, 64L << 20);

  /** The same of very long arguments, which take no memory as long as the data has them. */
  private static final long MOST_WAITING_AMONG =
      Math.max(MOST_WAITING, Runtime.getRuntime().maxMemory() / 8);

  /** For so long it is tried again without a word to find memory for what is to be done. */
  private static final long PATIENCE_NANOS = 1_000_000_000;

  private static final long MEMORY_RETRY_NANOS = 10_000_000;

  private static final long ENOUGH_ROOM = MOST_WAITING / 4;
  private static final int ROUND = 4 * 1024 * 1024;
  private static final int STAGE = 256 * 1024;
  private static final long RETRY_NANOS = 100_000_000;
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
  }

  /**
   * What a loop hands over: bytes, with the position where the home's stream ends with them, or
   * another file for what it hands over from now on.
   */
  private static final class Piece {
    final int home;
    final byte[] bytes;
    final int length;
    final long position;
    final @Nullable Buffers buffers;
    final @Nullable LogFile next;
    @Nullable LongPiece among;

    /** How many of the bytes have been staged, by the thread. */
    long staged;

    /** Whether all of it has been written or staged. */
    boolean done;

    Piece(
        int home,
        byte[] bytes,
        int length,
        long position,
        @Nullable Buffers buffers,
        @Nullable LogFile next) {
      this.home = home;
      this.bytes = bytes;
      this.length = length;
      this.position = position;
      this.buffers = buffers;
      this.next = next;
    }
  }

  /** What belongs among the bytes, and what is to be done when it has been written. */
  private record LongPiece(LongArguments arguments, long bytes, Runnable written) {}

  private final Observer observer;
  private final LogFile[] files;
  private final long[] written;
  private final boolean[] touched;
  private final ConcurrentLinkedQueue<Piece> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicLong waitingAmong = new AtomicLong();
  private final ByteBuffer stage = ByteBuffer.allocateDirect(STAGE);
  private @Nullable LogFile staged;

  /** Whether what is staged is being written. */
  private boolean flipped;

  private final Set<LogFile> unforced = new LinkedHashSet<>();
  private final List<LogFile> left = new ArrayList<>();
  private final Forcer forcer;
  private final Thread thread;
  private volatile boolean idle;
  private volatile boolean crowded;
  private volatile boolean closing;
  private boolean writeFails;
  private boolean givenUp;
  private boolean forceFails;

  /** A piece of which a part may have been done. */
  private @Nullable Piece present;

  /** Bytes of that piece that this attempt has gone past. */
  private long passed;

  private boolean lacksMemory;
  private long lackingSince;

  /** A writer for so many homes, each of which begins with this file. */
  LogWriter(int homes, LogFile first, Observer observer) {
    this.observer = observer;
    files = new LogFile[homes];
    Arrays.fill(files, first);
    written = new long[homes];
    touched = new boolean[homes];
    forcer = new Forcer(observer);
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
    add(new Piece(home, bytes, length, position, buffers, null));
    long much = waiting.addAndGet(length);
    if (much > MOST_WAITING) {
      crowded = true;
      return false;
    }
    return true;
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
    Piece piece = new Piece(home, bytes, length, position, null, null);
    long bytesAmong = among.bytes();
    piece.among = new LongPiece(among, bytesAmong, written);
    add(piece);
    waiting.addAndGet(length);
    long much = waitingAmong.addAndGet(bytesAmong);
    if (much > MOST_WAITING_AMONG) {
      crowded = true;
      return false;
    }
    return true;
  }

  /** Lets what a home hands over from here on go to another file. */
  void change(int home, LogFile next, Buffers buffers) {
    add(new Piece(home, new byte[0], 0, 0, buffers, next));
  }

  private void add(Piece piece) {
    queue.add(piece);
    wake();
  }

  private void wake() {
    if (idle) {
      LockSupport.unpark(thread);
    }
  }

  /** Bytes that have been handed over and not been written. */
  long waiting() {
    return waiting.get() + waitingAmong.get();
  }

  /** Whether a thread is forcing files at the moment. */
  boolean forcing() {
    return forcer.busy();
  }

  /** How often files were due to be forced while that was still going on. */
  long delayedForces() {
    return forcer.delayed();
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
    if (tooLong && !writeFails) {
      try {
        observer.failed(false, LogFeed.NO_MEMORY);
        writeFails = true;
      } catch (OutOfMemoryError full) {
        // It is told the next time.
      }
    }
    LockSupport.parkNanos(MEMORY_RETRY_NANOS);
    return true;
  }

  private void hasMemory() {
    if (lacksMemory) {
      writeAgain();
      lacksMemory = false;
    }
  }

  private void writeAgain() {
    if (writeFails) {
      observer.recovered(false);
      writeFails = false;
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
        change(piece.home, next);
      }
      present = null;
    }
    writeStage();
    if (!any) {
      forceWhenDue();
      tellForced();
      tell();
      observer.settled();
      return;
    }
    if (observer.always()) {
      forceNow();
    } else {
      forceWhenDue();
    }
    tellForced();
    tell();
    if (crowded && waiting.get() < ENOUGH_ROOM && waitingAmong.get() < MOST_WAITING_AMONG / 2) {
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
    crowded = false;
    try {
      observer.roomAgain();
    } catch (OutOfMemoryError full) {
      crowded = true;
      throw full;
    }
  }

  /** Returns how many bytes that were. */
  private long write(Piece piece) {
    LogFile file = files[piece.home];
    // First what may find no memory; it is done again then.
    unforced.add(file);
    LongPiece among = piece.among;
    long bytesAmong = among == null ? 0 : among.bytes;
    if (!piece.done) {
      passed = 0;
      if (among == null) {
        stage(file, piece, piece.bytes, 0, piece.length);
      } else {
        writeAmong(file, piece, among);
      }
      piece.done = true;
      written[piece.home] = piece.position;
      touched[piece.home] = true;
      waiting.addAndGet(-piece.length);
      waitingAmong.addAndGet(-bytesAmong);
      Buffers buffers = piece.buffers;
      if (buffers != null) {
        buffers.giveBack(piece.bytes);
      }
    }
    if (among != null) {
      among.written.run();
    }
    return piece.length + bytesAmong;
  }

  private void writeAmong(LogFile file, Piece piece, LongPiece among) {
    among.arguments.write(
        piece.bytes,
        piece.length,
        (array, offset, size) -> stage(file, piece, array, offset, size));
  }

  /** Stages the next part of a piece, but for what of it has been staged before memory ran out. */
  private void stage(LogFile file, Piece piece, byte[] bytes, int offset, int size) {
    int done = Math.clamp(piece.staged - passed, 0, size);
    passed += size;
    while (done < size) {
      if (flipped || staged != file || !stage.hasRemaining()) {
        writeStage();
        staged = file;
      }
      int part = Math.min(size - done, stage.remaining());
      stage.put(bytes, offset + done, part);
      done += part;
      piece.staged += part;
    }
  }

  private void writeStage() {
    LogFile file = staged;
    if (file == null) {
      return;
    }
    if (!flipped) {
      stage.flip();
      flipped = true;
    }
    writeFully(file, stage);
    stage.clear();
    flipped = false;
    staged = null;
  }

  private void writeFully(LogFile file, ByteBuffer bytes) {
    // Nothing may stand behind something that has been written in part.
    while (!givenUp) {
      try {
        file.write(bytes);
        writeAgain();
        return;
      } catch (IOException refused) {
        if (!writeFails) {
          observer.failed(false, reason(refused));
          writeFails = true;
        }
        if (closing) {
          givenUp = true;
        } else {
          LockSupport.parkNanos(RETRY_NANOS);
        }
      }
    }
  }

  private void change(int home, LogFile next) {
    writeStage();
    LogFile former = files[home];
    // If the end of the former file is lost, so is all that this home does later.
    unforced.add(former);
    boolean _ = forceUnforced();
    boolean last = true;
    for (int other = 0; other < files.length; other++) {
      last &= other == home || files[other] != former;
    }
    if (last) {
      left.add(former);
    }
    files[home] = next;
  }

  private void forceNow() {
    if (forceUnforced() && !forcer.busy()) {
      closeLeft();
    }
  }

  /** Forces what has been written until the disk takes it; false if it did not until the end. */
  private boolean forceUnforced() {
    while (!unforced.isEmpty()) {
      try {
        for (LogFile file : unforced) {
          file.force();
        }
        unforced.clear();
        forceAgain();
      } catch (IOException refused) {
        if (!forceFails) {
          observer.failed(true, reason(refused));
          forceFails = true;
        }
        if (closing) {
          return false;
        }
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
    return true;
  }

  private void forceAgain() {
    if (forceFails) {
      observer.recovered(true);
      forceFails = false;
    }
  }

  private void forceWhenDue() {
    if (!forceIsDue()) {
      return;
    }
    if (forcer.begin(List.copyOf(unforced), List.copyOf(left), written.clone())) {
      unforced.clear();
      left.clear();
    }
  }

  /** What the disk has refused once is tried again, whatever {@code appendfsync} says by now. */
  private boolean forceIsDue() {
    return forcer.fails() || (observer.everySecond() && !unforced.isEmpty());
  }

  private void tellForced() {
    if (unforced.isEmpty() && !forcer.busy() && !forcer.fails()) {
      observer.forced(written);
    }
  }

  private void closeLeft() {
    for (LogFile file : left) {
      close(file);
    }
    left.clear();
  }

  private void close(LogFile file) {
    try {
      file.close();
    } catch (IOException refused) {
      observer.failed(true, reason(refused));
    }
  }

  private void tell() {
    for (int home = 0; home < written.length; home++) {
      if (touched[home]) {
        observer.safe(home, written[home]);
        touched[home] = false;
      }
    }
  }

  static String reason(IOException refused) {
    String message = refused.getMessage();
    return message == null ? refused.toString() : message;
  }

  private void rest() {
    long nanos = forceIsDue() ? forcer.nanosUntilDue() : SECOND;
    idle = true;
    if (queue.isEmpty() && !closing) {
      LockSupport.parkNanos(nanos);
    }
    idle = false;
  }

  private void end() {
    forcer.close();
    forceNow();
    new LinkedHashSet<>(Arrays.asList(files)).forEach(this::close);
  }
}
