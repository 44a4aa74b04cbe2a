package io.keyward.engine.builtin.persistence;

import io.keyward.config.directive.Directive;
import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinEngine;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.ClientState;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Pause;
import io.keyward.engine.builtin.Reloading;
import io.keyward.engine.builtin.WholeDatabase;
import io.keyward.engine.builtin.appendonly.AppendOnlyLog;
import io.keyward.engine.builtin.appendonly.Residents;
import io.keyward.engine.builtin.script.FunctionTexts;
import io.keyward.engine.builtin.snapshot.GlobalView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DEBUG RELOAD and LOADAOF: every keyspace is saved, emptied and loaded again, while all clients
 * are held back. Nobody is told of functions meanwhile, which go and come again.
 */
public final class Reload implements Reloading {
  private static final Logger log = LoggerFactory.getLogger(Reload.class);
  private static final long SLICE_NANOS = 1_000_000;
  private static final CommandException NOT_SAVED =
      CommandException.error("Error trying to save the RDB dump, check server logs.");
  private static final CommandException NOT_LOADED =
      CommandException.error("Error trying to load the RDB dump, check server logs.");

  private static final CommandException LOG_NOT_LOADED =
      CommandException.error("Error trying to load the AOF files, check server logs.");
  private static final CommandException NO_LOG =
      CommandException.error("DEBUG LOADAOF is not possible here");

  private final BuiltinEngine engine;
  private final Snapshots snapshots;
  private @Nullable AppendOnlyLog appendOnly;
  private @Nullable Residents placed;

  /** Of the reload that is under way, touched by one loop after the other. */
  private long keys;

  private long expired;

  public Reload(BuiltinEngine engine, Snapshots snapshots) {
    this.engine = engine;
    this.snapshots = snapshots;
  }

  @Override
  public void reload(Request asked, boolean save, Present present) {
    Request request = asked.copy();
    request.client().blocked(true);
    ClientState.of(request.client()).unfinished(true);
    long start = System.nanoTime();
    engine.homes().getFirst().functionNames().holdBack(request);
    onEach(
        home -> residents(home).forEach(Reload::hold), () -> begin(request, save, present, start));
  }

  /**
   * Names the append-only file that LOADAOF reads.
   *
   * @param places says where the commands in it belong
   */
  public void of(AppendOnlyLog appendOnlyFile, Residents places) {
    appendOnly = appendOnlyFile;
    placed = places;
  }

  @Override
  public void reloadLog(Request asked) {
    AppendOnlyLog source = appendOnly;
    Residents places = placed;
    if (source == null || places == null) {
      throw NO_LOG;
    }
    Request request = asked.copy();
    request.client().blocked(true);
    ClientState.of(request.client()).unfinished(true);
    long start = System.nanoTime();
    engine.homes().getFirst().functionNames().holdBack(request);
    onEach(
        home -> residents(home).forEach(Reload::hold),
        () ->
            Thread.ofVirtual()
                .name("keyward-loadaof")
                .start(() -> end(request, loadLog(source, places), start)));
  }

  /** Returns why it has failed, or null; what is loaded is not written to the file once more. */
  private @Nullable CommandException loadLog(AppendOnlyLog source, Residents places) {
    try {
      source.readAgain(
          places,
          home -> {
            home.effects().mute(true);
            emptyThoseInFiles(home);
          },
          home -> home.effects().mute(false));
      snapshots.loaded();
      return null;
    } catch (IOException broken) {
      log.error("DEBUG LOADAOF failed: {}", broken.getMessage());
      return LOG_NOT_LOADED;
    } catch (RuntimeException | OutOfMemoryError broken) {
      log.error("DEBUG LOADAOF failed", broken);
      return LOG_NOT_LOADED;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return LOG_NOT_LOADED;
    }
  }

  private static void hold(BuiltinKeyspace keyspace) {
    keyspace.pause().begin(Pause.Scope.EVERYTHING, Long.MAX_VALUE / 2);
  }

  private List<BuiltinKeyspace> residents(Home home) {
    return engine.keyspaces().stream().filter(keyspace -> keyspace.home() == home).toList();
  }

  private interface HomeTask {
    void run(Home home);
  }

  /** Runs a task on one loop after the other, and at last another one on the last of them. */
  private void onEach(HomeTask task, Runnable afterwards) {
    onEach(0, task, afterwards);
  }

  private void onEach(int index, HomeTask task, Runnable afterwards) {
    List<Home> homes = engine.homes();
    homes
        .get(index)
        .loop()
        .execute(
            () -> {
              task.run(homes.get(index));
              if (index + 1 < homes.size()) {
                onEach(index + 1, task, afterwards);
              } else {
                afterwards.run();
              }
            });
  }

