package io.keyward.engine.builtin.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The files of this machine. */
final class RealDisk implements Disk {
  @Override
  public DiskFile open(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    channel.position(channel.size());
    return new RealFile(channel);
  }

  @Override
  public void replace(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Path folder = to.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("no folder for " + to);
    }
    try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  @Override
  public void makeFolder(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException file) {
      throw new FileSystemException(
          folder.toString(), null, "it is no folder. Move away what has its name");
    }
  }

  private record RealFile(FileChannel channel) implements DiskFile {
    /** The JDK copies what lies in the heap to memory outside of it, which each thread keeps. */
    private static final int MOST_AT_ONCE = 256 * 1024;

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      int end = bytes.limit();
      if (bytes.isDirect() || bytes.remaining() <= MOST_AT_ONCE) {
        return channel.write(bytes);
      }
      bytes.limit(bytes.position() + MOST_AT_ONCE);
      try {
        return channel.write(bytes);
      } finally {
        bytes.limit(end);
      }
    }

    @Override
    public void force() throws IOException {
      channel.force(false);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
