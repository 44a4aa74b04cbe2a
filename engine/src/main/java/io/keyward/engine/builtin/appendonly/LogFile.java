package io.keyward.engine.builtin.appendonly;

import io.keyward.engine.builtin.disk.Disk;
import io.keyward.engine.builtin.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** An increment that is being written, by the writer's thread alone. */
final class LogFile {
  private final Path path;
  private final DiskFile file;
  private final ForceTimes forceTimes;
  private volatile long size;

  private LogFile(Path path, DiskFile file, ForceTimes forceTimes) throws IOException {
    this.path = path;
    this.file = file;
    this.forceTimes = forceTimes;
    size = file.size();
  }

  /** Opens a file to write on behind what it holds. */
  static LogFile open(Path path, Disk disk, ForceTimes forceTimes) throws IOException {
    return new LogFile(path, disk.open(path), forceTimes);
  }

  Path path() {
    return path;
  }

  /** Bytes in the file; any thread may ask. */
  long size() {
    return size;
  }

  /** Writes everything that is left in the buffer; after an error some of it may be written. */
  void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int written = file.write(bytes);
      long before = size;
      size = before + written;
    }
  }

  /** Forces what has been written to the disk; any thread may call. */
  void force() throws IOException {
    long began = System.nanoTime();
    file.force();
    forceTimes.record(System.nanoTime() - began);
  }

  void close() throws IOException {
    file.close();
  }
}
