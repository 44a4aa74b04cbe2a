package io.keyward.engine.builtin.persistence;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.builtin.BuiltinEngine;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.FunctionNames;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.disk.Disk;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.snapshot.HomeSnapshot;
import io.keyward.engine.builtin.snapshot.HomeSnapshot.Names;
import io.keyward.engine.builtin.snapshot.SnapshotHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One snapshot of all keyspaces on its way to a file: the homes write one after the other, each its
 * keyspaces as they are when its turn begins. Of functions, of which a Redis that reads the file
 * has one set, it has what there was when the first began.
 */
final class SnapshotWriting {
  private static final Logger log = LoggerFactory.getLogger(SnapshotWriting.class);
  private static final long POLL_MILLIS = 5;

  private final BuiltinEngine engine;
  private final LiveSettings settings;
  private final String redisVersion;
  private final SnapshotFile file;
  private final FunctionNames functionNames;
  private final Set<String> librariesShown = new HashSet<>();
  private final Consumer<Home> instant;
  private final BooleanSupplier wanted;

  /** The homes whose instant has not come yet. */
  private final Queue<Home> before;

  private volatile boolean givenUp;
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
    functionNames = engine.homes().getFirst().functionNames();
    before = new ConcurrentLinkedQueue<>(engine.homes());
    this.settings = settings;
    this.redisVersion = redisVersion;
    this.instant = instant;
    this.wanted = wanted;
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
    begin(0);
    try {
      return file.write(folder, name);
    } finally {
      // A walk goes on to its end even if the disk fails; only then can another one begin.
      try {
        file.awaitEnd();
        beginOnOthers();
      } finally {
        goOn();
      }
    }
  }

  /**
   * Has the instant come on the homes that are left if the file has failed: what is done goes on in
   * the next file of the log on all homes then, and is read in that order.
   */
  private void beginOnOthers() throws InterruptedException {
    for (Home home = before.peek(); home != null && isWanted(); home = before.peek()) {
      CompletableFuture<Void> over = new CompletableFuture<>();
      beginAlone(home, over);
      do {
        Thread.sleep(POLL_MILLIS);
      } while (!over.isDone() && isWanted());
    }
  }

  private boolean isWanted() {
    return !givenUp && wanted.getAsBoolean();
  }

  /** Has the instant of a home come, or not if there is no memory for it now. */
  private void beginAlone(Home home, CompletableFuture<Void> over) {
    try {
      home.loop()
          .execute(
              () -> {
                try {
                  home.whenIdle(() -> reach(home, over));
                } catch (OutOfMemoryError full) {
                  over.cancel(false);
                }
              });
    } catch (RejectedExecutionException ended) {
      before.clear();
      over.cancel(false);
    } catch (OutOfMemoryError full) {
      over.cancel(false);
    }
  }

  private void reach(Home home, CompletableFuture<Void> over) {
    try {
      reach(home);
    } catch (OutOfMemoryError full) {
      // It is tried again.
    } catch (RuntimeException defect) {
      boolean _ = before.remove(home);
      log.error("The instant of a snapshot that has failed could not come", defect);
    } finally {
      over.cancel(false);
    }
  }

  private void reach(Home home) {
    instant.accept(home);
    boolean _ = before.remove(home);
    if (before.isEmpty()) {
      goOn();
    }
  }

  private void goOn() {
    engine.homes().getLast().functionTelling().goOn(this);
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
      home.loop().execute(() -> beginWhenIdle(home, index));
    } catch (RejectedExecutionException | OutOfMemoryError impossible) {
      breakOff();
    }
  }

  private void beginWhenIdle(Home home, int index) {
    try {
      home.whenIdle(() -> begin(home, index));
    } catch (OutOfMemoryError full) {
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
      if (index == 0) {
        functionNames.holdBack(this);
      }
      List<BuiltinKeyspace> residents =
          engine.keyspaces().stream().filter(keyspace -> keyspace.home() == home).toList();
      writeFunctions(residents, index == engine.homes().size() - 1);
      HomeSnapshot snapshot =
          new HomeSnapshot(home, residents, output(), file, done -> ended(done, index));
      long keysBefore = keysToWrite;
      keysToWrite = keysBefore + snapshot.keys();
      present = snapshot;
      begin(home, snapshot);
    } catch (RuntimeException | OutOfMemoryError defect) {
      breakOff();
      log.error("The snapshot could not be begun", defect);
    }
  }

  private void writeFunctions(List<BuiltinKeyspace> residents, boolean last) {
    RdbOutput functions = output();
    residents.forEach(
        keyspace ->
            SnapshotHeader.writeFunctions(keyspace, Names.GLOBAL, librariesShown, functions));
    if (last) {
      SnapshotHeader.writeEverywhere(functionNames.toldBut(librariesShown), functions);
    }
    file.take(functions.bytes(), functions.length());
  }

  private void begin(Home home, HomeSnapshot snapshot) {
    try {
      reach(home);
    } catch (OutOfMemoryError full) {
      // It still has to come to its end, so that another one can begin.
      file.giveUp();
    }
    snapshot.start();
  }

  private void ended(HomeSnapshot snapshot, int index) {
    longestSlice = Math.max(longestSlice, snapshot.longestSliceNanos());
    long former = keysOfFormer;
    keysOfFormer = former + snapshot.written();
    present = null;
    if (file.lost()) {
      file.complete();
    } else {
      begin(index + 1);
    }
  }

  /** Lets the file go without its end; any thread may call. */
  void giveUp() {
    givenUp = true;
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
