package io.keyward.engine.builtin.appendonly;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** An increment that is being written, by the writer's thread alone. */
final class LogFile {
  private final Path path;
  private final FileChannel channel;
  private final ForceTimes forceTimes;
  private volatile long size;

  private LogFile(Path path, FileChannel channel, ForceTimes forceTimes) throws IOException {
    this.path = path;
    this.channel = channel;
    this.forceTimes = forceTimes;
    size = channel.size();
    channel.position(size);
  }

  /** Opens a file to write on behind what it holds. */
  static LogFile open(Path path, ForceTimes forceTimes) throws IOException {
    return new LogFile(
        path,
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE),
        forceTimes);
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
      int written = channel.write(bytes);
      long before = size;
      size = before + written;
    }
  }

  /** Forces what has been written to the disk; any thread may call. */
  void force() throws IOException {
    long began = System.nanoTime();
    channel.force(false);
    forceTimes.record(System.nanoTime() - began);
  }

  void close() throws IOException {
    channel.close();
  }
}