  private void begin(Request request, boolean save, Present present, long start) {
    if (!save) {
      Thread.ofVirtual().name("keyward-reload").start(() -> loadIfWhole(request, present, start));
    } else {
      snapshots.beginInTurn(
          Occasion.STEP,
          failure -> {
            if (failure != null) {
              end(request, NOT_SAVED, start);
            } else {
              load(0, request, present, start);
            }
          });
    }
  }

  /** What is there is not given up for a file that is not there, or damaged. */
  private void loadIfWhole(Request request, Present present, long start) {
    try {
      boolean checksum = engine.homes().getFirst().settings().flag(Directive.RDBCHECKSUM);
      SnapshotCheck.of(snapshots.place().snapshot(), checksum);
      load(0, request, present, start);
    } catch (IOException unusable) {
      log.error("DEBUG RELOAD is refused, nothing has changed: {}", unusable.getMessage());
      end(request, NOT_LOADED, start);
    } catch (RuntimeException | OutOfMemoryError broken) {
      fail(broken, request, start);
    }
  }

  private void load(int index, Request request, Present present, long start) {
    if (index == 0) {
      keys = 0;
      expired = 0;
    }
    if (index == engine.homes().size()) {
      snapshots.loaded(keys, expired);
      end(request, null, start);
      return;
    }
    Home home = engine.homes().get(index);
    home.loop()
        .execute(
            () -> {
              try {
                if (present == Present.FLUSHED) {
                  emptyThoseInFiles(home);
                }
                SnapshotReading reading =
                    new SnapshotReading(snapshots.place().snapshot(), new GlobalView(engine), home);
                if (present == Present.REFUSED) {
                  reading.addAlone();
                }
                slice(reading, index, request, present, start);
              } catch (IOException | RuntimeException | OutOfMemoryError broken) {
                fail(broken, request, start);
              }
            });
  }

  /** What stands in no file stays: it would not come back. */
  private void emptyThoseInFiles(Home home) {
    residents(home).stream().filter(keyspace -> keyspace.effects().kept()).forEach(Reload::empty);
  }

  private static void empty(BuiltinKeyspace keyspace) {
    for (int number = 0; number < keyspace.databases().count(); number++) {
      Database database = keyspace.databases().ifUsed(number);
      if (database != null && keyspace.pins().any()) {
        removeUnpinned(database);
      } else if (database != null) {
        WholeDatabase.flush(database);
      }
    }
    FunctionTexts.flush(keyspace);
  }

  private static void removeUnpinned(Database database) {
    Entry view = database.newView();
    List<byte[]> unpinned = new ArrayList<>();
    database
        .walks()
        .forEach(
            reference -> {
              Entry entry = database.at(reference, view);
              if (!entry.pinned()) {
                int from = entry.keyOffset();
                unpinned.add(Arrays.copyOfRange(entry.bytes(), from, from + entry.keyLength()));
              }
            });
    for (byte[] key : unpinned) {
      Entry entry = database.locate(key, 0, key.length, view);
      if (entry != null) {
        database.remove(entry);
        database.changed(key, 0, key.length, KeyspaceNotifications.GENERIC, "del");
      }
    }
  }

  private void slice(
      SnapshotReading reading, int index, Request request, Present present, long start) {
    try {
      if (reading.load(System.nanoTime() + SLICE_NANOS)) {
        reading.close();
        keys += reading.figures().loaded();
        expired += reading.figures().expired();
        load(index + 1, request, present, start);
      } else {
        engine
            .homes()
            .get(index)
            .loop()
            .execute(() -> slice(reading, index, request, present, start));
      }
    } catch (IOException | RuntimeException | OutOfMemoryError broken) {
      fail(broken, request, start);
    }
  }

  /** Whatever has failed: the clients do not wait any longer. */
  private void fail(Throwable broken, Request request, long start) {
    if (broken instanceof IOException) {
      log.error("DEBUG RELOAD failed: {}", broken.getMessage());
    } else {
      log.error("DEBUG RELOAD failed", broken);
    }
    end(request, NOT_LOADED, start);
  }

  private void end(Request request, @Nullable CommandException failure, long start) {
    engine.homes().getFirst().functionTelling().goOn(request);
    onEach(
        home -> residents(home).forEach(keyspace -> keyspace.pause().end()),
        () -> {
          if (request.client().keyspace() instanceof BuiltinKeyspace keyspace) {
            keyspace.loop().execute(() -> answer(keyspace, request, failure, start));
          }
        });
  }

  private static void answer(
      BuiltinKeyspace keyspace, Request request, @Nullable CommandException failure, long start) {
    Client client = request.client();
    if (client.keyspace() != keyspace) {
      return;
    }
    if (failure == null) {
      client.reply().ok();
    } else {
      client.reply().error(failure.line());
    }
    keyspace.executor().finish(request, System.nanoTime() - start);
    client.blocked(false);
    client.connection().flushSoon();
    client.connection().resume();
  }
}
