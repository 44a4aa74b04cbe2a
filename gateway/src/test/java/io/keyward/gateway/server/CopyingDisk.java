package io.keyward.gateway.server;

import io.keyward.engine.builtin.disk.Disk;
import io.keyward.engine.builtin.disk.DiskFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A disk of which copies are kept as it was before and after each thing done to it: as a killed
 * process leaves it, with all that has been written, and, if that is something else, as a failure
 * of power leaves it at worst, with no more of a file than was forced.
 *
 * <p>Of what is done again and again to one file, the first time is copied.
 *
 * @param <P> what is promised at a moment
 */
final class CopyingDisk<P> implements Disk {
  private static final int MOST_ALIKE = 1;

  /**
   * The folder as it was.
   *
   * @param step what was about to be done or had been done
   * @param promised what had been promised by then
   */
  record Copy<P>(String step, Path folder, P promised) {
    private static final String POWER_LOST = ", power lost";

    boolean powerLost() {
      return step.endsWith(POWER_LOST);
    }
  }

  private final Path folder;
  private final Path copies;
  private final Supplier<P> promises;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Path, AtomicLong> forced = new HashMap<>();
  private final Map<String, Integer> seen = new HashMap<>();
  private final List<Copy<P>> taken = new ArrayList<>();

  CopyingDisk(Path folder, Path copies, Supplier<P> promises) {
    this.folder = folder;
    this.copies = copies;
    this.promises = promises;
  }

  /** The copies so far. */
  List<Copy<P>> taken() {
    lock.lock();
    try {
      return List.copyOf(taken);
    } finally {
      lock.unlock();
    }
  }

  private interface Step<T> {
    T run() throws IOException;
  }

  private <T> T doing(String step, Step<T> change) throws IOException {
    lock.lock();
    try {
      boolean copied = seen.merge(step, 1, Integer::sum) <= MOST_ALIKE;
      if (copied) {
        copy("before " + step);
      }
      T result = change.run();
      if (copied) {
        copy("after " + step);
      }
      return result;
    } finally {
      lock.unlock();
    }
  }

  private void copy(String step) throws IOException {
    P promised = promises.get();
    for (boolean power : unforced() ? new boolean[] {false, true} : new boolean[] {false}) {
      Path target = copies.resolve(Integer.toString(taken.size()));
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.toList()) {
          Path to = target.resolve(folder.relativize(file).toString());
          if (Files.isDirectory(file)) {
            Files.createDirectories(to);
          } else {
            Files.copy(file, to);
            if (power && forced.containsKey(file)) {
              cut(to, forced.get(file).get());
            }
          }
        }
      }
      taken.add(new Copy<>(step + (power ? Copy.POWER_LOST : ", killed"), target, promised));
    }
  }

  private boolean unforced() throws IOException {
    for (Map.Entry<Path, AtomicLong> file : forced.entrySet()) {
      if (Files.size(file.getKey()) > file.getValue().get()) {
        return true;
      }
    }
    return false;
  }

  private static void cut(Path file, long length) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(Math.min(open.length(), length));
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString().replaceAll("temp-[a-z-]*[0-9]+", "temp-N");
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    return doing(
        "open " + name(file),
        () -> {
          DiskFile opened = Disk.REAL.open(file);
          AtomicLong length = new AtomicLong(opened.size());
          forced.put(file, length);
          return new Watched(file, opened, length);
        });
  }

  @Override
  public void replace(Path from, Path to) throws IOException {
    doing(
        "replace " + name(to),
        () -> {
          Disk.REAL.replace(from, to);
          AtomicLong length = forced.remove(from);
          if (length != null) {
            forced.put(to, length);
          }
          return true;
        });
  }

  @Override
  public void delete(Path file) throws IOException {
    if (Files.exists(file)) {
      doing(
          "delete " + name(file),
          () -> {
            Disk.REAL.delete(file);
            forced.remove(file);
            return true;
          });
    }
  }

  @Override
  public void makeFolder(Path made) throws IOException {
    if (!Files.exists(made)) {
      doing(
          "make " + name(made),
          () -> {
            Disk.REAL.makeFolder(made);
            return true;
          });
    }
  }

  private final class Watched implements DiskFile {
    private final Path file;
    private final DiskFile real;
    private final AtomicLong forcedLength;

    Watched(Path file, DiskFile real, AtomicLong forcedLength) {
      this.file = file;
      this.real = real;
      this.forcedLength = forcedLength;
    }

    @Override
    public long size() throws IOException {
      return real.size();
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      // Torn in the middle, as a disk may leave it that takes the first half alone.
      int half = Math.max(1, bytes.remaining() / 2);
      ByteBuffer part = bytes.slice(bytes.position(), half);
      int written = doing("write " + name(file), () -> real.write(part));
      bytes.position(bytes.position() + written);
      return written;
    }

    @Override
    public void force() throws IOException {
      doing(
          "force " + name(file),
          () -> {
            long size = real.size();
            real.force();
            forcedLength.set(size);
            return true;
          });
    }

    @Override
    public void close() throws IOException {
      real.close();
    }
  }
}
