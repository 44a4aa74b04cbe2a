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
 * <p>When the disk refuses, the bytes are kept and tried again until it takes them.
 */
final class LogWriter {
  /** Bytes that wait, beyond which the loops take no more requests. */
  static final long MOST_WAITING = 64L * 1024 * 1024;

  /** The same of very long arguments, which take no memory as long as the data has them. */
  private static final long MOST_WAITING_AMONG =
      Math.max(MOST_WAITING, Runtime.getRuntime().maxMemory() / 8);

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
  private record LongPiece(LongArguments arguments, Runnable written) {}

  private final Observer observer;
  private final LogFile[] files;
  private final long[] written;
  private final boolean[] touched;
  private final ConcurrentLinkedQueue<Piece> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicLong waitingAmong = new AtomicLong();
  private final ByteBuffer stage = ByteBuffer.allocateDirect(STAGE);
  private @Nullable LogFile staged;
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
    long much = waiting.addAndGet(length);
    queue.add(new Piece(home, bytes, length, position, buffers, null));
    wake();
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
    piece.among = new LongPiece(among, written);
    waiting.addAndGet(length);
    long much = waitingAmong.addAndGet(among.bytes());
    queue.add(piece);
    wake();
    if (much > MOST_WAITING_AMONG) {
      crowded = true;
      return false;
    }
    return true;
  }

  /** Lets what a home hands over from here on go to another file. */
  void change(int home, LogFile next, Buffers buffers) {
    queue.add(new Piece(home, new byte[0], 0, 0, buffers, next));
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
    while (true) {
      round();
      if (closing && queue.isEmpty()) {
        end();
        return;
      }
      if (queue.isEmpty()) {
        rest();
      }
    }
  }

  /** Writes what waits, but not much more than {@link #ROUND} at once. */
  private void round() {
    long taken = 0;
    boolean any = false;
    for (Piece piece = queue.poll(); piece != null; piece = taken < ROUND ? queue.poll() : null) {
      any = true;
      LogFile next = piece.next;
      if (next == null) {
        taken += write(piece);
      } else {
        change(piece.home, next);
      }
    }
    if (!any) {
      forceWhenDue();
      tellForced();
      return;
    }
    writeStage();
    if (observer.always()) {
      forceNow();
    } else {
      forceWhenDue();
    }
    tellForced();
    tell();
    if (crowded && waiting.get() < ENOUGH_ROOM && waitingAmong.get() < MOST_WAITING_AMONG / 2) {
      crowded = false;
      observer.roomAgain();
    }
    observer.settled();
  }

  /** Returns how many bytes that were. */
  private long write(Piece piece) {
    LogFile file = files[piece.home];
    LongPiece among = piece.among;
    long bytesAmong = among == null ? 0 : writeAmong(file, piece, among);
    if (among == null) {
      writeShort(file, piece);
    }
    unforced.add(file);
    written[piece.home] = piece.position;
    touched[piece.home] = true;
    waiting.addAndGet(-piece.length);
    return piece.length + bytesAmong;
  }

  private long writeAmong(LogFile file, Piece piece, LongPiece among) {
    writeStage();
    long bytes = among.arguments().bytes();
    among
        .arguments()
        .write(
            piece.bytes,
            piece.length,
            (array, offset, size) -> writeFully(file, ByteBuffer.wrap(array, offset, size)));
    waitingAmong.addAndGet(-bytes);
    among.written().run();
    return bytes;
  }

  private void writeShort(LogFile file, Piece piece) {
    if (staged != file || stage.remaining() < piece.length) {
      writeStage();
      staged = file;
    }
    if (piece.length > stage.remaining()) {
      writeFully(file, ByteBuffer.wrap(piece.bytes, 0, piece.length));
    } else {
      stage.put(piece.bytes, 0, piece.length);
    }
    Buffers buffers = piece.buffers;
    if (buffers != null) {
      buffers.giveBack(piece.bytes);
    }
  }

  private void writeStage() {
    LogFile file = staged;
    if (file != null && stage.position() > 0) {
      stage.flip();
      writeFully(file, stage);
    }
    stage.clear();
    staged = null;
  }

  private void writeFully(LogFile file, ByteBuffer bytes) {
    // Nothing may stand behind something that has been written in part.
    while (!givenUp) {
      try {
        file.write(bytes);
        if (writeFails) {
          writeFails = false;
          observer.recovered(false);
        }
        return;
      } catch (IOException refused) {
        if (!writeFails) {
          writeFails = true;
          observer.failed(false, reason(refused));
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
    forceUnforced();
    files[home] = next;
    if (!Arrays.asList(files).contains(former)) {
      left.add(former);
    }
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
        if (forceFails) {
          forceFails = false;
          observer.recovered(true);
        }
      } catch (IOException refused) {
        if (!forceFails) {
          forceFails = true;
          observer.failed(true, reason(refused));
        }
        if (closing) {
          return false;
        }
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
    return true;
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
        touched[home] = false;
        observer.safe(home, written[home]);
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
