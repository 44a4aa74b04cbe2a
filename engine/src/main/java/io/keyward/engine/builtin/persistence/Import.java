package io.keyward.engine.builtin.persistence;

import io.keyward.engine.Engine;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.appendonly.LoadProgress;
import io.keyward.engine.builtin.snapshot.KeyPlaces;
import io.keyward.engine.builtin.snapshot.SnapshotLoader.Expired;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Loads the snapshot of another server into one keyspace. */
public final class Import implements KeyPlaces {
  private final BuiltinKeyspace keyspace;
  private final byte[] prefix;

  /** Counted on the one loop that reads, and asked for when it has ended. */
  private long pinned;

  private Import(BuiltinKeyspace keyspace, byte[] prefix) {
    this.keyspace = keyspace;
    this.prefix = prefix;
  }

  /**
   * What has been loaded.
   *
   * @param expired keys left out since their time was up
   * @param leftOut keys left out since they are not behind the prefix, or pinned
   * @param pinned those of them that no file would keep, since their namespace is pinned
   * @param sharedAlready keys left out since they are shared, and there already
   */
  public record Result(long keys, long expired, long leftOut, long pinned, long sharedAlready) {}

  /**
   * Loads a file, on a thread that may wait; keys that are there already are replaced.
   *
   * @param prefixInFile the keys to take are those behind this prefix and {@code ::}, and lose it;
   *     empty to take every key as it is
   * @throws IOException if the file is damaged or cannot be read
   */
  public static Result load(
      Snapshots snapshots, Path file, BuiltinKeyspace keyspace, String prefixInFile)
      throws IOException, InterruptedException {
    byte[] prefix =
        prefixInFile.isEmpty()
            ? new byte[0]
            : (prefixInFile + Engine.SEPARATOR).getBytes(StandardCharsets.UTF_8);
    Import places = new Import(keyspace, prefix);
    SnapshotLoad.Loaded loaded =
        snapshots.load(file, () -> places, Expired.DROPPED, new LoadProgress());
    long size = Files.size(file);
    if (loaded.end() < size) {
      throw new IOException(
          "%s goes on behind its snapshot, at byte %d of %d, as an append-only file does. Start a"
                  .formatted(file, loaded.end(), size)
              + " gateway or redis-server on it with appendonly yes, and import what SAVE writes"
              + " there");
    }
    return new Result(
        loaded.keys(), loaded.expired(), loaded.leftOut(), places.pinned, loaded.sharedAlready());
  }

  @Override
  public @Nullable Place of(byte[] key) {
    boolean taken =
        key.length >= prefix.length
            && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    if (taken && keyspace.pins().hold(key, prefix.length, key.length - prefix.length)) {
      pinned++;
      return null;
    }
    return taken ? new Place(keyspace, prefix.length) : null;
  }

  @Override
  public boolean leadTo(Home home) {
    return keyspace.home() == home;
  }

  @Override
  public boolean leavesOut() {
    return true;
  }

  @Override
  public BuiltinKeyspace ofFunctions(String prefixOfThem) {
    return keyspace;
  }
}
