package io.keyward.gateway.server;

import io.keyward.engine.builtin.disk.Disk;
import io.keyward.engine.builtin.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** A disk that refuses, or takes its time for, as long as it is told to, what the system's may. */
final class FailingDisk implements Disk {
  /** What may fail. */
  enum Fault {
    /** ENOSPC: what is written fits in half, then not at all. */
    FULL,
    /** EIO from fsync. */
    FORCE,
    /** There is no memory for what is to be done, when half of it has been written. */
    MEMORY,
    /** EROFS: names can be neither made nor changed. */
    NAMES,
    /** The code has a defect that shows before anything is written. */
    DEFECT_AT_OPENING,
    /** The code has a defect that shows when all is written. */
    DEFECT_AT_NAMING
  }

  private final Set<Fault> faults = EnumSet.noneOf(Fault.class);
  private final Set<Fault> untilRefusal = EnumSet.noneOf(Fault.class);
  private int allowed = Integer.MAX_VALUE;
  private int held;
  private final AtomicInteger refusals = new AtomicInteger();

  /** How often something was not written. */
  int refusals() {
    return refusals.get();
  }

  synchronized void begin(Fault fault) {
    faults.add(fault);
  }

  /** Lets it fail until something has been refused, so that no more than that is. */
  synchronized void beginForOneRefusal(Fault fault) {
    faults.add(fault);
    untilRefusal.add(fault);
  }

  private synchronized void refused(Fault fault) {
    refusals.incrementAndGet();
    if (untilRefusal.remove(fault)) {
      faults.remove(fault);
    }
  }

  synchronized void end(Fault fault) {
    faults.remove(fault);
  }

  private synchronized boolean has(Fault fault) {
    return faults.contains(fault);
  }

  /** Lets so many fsyncs be done from now on, and those behind them wait. */
  synchronized void holdForcesAfter(int many) {
    allowed = many;
    notifyAll();
  }

  /** Lets no fsync wait any more. */
  void releaseForces() {
    holdForcesAfter(Integer.MAX_VALUE);
  }

  /** Returns when all that are allowed have been done and another fsync waits. */
  synchronized void awaitHeldForce() throws InterruptedException {
    while (held == 0 || allowed > 0) {
      wait();
    }
  }

  private synchronized void mayForce() throws IOException {
    held++;
    notifyAll();
    try {
      while (allowed == 0) {
        wait();
      }
      allowed--;
    } catch (InterruptedException stopped) {
      throw new IOException(stopped);
    } finally {
      held--;
    }
    if (faults.contains(Fault.FORCE)) {
      throw new IOException("Input/output error");
    }
  }

  private void beDefective(Fault where) {
    if (has(where)) {
      refused(where);
      throw new IllegalStateException("as if");
    }
  }

  private void mayName(Path file) throws IOException {
    if (has(Fault.NAMES)) {
      throw new FileSystemException(file.toString(), null, "Read-only file system");
    }
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    mayName(file);
    beDefective(Fault.DEFECT_AT_OPENING);
    DiskFile real = Disk.REAL.open(file);
    return new DiskFile() {
      private boolean half;

      @Override
      public long size() throws IOException {
        return real.size();
      }

      @Override
      public int write(ByteBuffer bytes) throws IOException {
        boolean memory = has(Fault.MEMORY);
        if (!memory && !has(Fault.FULL)) {
          half = false;
          return real.write(bytes);
        }
        int fits = bytes.remaining() / 2;
        if (half || fits == 0) {
          refused(memory ? Fault.MEMORY : Fault.FULL);
          if (memory) {
            throw new OutOfMemoryError("as if");
          }
          throw new IOException("No space left on device");
        }
        half = true;
        int written = real.write(bytes.slice(bytes.position(), fits));
        bytes.position(bytes.position() + written);
        return written;
      }

      @Override
      public void force() throws IOException {
        if (has(Fault.MEMORY)) {
          refused(Fault.MEMORY);
          throw new OutOfMemoryError("as if");
        }
        mayForce();
        real.force();
      }

      @Override
      public void close() throws IOException {
        real.close();
      }
    };
  }

  @Override
  public void replace(Path from, Path to) throws IOException {
    mayName(to);
    beDefective(Fault.DEFECT_AT_NAMING);
    Disk.REAL.replace(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    mayName(file);
    Disk.REAL.delete(file);
  }

  @Override
  public void makeFolder(Path folder) throws IOException {
    Disk.REAL.makeFolder(folder);
  }
}
