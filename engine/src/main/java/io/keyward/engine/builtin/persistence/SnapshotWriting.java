package io.keyward.engine.builtin.persistence;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.builtin.BuiltinEngine;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.disk.Disk;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.snapshot.HomeSnapshot;
import io.keyward.engine.builtin.snapshot.HomeSnapshot.Names;
import io.keyward.engine.builtin.snapshot.LibraryNames;
import io.keyward.engine.builtin.snapshot.SnapshotHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One snapshot of all keyspaces on its way to a file: the homes write one after the other, each its
 * keyspaces as they are when its turn begins.
 */
final class SnapshotWriting {
  private static final Logger log = LoggerFactory.getLogger(SnapshotWriting.class);

  private final BuiltinEngine engine;
  private final LiveSettings settings;
  private final String redisVersion;
  private final SnapshotFile file;
  private final LibraryNames libraries = new LibraryNames();
  private final Consumer<Home> instant;
  private volatile @Nullable HomeSnapshot present;
  private volatile long keysOfFormer;
  private volatile long keysToWrite;
  private volatile long longestSlice;

  /**
   * @param instant is called on each home's loop at the instant of its snapshot
   * @param wanted asked now and then whether it still is
   */
  SnapshotWriting(
      BuiltinEngine engine,
      LiveSettings settings,
      String redisVersion,
      Disk disk,
      Consumer<Home> instant,
      BooleanSupplier wanted) {
    this.engine = engine;
    this.settings = settings;
    this.redisVersion = redisVersion;
    this.instant = instant;
    file = new SnapshotFile(disk, isYes(Directive.RDBCHECKSUM), wanted);
  }

  /**
   * Writes the file and waits for it, on a thread that may wait.
   *
   * @param base whether commands are to follow behind it
   * @return its size
   */
  long write(Path folder, String name, boolean base) throws IOException, InterruptedException {
    RdbOutput head = output();
    long used = engine.homes().stream().mapToLong(Home::usedBytes).sum();
    SnapshotHeader.write(redisVersion, used, base, head);
    file.take(head.bytes(), head.length());
    engine.homes().getFirst().functionNames().snapshotBegins();
    begin(0);
    try {
      return file.write(folder, name);
    } finally {
      hasBegunOnAll();
      // A walk goes on to its end even if the disk fails; only then can another one begin.
      file.awaitEnd();
    }
  }

  private RdbOutput output() {
    return new RdbOutput(
        1024, (int) settings.number(Directive.RDB_VERSION), isYes(Directive.RDBCOMPRESSION));
  }

  private boolean isYes(Directive directive) {
    return settings.text(directive).equals("yes");
  }

  /** Has the homes write, one after the other from an index on. */
  private void begin(int index) {
    if (index == engine.homes().size()) {
      file.complete();
      return;
    }
    Home home = engine.homes().get(index);
    try {
      home.loop().execute(() -> home.whenIdle(() -> begin(home, index)));
    } catch (RejectedExecutionException | OutOfMemoryError impossible) {
      breakOff();
    }
  }

  /** The rest will not come. */
  private void breakOff() {
    file.giveUp();
    file.complete();
  }

  private void begin(Home home, int index) {
    try {
      List<BuiltinKeyspace> residents =
          engine.keyspaces().stream().filter(keyspace -> keyspace.home() == home).toList();
      RdbOutput functions = output();
      residents.forEach(
          keyspace -> SnapshotHeader.writeFunctions(keyspace, Names.GLOBAL, libraries, functions));
      file.take(functions.bytes(), functions.length());
      HomeSnapshot snapshot =
          new HomeSnapshot(home, residents, output(), file, done -> ended(done, index));
      long before = keysToWrite;
      keysToWrite = before + snapshot.keys();
      present = snapshot;
      begin(home, snapshot);
    } catch (RuntimeException | OutOfMemoryError defect) {
      breakOff();
      log.error("The snapshot could not be begun", defect);
    }
  }

  private void begin(Home home, HomeSnapshot snapshot) {
    try {
      instant.accept(home);
    } catch (OutOfMemoryError full) {
      // It still has to come to its end, so that another one can begin.
      file.giveUp();
    }
    if (home == engine.homes().getLast()) {
      hasBegunOnAll();
    }
    snapshot.start();
  }

  private void hasBegunOnAll() {
    engine.homes().getFirst().functionNames().snapshotHasBegun().forEach(Runnable::run);
  }

  private void ended(HomeSnapshot snapshot, int index) {
    longestSlice = Math.max(longestSlice, snapshot.longestSliceNanos());
    long before = keysOfFormer;
    keysOfFormer = before + snapshot.written();
    present = null;
    if (file.lost()) {
      file.complete();
    } else {
      begin(index + 1);
    }
  }

  /** Lets the file go without its end; any thread may call. */
  void giveUp() {
    file.giveUp();
  }

  /** How many keys have been written so far; any thread may ask. */
  long keysWritten() {
    HomeSnapshot under = present;
    return keysOfFormer + (under == null ? 0 : under.written());
  }

  /** How many keys there were in the homes that have had or have their turn. */
  long keysToWrite() {
    return keysToWrite;
  }

  /** The longest time for which it has held a loop, in nanoseconds. */
  long longestSliceNanos() {
    return longestSlice;
  }
}
