package io.keyward.engine.builtin.persistence;

import io.keyward.config.file.OwnFile;
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
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The folder of the data files, which belongs to one process at a time.
 *
 * <p>A lock on the file {@link OwnFile#LOCK} in it says that it is taken; the system gives the lock
 * back when the process ends, however it ends.
 */
public final class DataDirectory implements AutoCloseable {
  private static final String LOCK = OwnFile.LOCK.fileName();

  private final Path path;
  private final FileChannel channel;

  /** What the file system calls the lock's file, if it has names for files beside their paths. */
  private final @Nullable Object key;

  private DataDirectory(Path path, FileChannel channel, @Nullable Object key) {
    this.path = path;
    this.channel = channel;
    this.key = key;
  }

  /**
   * Takes a folder, which is made if it is not there.
   *
   * @throws IOException if it cannot be, or another process has it; the message says what to do
   */
  public static DataDirectory take(Path path) throws IOException {
    FileChannel channel = null;
    DataDirectory taken = null;
    try {
      Files.createDirectories(path);
      channel =
          FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (lock(channel) == null) {
        throw new IOException(
            "another gateway has the folder " + path + "; stop it, or give each its own dir");
      }
      taken = new DataDirectory(path, channel, key(path));
      return taken;
    } catch (FileSystemException unusable) {
      String reason = unusable.getReason();
      throw new IOException(
          "the folder %s of the data files cannot be used: %s. Give --dir a folder that the gateway"
                  .formatted(path, reason == null ? kind(unusable) : reason)
              + " may write in, or keep the data in memory alone: --appendonly no --save \"\""
              + " --dbfilename \"\"",
          unusable);
    } finally {
      if (taken == null && channel != null) {
        channel.close();
      }
    }
  }

  private static @Nullable Object key(Path folder) throws IOException {
    return Files.readAttributes(folder.resolve(LOCK), BasicFileAttributes.class).fileKey();
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

  /**
   * Whether the lock stands where it was taken: if the folder has been deleted or moved, or the
   * file in it, others may have taken what is there now.
   */
  boolean isThere() {
    try {
      return Objects.equals(key, key(path));
    } catch (IOException gone) {
      return false;
    }
  }

  /** Gives the folder back. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
