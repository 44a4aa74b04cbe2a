package io.keyward.engine.builtin.persistence;

import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.appendonly.BaseSnapshots;
import io.keyward.engine.builtin.appendonly.Residents;
import io.keyward.engine.builtin.snapshot.KeyPlaces;
import io.keyward.engine.builtin.snapshot.SnapshotLoader.Expired;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** The bases of append-only files: snapshots with commands behind them. */
public final class BaseFiles implements BaseSnapshots {
  private final Snapshots snapshots;
  private final Supplier<KeyPlaces> places;

  /**
   * @param places says where the keys of a file belong, one for each home
   */
  public BaseFiles(Snapshots snapshots, Supplier<KeyPlaces> places) {
    this.snapshots = snapshots;
    this.places = places;
  }

  @Override
  public void write(Path file, Consumer<Home> instant) throws IOException, InterruptedException {
    snapshots.writeApart(file, true, instant);
  }

  @Override
  public long read(Path file, Residents residents, LongConsumer progress)
      throws IOException, InterruptedException {
    return snapshots.load(file, places, Expired.KEPT, progress).end();
  }
}
