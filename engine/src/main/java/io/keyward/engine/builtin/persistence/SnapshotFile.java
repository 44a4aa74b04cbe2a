package io.keyward.engine.builtin.persistence;

import io.keyward.engine.builtin.disk.Disk;
import io.keyward.engine.builtin.disk.DiskFile;
import io.keyward.engine.builtin.rdb.Crc64;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.rdb.RdbType;
import io.keyward.engine.builtin.snapshot.SnapshotSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * A snapshot on its way to disk, on a thread of its own: a file of another name, which takes the
 * right one when all of it is safe.
 */
final class SnapshotFile implements SnapshotSink {
  private static final long ENOUGH_PENDING =
      Math.clamp(Runtime.getRuntime().maxMemory() / 64, 1 << 20, 4 << 20);

  private static final String GIVEN_UP =
      "it was given up, since there was no memory for it, or nobody wants it any more";

  /**
   * After so many bytes the file is forced, as in Redis: much that is forced at once holds up what
   * is written to other files of the disk meanwhile.
   */
  private static final long FORCE_BYTES = 4 << 20;

  /** Bytes to be written; none at the end. */
  private static final class Piece {
    final byte[] bytes;
    final int length;

    Piece(byte[] bytes, int length) {
      this.bytes = bytes;
      this.length = length;
    }
  }

  private static final Piece LAST = new Piece(new byte[0], 0);
  private static final long WAIT_MILLIS = 100;

  private final LinkedBlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
  private final ConcurrentLinkedQueue<byte[]> written = new ConcurrentLinkedQueue<>();
  private final AtomicLong pending = new AtomicLong();
  private final Disk disk;
  private final boolean checksum;
  private final BooleanSupplier wanted;
  private volatile boolean failed;
  private volatile boolean allTaken;
  private final CountDownLatch ended = new CountDownLatch(1);
  private long sum;
  private long size;
  private long unforced;

  SnapshotFile(Disk disk, boolean checksum, BooleanSupplier wanted) {
    this.disk = disk;
    this.checksum = checksum;
    this.wanted = wanted;
  }

  @Override
  public void take(byte[] bytes, int length) {
    if (!failed && length > 0) {
      try {
        pieces.add(new Piece(bytes, length));
      } catch (OutOfMemoryError full) {
        // A part is missing.
        failed = true;
        throw full;
      }
      pending.addAndGet(length);
    }
  }

  @Override
  public byte[] array(int length) {
    byte[] former = written.poll();
    return former != null && former.length == length ? former : new byte[length];
  }

  @Override
  public boolean ready() {
    return pending.get() < ENOUGH_PENDING;
  }

  @Override
  public boolean lost() {
    return failed;
  }

  /** Says that all pieces have been taken, or will never come if it has been given up. */
  void complete() {
    allTaken = true;
    ended.countDown();
    pieces.add(LAST);
  }

  @Override
  public void giveUp() {
    failed = true;
  }

  /** Waits until nobody walks over keyspaces for this file any more. */
  void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /**
   * Writes what is taken, until all of it has been, and lets the file take its name.
   *
   * @return the size of the file
   * @throws IOException if it cannot be written; what has been written is removed
   */
  long write(Path folder, String name) throws IOException, InterruptedException {
    Path target = folder.resolve(name);
    Path temporary = folder.resolve("temp-" + ProcessHandle.current().pid() + "-" + name);
    try {
      disk.delete(temporary);
      try (DiskFile file = disk.open(temporary)) {
        drain(file);
        file.force();
      }
      if (failed) {
        throw new IOException(GIVEN_UP);
      }
      disk.replace(temporary, target);
      return size;
    } catch (IOException | InterruptedException | RuntimeException | OutOfMemoryError broken) {
      failed = true;
      pending.set(0);
      pieces.clear();
      disk.delete(temporary);
      throw broken;
    }
  }

  private void drain(DiskFile file) throws IOException, InterruptedException {
    for (Piece piece = next(); piece.length > 0; piece = next()) {
      write(file, piece.bytes, piece.length);
      written.add(piece.bytes);
      pending.addAndGet(-piece.length);
    }
    RdbOutput end = new RdbOutput(16, RdbType.VERSION, false);
    end.writeByte(RdbType.END);
    sum = Crc64.update(sum, end.bytes(), 0, 1);
    end.writeLong(checksum ? sum : 0);
    writeFully(file, end.bytes(), end.length());
  }

  /** The next piece, or the last one. */
  private Piece next() throws IOException, InterruptedException {
    while (true) {
      Piece piece = pieces.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS);
      if (failed || !wanted.getAsBoolean()) {
        throw new IOException(GIVEN_UP);
      }
      if (piece != null) {
        return piece;
      }
      if (allTaken && pieces.isEmpty()) {
        return LAST;
      }
    }
  }

  private void write(DiskFile file, byte[] bytes, int length) throws IOException {
    if (checksum) {
      sum = Crc64.update(sum, bytes, 0, length);
    }
    writeFully(file, bytes, length);
    unforced += length;
    if (unforced >= FORCE_BYTES) {
      file.force();
      unforced = 0;
    }
  }

  private void writeFully(DiskFile file, byte[] bytes, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
    while (buffer.hasRemaining()) {
      size += file.write(buffer);
    }
  }
}
