package io.keyward.engine.builtin.disk;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Changes files, and does it for good: a name that was given, changed or taken away outlasts a
 * failure of power. Any thread may call; every call may wait for the disk.
 *
 * <p>All that a crash or a disk that refuses can cut short goes through here.
 */
public interface Disk {
  /** The disk of this machine. */
  Disk REAL = new RealDisk();

  /**
   * Opens a file to be written on behind what it holds; it is made if it is not there.
   *
   * @throws IOException if that cannot be done
   */
  DiskFile open(Path file) throws IOException;

  /** Lets a file take another's place, whole or not at all, and durably. */
  void replace(Path from, Path to) throws IOException;

  /** Deletes a file, if it is there. */
  void delete(Path file) throws IOException;

  /** Makes a folder, and those that it lies in, if they are not there. */
  void makeFolder(Path folder) throws IOException;
}
