package io.keyward.engine.builtin.persistence;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.disk.Disk;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.snapshot.HomeSnapshot;
import io.keyward.engine.builtin.snapshot.HomeSnapshot.Names;
import io.keyward.engine.builtin.snapshot.SnapshotHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;

/** Writes one keyspace to a file as if it had a server to itself: keys without the prefix. */
public final class Export {
  private Export() {}

  /**
   * Writes the file and waits for it, on a thread that may wait.
   *
   * @return the size of the file
   * @throws IOException if it cannot be written
   */
  public static long write(
      BuiltinKeyspace keyspace, LiveSettings settings, String redisVersion, Path target)
      throws IOException, InterruptedException {
    Path absolute = target.toAbsolutePath();
    Path folder = absolute.getParent();
    Path name = absolute.getFileName();
    if (folder == null || name == null || Files.isDirectory(target)) {
      throw new IOException(target + " cannot be written: it is a folder");
    }
    if (!Files.isDirectory(folder)) {
      throw new IOException(target + " cannot be written: there is no folder " + folder);
    }
    SnapshotFile file = new SnapshotFile(Disk.REAL, true, () -> true);
    RdbOutput head = output(settings);
    SnapshotHeader.write(redisVersion, keyspace.usedBytes(), false, head);
    file.take(head.bytes(), head.length());
    keyspace.loop().execute(() -> begin(keyspace, settings, file));
    return file.write(folder, name.toString());
  }

  private static RdbOutput output(LiveSettings settings) {
    return new RdbOutput(
        1024,
        (int) settings.number(Directive.RDB_VERSION),
        settings.text(Directive.RDBCOMPRESSION).equals("yes"));
  }

  private static void begin(BuiltinKeyspace keyspace, LiveSettings settings, SnapshotFile file) {
    RdbOutput functions = output(settings);
    SnapshotHeader.writeFunctions(keyspace, Names.OWN, new HashSet<>(), functions);
    file.take(functions.bytes(), functions.length());
    new HomeSnapshot(
            keyspace.home(),
            List.of(keyspace),
            Names.OWN,
            output(settings),
            file,
            done -> file.complete())
        .start();
  }
}
