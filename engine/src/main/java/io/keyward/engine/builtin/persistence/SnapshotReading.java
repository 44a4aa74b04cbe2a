package io.keyward.engine.builtin.persistence;

import io.keyward.config.directive.Directive;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.rdb.MalformedRdbException;
import io.keyward.engine.builtin.rdb.RdbInput;
import io.keyward.engine.builtin.snapshot.ForeignDataException;
import io.keyward.engine.builtin.snapshot.KeyPlaces;
import io.keyward.engine.builtin.snapshot.SnapshotLoader;
import io.keyward.engine.builtin.snapshot.SnapshotLoader.Expired;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A snapshot on its way from disk, for the keyspaces of one home. */
final class SnapshotReading implements AutoCloseable {
  private static final int STEPS_AT_ONCE = 16;

  private final Path path;
  private final FileChannel channel;
  private final RdbInput in;
  private final SnapshotLoader loader;

  /**
   * Opens a file.
   *
   * @throws IOException if that is not possible, or it is not a snapshot
   */
  SnapshotReading(Path path, KeyPlaces places, Home home) throws IOException {
    this(path, places, home, Expired.DROPPED, false);
  }

  /**
   * As the other, with a choice of what becomes of keys whose time is up.
   *
   * @param trusts whether somebody else reads the same file and looks at its checksum
   */
  SnapshotReading(Path path, KeyPlaces places, Home home, Expired expired, boolean trusts)
      throws IOException {
    this.path = path;
    channel = open(path);
    in =
        RdbInput.of(
            (target, offset, count) -> channel.read(ByteBuffer.wrap(target, offset, count)),
            channel.size());
    loader = new SnapshotLoader(in, places, home, expired);
    if (trusts || !home.settings().flag(Directive.RDBCHECKSUM)) {
      loader.trust();
    }
    try {
      loader.begin();
    } catch (MalformedRdbException malformed) {
      channel.close();
      throw damaged(malformed);
    } catch (UncheckedIOException failed) {
      channel.close();
      throw unreadable(path, failed);
    }
  }

  private static FileChannel open(Path path) throws IOException {
    try {
      return FileChannel.open(path, StandardOpenOption.READ);
    } catch (IOException failed) {
      throw unreadable(path, failed);
    }
  }

  private static IOException unreadable(Path path, UncheckedIOException failed) {
    IOException reason = failed.getCause();
    return unreadable(path, reason == null ? new IOException(failed) : reason);
  }

  static IOException unreadable(Path path, IOException failed) {
    String reason =
        switch (failed) {
          case NoSuchFileException _ -> "there is no such file";
          case AccessDeniedException _ -> "this user may not read it";
          default -> String.valueOf(failed.getMessage());
        };
    return new IOException(path + " cannot be read: " + reason, failed);
  }

  private IOException damaged(MalformedRdbException malformed) {
    return new IOException(
        "%s cannot be loaded from byte %d on: %s. Put an intact copy in its place, or move it away"
                .formatted(path, malformed.position(), malformed.getMessage())
            + " (of an append-only file its whole folder) to begin without data; redis-check-rdb"
            + " tells more");
  }

  private IOException foreign(ForeignDataException found) {
    return new IOException(
        "%s cannot be loaded from byte %d on: %s. Start with the prefixes under which it was written,"
                .formatted(path, found.position(), found.getMessage())
            + " or move it away (of an append-only file its whole folder) and move a dump.rdb of"
            + " the same data into each deployment: gateway/run import dump.rdb --deployment NAME,"
            + " with --prefix-in-file PREFIX if its keys have one");
  }

  /**
   * Loads on until a time on the clock of {@link System#nanoTime()}.
   *
   * @return whether all has been loaded
   * @throws IOException if the file is damaged or cannot be read; the message says what to do
   */
  boolean load(long deadline) throws IOException {
    try {
      do {
        for (int i = 0; i < STEPS_AT_ONCE; i++) {
          if (loader.step()) {
            return true;
          }
        }
      } while (System.nanoTime() < deadline);
      loader.settle();
      return false;
    } catch (MalformedRdbException malformed) {
      throw damaged(malformed);
    } catch (ForeignDataException found) {
      throw foreign(found);
    } catch (UncheckedIOException failed) {
      throw unreadable(path, failed);
    }
  }

  /** Has nothing replaced: a key or a library that is there already is an error. */
  void addAlone() {
    loader.addAlone();
  }

  /** How far in the file the reading has come. */
  long position() {
    return in.position();
  }

  /** What has been loaded so far. */
  SnapshotLoader figures() {
    return loader;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
