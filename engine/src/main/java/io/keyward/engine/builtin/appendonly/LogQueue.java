package io.keyward.engine.builtin.appendonly;

import io.keyward.engine.builtin.propagation.Buffers;
import io.keyward.engine.builtin.propagation.LongArguments;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the loops have handed over and the writer's thread has not written yet, in the order of each
 * loop, and how much memory it takes.
 */
final class LogQueue {
  /** Bytes that wait, beyond which the loops take no more requests. */
  private static final long MOST_WAITING =
      Math.clamp(Runtime.getRuntime().maxMemory() / 32, 1L << 20, 64L << 20);

  /** The same of very long arguments, which take no memory as long as the data has them. */
  private static final long MOST_WAITING_AMONG =
      Math.max(MOST_WAITING, Runtime.getRuntime().maxMemory() / 8);

  private static final long ENOUGH_ROOM = MOST_WAITING / 4;
  private static final long ENOUGH_ROOM_AMONG = MOST_WAITING_AMONG / 2;

  /**
   * What a loop hands over: bytes, with the position where the home's stream ends with them, or
   * another file for what it hands over from now on.
   */
  static final class Piece {
    final int home;
    final byte[] bytes;
    final int length;
    final long position;
    final @Nullable Buffers buffers;
    final @Nullable LogFile next;
    final @Nullable LongPiece among;

    /** How many of the bytes have been staged, by the thread. */
    long staged;

    /** Whether all of it has been written or staged. */
    boolean done;

    private Piece(
        int home,
        byte[] bytes,
        int length,
        long position,
        @Nullable Buffers buffers,
        @Nullable LogFile next,
        @Nullable LongPiece among) {
      this.home = home;
      this.bytes = bytes;
      this.length = length;
      this.position = position;
      this.buffers = buffers;
      this.next = next;
      this.among = among;
    }

    /** Bytes in an array that goes back to {@code buffers} when they have been staged. */
    static Piece of(int home, byte[] bytes, int length, long position, Buffers buffers) {
      return new Piece(home, bytes, length, position, buffers, null, null);
    }

    /**
     * Bytes with very long arguments among them.
     *
     * @param written is done when they have been written
     */
    static Piece of(
        int home, byte[] bytes, int length, LongArguments among, long position, Runnable written) {
      LongPiece arguments = new LongPiece(among, among.bytes(), written);
      return new Piece(home, bytes, length, position, null, null, arguments);
    }

    /** Another file for what the home hands over behind this. */
    static Piece change(int home, LogFile next) {
      return new Piece(home, new byte[0], 0, 0, null, next, null);
    }

    private long bytesAmong() {
      return among == null ? 0 : among.bytes;
    }

    /** How many bytes that are. */
    long size() {
      return length + bytesAmong();
    }
  }

  /** What belongs among the bytes, and what is to be done when it has been written. */
  record LongPiece(LongArguments arguments, long bytes, Runnable written) {}

  private final ConcurrentLinkedQueue<Piece> pieces = new ConcurrentLinkedQueue<>();
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicLong waitingAmong = new AtomicLong();
  private volatile boolean crowded;

  /**
   * Takes a piece from a loop.
   *
   * @return false if so much waits that its home should pause
   */
  boolean add(Piece piece) {
    pieces.add(piece);
    long much = waiting.addAndGet(piece.length);
    boolean room = much <= MOST_WAITING;
    if (piece.among != null) {
      room &= waitingAmong.addAndGet(piece.among.bytes) <= MOST_WAITING_AMONG;
    }
    if (!room) {
      crowded = true;
    }
    return room;
  }

  /** The next piece, which still counts until it is {@link #written}; null if there is none. */
  @Nullable Piece poll() {
    return pieces.poll();
  }

  boolean isEmpty() {
    return pieces.isEmpty();
  }

  /** Counts a piece no longer. */
  void written(Piece piece) {
    waiting.addAndGet(-piece.length);
    waitingAmong.addAndGet(-piece.bytesAmong());
  }

  /** Whether loops have been told to pause and need no longer. */
  boolean hasRoomAgain() {
    return crowded && waiting.get() < ENOUGH_ROOM && waitingAmong.get() < ENOUGH_ROOM_AMONG;
  }

  /** Whether somebody has been told to pause and not yet that there is room again. */
  boolean crowded() {
    return crowded;
  }

  /** Whether there is a loop that has been told to pause and not to go on. */
  void crowded(boolean pausing) {
    crowded = pausing;
  }

  /** Bytes that have been handed over and not been written; any thread may ask. */
  long bytes() {
    return waiting.get() + waitingAmong.get();
  }
}
