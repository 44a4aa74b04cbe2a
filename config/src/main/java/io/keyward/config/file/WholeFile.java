package io.keyward.config.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * A file that is replaced as a whole: after a crash, of the process or of the machine, the former
 * content stands there or the new one.
 *
 * <p>The content is written beside the file, forced to the disk, and moved into the file's place;
 * then the folder is forced, which holds the name. Every method waits for the disk: not for an
 * event loop.
 */
public final class WholeFile {
  private WholeFile() {}

  /**
   * Replaces a file; whoever might read the former one may read the new one, and one that was not
   * there is for its owner alone.
   */
  public static void replace(Path file, byte[] content) throws IOException {
    write(file, content, Files.exists(file));
  }

  /** Replaces a file that only its owner may read, whatever was allowed of the former one. */
  public static void replaceSecret(Path file, byte[] content) throws IOException {
    write(file, content, false);
  }

  private static void write(Path file, byte[] content, boolean asBefore) throws IOException {
    Path target = file.toAbsolutePath();
    Path folder = Objects.requireNonNull(target.getParent(), "a file stands in a folder");
    Path fresh = Files.createTempFile(folder, file.getFileName() + ".", ".new");
    try {
      Files.write(fresh, content);
      if (asBefore && Files.getFileStore(target).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(fresh, Files.getPosixFilePermissions(target));
      }
      force(fresh, StandardOpenOption.WRITE);
      Files.move(
          fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      force(folder, StandardOpenOption.READ);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static void force(Path path, StandardOpenOption how) throws IOException {
    try (FileChannel channel = FileChannel.open(path, how)) {
      channel.force(true);
    }
  }
}
