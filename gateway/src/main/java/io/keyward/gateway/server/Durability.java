package io.keyward.gateway.server;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import io.keyward.config.file.FileFailure;
import io.keyward.engine.builtin.BuiltinEngine;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.FunctionNames;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.appendonly.AppendOnlyLog;
import io.keyward.engine.builtin.disk.Disk;
import io.keyward.engine.builtin.persistence.BaseFiles;
import io.keyward.engine.builtin.persistence.Occasion;
import io.keyward.engine.builtin.persistence.Reload;
import io.keyward.engine.builtin.persistence.Snapshots;
import java.io.IOException;
import java.util.EnumSet;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What keeps the data over a restart: loads it before clients are served, and writes what is done.
 */
public final class Durability {
  private static final Logger log = LoggerFactory.getLogger(Durability.class);

  private final BuiltinEngine engine;
  private final LiveSettings live;
  private final Snapshots snapshots;
  private final AppendOnlyLog appendOnly;
  private String folder;

  Durability(BuiltinEngine engine, LiveSettings live, Snapshots snapshots, Disk disk) {
    this.engine = engine;
    this.live = live;
    this.snapshots = snapshots;
    folder = live.text(Directive.DIR);
    BaseFiles bases = new BaseFiles(live, snapshots, () -> new Places(engine, this::resident));
    appendOnly = new AppendOnlyLog(live, engine.homes(), engine.table(), bases, disk);
    live.onChange(EnumSet.of(Directive.APPENDONLY, Directive.DIR), this::changeOver);
    snapshots.place().whenTakenAnew(this::writeLogAnew);
  }

  /** The log goes on in files that may have vanished; all it holds belongs in the folder again. */
  private void writeLogAnew() {
    if (appendOnly.status().enabled()) {
      // In vain if one is being written: then that is what has taken the folder.
      boolean _ = appendOnly.rewrite();
    }
  }

  /** Lets DEBUG LOADAOF read the append-only file. */
  void reloads(Reload reload) {
    reload.of(appendOnly, this::resident);
  }

  /** The append-only file, switched on or not. */
  public AppendOnlyLog appendOnly() {
    return appendOnly;
  }

  /** Lets clients wait, before the first can come, until the data is loaded. */
  public void holdClients() throws InterruptedException {
    // INFO says so as long as commands are answered LOADING: clients wait for what it says.
    appendOnly.progress().begin(0);
    loading(true);
  }

  /**
   * Loads the data and begins to write what is done.
   *
   * @throws StartException if the files cannot be read or written
   */
  public void start() throws StartException, InterruptedException {
    FunctionNames names = engine.homes().getFirst().functionNames();
    names.holdBack(this);
    try {
      names.beginToRead();
      if (live.flag(Directive.APPENDONLY)) {
        snapshots.place().directory();
        boolean loaded = appendOnly.load(this::resident);
        boolean fromSnapshot = !loaded && snapshots.loadAtStart(appendOnly.progress());
        names.endReading();
        appendOnly.begin(loaded, fromSnapshot);
      } else {
        boolean _ = snapshots.loadAtStart(appendOnly.progress());
        names.endReading();
      }
    } catch (IOException failed) {
      throw new StartException(FileFailure.text(failed), failed);
    }
    engine.homes().getFirst().functionTelling().goOn(this);
    loading(false);
    appendOnly.progress().end();
    engine.homes().forEach(home -> home.loop().execute(home::loaded));
  }

  /**
   * The keyspace of a prefix. A prefix that no deployment has is that of one made at run time, or,
   * where there is a keyspace without prefix, the beginning of one of its keys.
   */
  private @Nullable BuiltinKeyspace resident(String prefix) {
    BuiltinKeyspace present = engine.find(prefix);
    return present != null || prefix.isEmpty() || engine.find("") != null
        ? present
        : engine.open(prefix);
  }

  private void loading(boolean on) throws InterruptedException {
    CountDownLatch told = new CountDownLatch(engine.homes().size());
    for (Home home : engine.homes()) {
      home.loop()
          .execute(
              () -> {
                home.loading(on);
                told.countDown();
              });
    }
    told.await();
  }

  /** CONFIG SET appendonly and dir, on the thread that does what waits for a disk. */
  private void changeOver() throws RefusedException {
    boolean wanted = live.flag(Directive.APPENDONLY);
    boolean present = appendOnly.status().enabled();
    try {
      if (present && !wanted) {
        notOnLoop("the append-only file cannot be switched off inside a transaction");
        appendOnly.turnOff();
      }
      if (!folder.equals(live.text(Directive.DIR))) {
        move(present && wanted);
      }
      if (wanted && !present) {
        snapshots.place().directory();
        appendOnly.turnOn();
      }
    } catch (IOException failed) {
      log.error("The append-only file cannot be written: {}", FileFailure.text(failed));
      throw new RefusedException("Unable to turn on AOF. Check server logs.");
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** A loop that serves clients cannot wait until disks have what loops hand over. */
  private void notOnLoop(String refusal) throws RefusedException {
    if (engine.homes().stream().anyMatch(home -> home.loop().isCurrent())) {
      throw new RefusedException(refusal);
    }
  }

  /** The log is complete at every moment where it is, so that it does not follow. */
  private void move(boolean logStays) throws RefusedException {
    notOnLoop("the folder cannot be changed inside a transaction");
    if (logStays && snapshots.place().elsewhere()) {
      throw new RefusedException(
          "the append-only file stays where it is: set appendonly to no, then dir, and appendonly"
              + " to yes again");
    }
    snapshots.place().move();
    folder = live.text(Directive.DIR);
  }

  /**
   * Writes the files anew, in the background, since other keyspaces than before belong in them. The
   * instant of what is written comes after what the loops have been given to do until now.
   */
  public void writeAnew() {
    if (live.flag(Directive.APPENDONLY)) {
      if (!appendOnly.rewrite()) {
        appendOnly.schedule();
      }
    } else if (!live.text(Directive.SAVE).isEmpty()
        && !snapshots.begin(Occasion.BACKGROUND, failure -> {})) {
      snapshots.schedule();
    }
  }

  /** Writes what has been done to the end. */
  public void close() throws InterruptedException {
    appendOnly.turnOff();
  }
}
