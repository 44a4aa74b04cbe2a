package io.keyward.engine.builtin.persistence;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.appendonly.BaseSnapshots;
import io.keyward.engine.builtin.appendonly.LoadProgress;
import io.keyward.engine.builtin.appendonly.Residents;
import io.keyward.engine.builtin.snapshot.KeyPlaces;
import io.keyward.engine.builtin.snapshot.SnapshotLoader.Expired;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The bases of append-only files: snapshots, or with {@code aof-use-rdb-preamble no} commands that
 * make the same data.
 */
public final class BaseFiles implements BaseSnapshots {
  private final LiveSettings settings;
  private final Snapshots snapshots;
  private final Supplier<KeyPlaces> places;

  /**
   * @param places says where the keys of a file belong, one for each home
   */
  public BaseFiles(LiveSettings settings, Snapshots snapshots, Supplier<KeyPlaces> places) {
    this.settings = settings;
    this.snapshots = snapshots;
    this.places = places;
  }

  @Override
  public boolean begin() {
    return snapshots.takeTurn(this);
  }

  @Override
  public boolean awaitTurn(BooleanSupplier wanted) throws InterruptedException {
    return snapshots.awaitTurn(this, wanted);
  }

  @Override
  public void end() {
    snapshots.endTurn();
  }

  @Override
  public void takeFolder() throws IOException {
    DataDirectory _ = snapshots.place().directory();
  }

  @Override
  public void write(Path file, Consumer<Home> instant, BooleanSupplier wanted)
      throws IOException, InterruptedException {
    if (settings.flag(Directive.AOF_USE_RDB_PREAMBLE)) {
      snapshots.writeInTurn(file, true, instant, wanted);
      return;
    }
    Path snapshot = file.resolveSibling(file.getFileName() + ".rdb");
    snapshots.writeInTurn(snapshot, false, instant, wanted);
    try {
      CommandBase.write(snapshot, file, snapshots.disk(), wanted);
    } catch (IOException | RuntimeException broken) {
      snapshots.disk().delete(file);
      throw broken;
    } finally {
      snapshots.disk().delete(snapshot);
    }
  }

  @Override
  public long read(Path file, Residents residents, LoadProgress progress)
      throws IOException, InterruptedException {
    return snapshots.load(file, places, Expired.KEPT, progress).end();
  }
}
