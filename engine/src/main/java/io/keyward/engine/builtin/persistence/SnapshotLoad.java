package io.keyward.engine.builtin.persistence;

import io.keyward.config.directive.Directive;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.appendonly.LoadProgress;
import io.keyward.engine.builtin.snapshot.KeyPlaces;
import io.keyward.engine.builtin.snapshot.SnapshotLoader.Expired;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Supplier;

/**
 * Loads a snapshot into the keyspaces, all homes at a time, each in slices on its loop: every one
 * that may get anything reads the file by itself and passes over what belongs to others, which
 * costs less than loading it.
 */
final class SnapshotLoad {
  private static final long SLICE_NANOS = 2_000_000;
  private static final String TOO_BIG =
      "The data does not fit in the memory that there is. Give the JVM a bigger heap (-Xmx)";

  /**
   * What has been read of a file.
   *
   * @param end where the snapshot ends in the file
   * @param leftOut how many keys belong nowhere
   * @param sharedAlready how many stay as others that see them have them
   */
  record Loaded(long end, long keys, long expired, long leftOut, long sharedAlready) {}

  private final LoadProgress progress;
  private AtomicLongArray positions = new AtomicLongArray(0);
  private final long began = System.nanoTime();
  private volatile boolean broken;

  private SnapshotLoad(LoadProgress progress) {
    this.progress = progress;
  }

  /**
   * Reads the file, on a thread that may wait.
   *
   * @param places tells where keys belong, one for each home
   * @param progress is told how far the slowest home has come, on any loop
   * @throws IOException if the file cannot be used; the message says what to do
   */
  static Loaded run(
      List<Home> homes, Path file, Supplier<KeyPlaces> places, Expired kept, LoadProgress progress)
      throws IOException, InterruptedException {
    return new SnapshotLoad(progress).load(homes, file, places, kept);
  }

  private Loaded load(List<Home> homes, Path file, Supplier<KeyPlaces> places, Expired kept)
      throws IOException, InterruptedException {
    List<SnapshotReading> readings = new ArrayList<>();
    List<Home> unread = new ArrayList<>(homes);
    try {
      List<Home> chosen = unread.stream().filter(places.get()::leadTo).toList();
      if (chosen.isEmpty()) {
        // Nobody gets anything: the file has to be looked at all the same.
        chosen = List.of(homes.getFirst());
      }
      while (!chosen.isEmpty()) {
        unread.removeAll(chosen);
        for (Home home : chosen) {
          readings.add(new SnapshotReading(file, places.get(), home, kept, !readings.isEmpty()));
        }
        read(chosen, readings.subList(readings.size() - chosen.size(), readings.size()));
        // What has been loaded may have made keyspaces in homes that had none.
        chosen = unread.stream().filter(places.get()::leadTo).toList();
      }
    } finally {
      for (SnapshotReading reading : readings) {
        reading.close();
      }
    }
    long keys = 0;
    long expired = 0;
    long sharedAlready = 0;
    for (SnapshotReading reading : readings) {
      keys += reading.figures().loaded();
      expired += reading.figures().expired();
      sharedAlready += reading.figures().sharedAlready();
    }
    SnapshotReading any = readings.getFirst();
    return new Loaded(any.position(), keys, expired, any.figures().leftOut(), sharedAlready);
  }

  /** Has each home read by itself, and waits for all. */
  private void read(List<Home> homes, List<SnapshotReading> readings)
      throws IOException, InterruptedException {
    positions = new AtomicLongArray(homes.size());
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (int i = 0; i < homes.size(); i++) {
      Home home = homes.get(i);
      SnapshotReading reading = readings.get(i);
      int number = i;
      CompletableFuture<Void> end = new CompletableFuture<>();
      ends.add(end);
      home.loop().execute(() -> slice(number, home, reading, end));
    }
    await(ends);
  }

  /** Waits for all; the file stays open until none reads it. */
  private static void await(List<CompletableFuture<Void>> ends)
      throws IOException, InterruptedException {
    IOException failure = null;
    for (CompletableFuture<Void> end : ends) {
      try {
        end.get();
      } catch (ExecutionException failed) {
        failure =
            failed.getCause() instanceof IOException reason ? reason : new IOException(failed);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void slice(int number, Home home, SnapshotReading reading, CompletableFuture<Void> end) {
    long microsAKey = home.settings().number(Directive.KEY_LOAD_DELAY);
    if (microsAKey > 0 && !broken && isEarly(reading.figures().loaded(), microsAKey)) {
      home.loop().schedule(1, () -> slice(number, home, reading, end));
      return;
    }
    try {
      long most = microsAKey > 0 ? 0 : SLICE_NANOS;
      if (broken || reading.load(System.nanoTime() + most)) {
        end.complete(null);
        return;
      }
    } catch (IOException | RuntimeException failed) {
      broken = true;
      end.completeExceptionally(failed);
      return;
    } catch (OutOfMemoryError full) {
      broken = true;
      end.completeExceptionally(new IOException(TOO_BIG, full));
      return;
    }
    positions.set(number, reading.position());
    long least = Long.MAX_VALUE;
    for (int i = 0; i < positions.length(); i++) {
      least = Math.min(least, positions.get(i));
    }
    progress.at(least);
    progress.usedMemory(reading.figures().usedMemory());
    home.loop().execute(() -> slice(number, home, reading, end));
  }

  /** Whether {@code key-load-delay} says that more time should have passed by now. */
  private boolean isEarly(long keys, long microsAKey) {
    return (System.nanoTime() - began) / 1000 / microsAKey < keys;
  }
}
