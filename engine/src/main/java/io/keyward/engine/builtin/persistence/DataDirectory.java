package io.keyward.engine.builtin.persistence;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The folder of the data files, which belongs to one process at a time.
 *
 * <p>A lock on the file {@value #LOCK} in it says that it is taken; the system gives the lock back
 * when the process ends, however it ends.
 */
public final class DataDirectory implements AutoCloseable {
  private static final String LOCK = "keyward.lock";

  private final Path path;
  private final FileChannel channel;

  private DataDirectory(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Takes a folder, which is made if it is not there.
   *
   * @throws IOException if it cannot be, or another process has it; the message says what to do
   */
  public static DataDirectory take(Path path) throws IOException {
    FileChannel channel = null;
    try {
      Files.createDirectories(path);
      channel =
          FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (lock(channel) == null) {
        throw new IOException(
            "another gateway has the folder " + path + "; stop it, or give each its own dir");
      }
      return new DataDirectory(path, channel);
    } catch (FileSystemException unusable) {
      String reason = unusable.getReason();
      throw new IOException(
          "the folder %s of the data files cannot be used: %s. Give --dir a folder that the gateway"
                  .formatted(path, reason == null ? kind(unusable) : reason)
              + " may write in, or keep the data in memory alone: --appendonly no --save \"\"",
          unusable);
    } catch (IOException failed) {
      if (channel != null) {
        channel.close();
      }
      throw failed;
    }
  }

  private static String kind(FileSystemException failure) {
    return switch (failure) {
      case AccessDeniedException _ -> "it may not be written";
      case FileAlreadyExistsException _ -> "it is no folder";
      default -> failure.getClass().getSimpleName();
    };
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException withinThisProcess) {
      return null;
    }
  }

  public Path path() {
    return path;
  }

  /** Gives the folder back. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
