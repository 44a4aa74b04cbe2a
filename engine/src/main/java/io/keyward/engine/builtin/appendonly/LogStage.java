package io.keyward.engine.builtin.appendonly;

import io.keyward.engine.builtin.appendonly.LogQueue.LongPiece;
import io.keyward.engine.builtin.appendonly.LogQueue.Piece;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where the writer's thread gathers bytes of pieces on their way to one file, so that few and large
 * parts are written.
 */
final class LogStage {
  private static final int SIZE = 256 * 1024;

  private final ByteBuffer stage = ByteBuffer.allocateDirect(SIZE);
  private final DiskAttempts attempts;
  private final DiskAttempts.Attempt writing = this::writeStaged;
  private @Nullable LogFile staged;

  /** Whether what is staged is being written. */
  private boolean flipped;

  /** Nothing may stand behind something that has been written in part. */
  private boolean givenUp;

  /** Bytes that the disk has not taken until the end. */
  private long lost;

  /** Bytes of the present piece that this attempt has gone past. */
  private long passed;

  /** Bytes of pieces that have been staged to their end. */
  private volatile int whole;

  LogStage(DiskAttempts attempts) {
    this.attempts = attempts;
  }

  /** Stages a piece, but for what of it has been staged before memory ran out. */
  void put(Piece piece, LogFile file) {
    passed = 0;
    LongPiece among = piece.among;
    if (among == null) {
      put(piece, file, piece.bytes, 0, piece.length);
    } else {
      among
          .arguments()
          .write(
              piece.bytes,
              piece.length,
              (array, offset, size) -> put(piece, file, array, offset, size));
    }
  }

  private void put(Piece piece, LogFile file, byte[] bytes, int offset, int size) {
    int done = Math.clamp(piece.staged - passed, 0, size);
    passed += size;
    while (done < size) {
      if (flipped || staged != file || !stage.hasRemaining()) {
        write();
        staged = file;
      }
      int part = Math.min(size - done, stage.remaining());
      stage.put(bytes, offset + done, part);
      done += part;
      piece.staged += part;
    }
  }

  /** Says that all of the piece that was put last is staged or written. */
  void hasAll() {
    whole = stage.position();
  }

  /** Bytes of pieces staged to their end that have not been written; any thread may ask. */
  int bytes() {
    return whole;
  }

  /** Bytes that are in no file, since the disk has not taken them until the end. */
  long lost() {
    return lost;
  }

  /** Writes what is staged. */
  void write() {
    if (staged == null) {
      return;
    }
    if (!flipped) {
      stage.flip();
      flipped = true;
    }
    if (!givenUp) {
      givenUp = !attempts.make(writing);
    }
    if (givenUp) {
      lost += stage.remaining();
    }
    stage.clear();
    whole = 0;
    flipped = false;
    staged = null;
  }

  private void writeStaged() throws IOException {
    LogFile file = staged;
    if (file != null) {
      file.write(stage);
    }
  }
}
