package io.keyward.engine.builtin.persistence;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.file.FileFailure;
import io.keyward.engine.CommandException;
import io.keyward.engine.builtin.BuiltinEngine;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.appendonly.LoadProgress;
import io.keyward.engine.builtin.disk.Disk;
import io.keyward.engine.builtin.snapshot.GlobalView;
import io.keyward.engine.builtin.snapshot.KeyPlaces;
import io.keyward.engine.builtin.snapshot.SnapshotLoader.Expired;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes snapshots of all keyspaces to {@code dbfilename}, and knows what became of them.
 *
 * <p>The loops write one after the other, each its keyspaces as they are when its turn begins; a
 * thread beside them takes what they write to disk. Any thread may call.
 */
public final class Snapshots {
  private static final Logger log = LoggerFactory.getLogger(Snapshots.class);
  private static final CommandException WRITES_STOPPED =
      new CommandException(
          "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist"
              + " to disk. Commands that may modify the data set are disabled, because this"
              + " instance is configured to report errors during writes if RDB snapshotting fails"
              + " (stop-writes-on-bgsave-error option). Please check the Redis logs for details"
              + " about the RDB error.");

  private static final long POLL_MILLIS = 5;

  /** For so long the end waits for a loop that is busy with a script. */
  private static final long MOST_END_NANOS = 10_000_000_000L;

  private final BuiltinEngine engine;
  private final LiveSettings settings;
  private final String redisVersion;
  private final SnapshotTurn turn;
  private final Disk disk;
  private final DataPlace place;
  private final SaveHistory history = new SaveHistory();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private volatile long savedChanges;
  private volatile long longestSlice;
  private volatile @Nullable SnapshotWriting writing;
  private volatile boolean over;
  private volatile long expiredAtLoad;
  private volatile long loadedKeys;

  /**
   * @param redisVersion that files name as their origin
   * @param turn shared with whoever else writes snapshots
   * @param disk takes them
   */
  public Snapshots(
      BuiltinEngine engine,
      LiveSettings settings,
      String redisVersion,
      SnapshotTurn turn,
      Disk disk) {
    this.engine = engine;
    this.disk = disk;
    this.settings = settings;
    this.redisVersion = redisVersion;
    this.turn = turn;
    place = new DataPlace(settings);
    settings.onChange(
        EnumSet.of(Directive.SAVE, Directive.STOP_WRITES_ON_BGSAVE_ERROR), this::stopOrAllowWrites);
  }

  /** Takes the files. */
  Disk disk() {
    return disk;
  }

  /** Where the data files stand. */
  public DataPlace place() {
    return place;
  }

  /** What has become of the snapshots so far. */
  public SaveHistory history() {
    return history;
  }

  /**
   * Begins a snapshot.
   *
   * @param afterwards is told the reason if it has failed, else null; on any thread
   * @return false if one is being written already
   */
  public boolean begin(Occasion occasion, Consumer<@Nullable String> afterwards) {
    if (!turn.begin(this)) {
      return false;
    }
    history.begins(occasion);
    try {
      Thread.ofPlatform().daemon().name("keyward-snapshot").start(() -> run(occasion, afterwards));
    } catch (OutOfMemoryError full) {
      history.couldNotBegin(occasion);
      turn.end();
      throw full;
    }
    return true;
  }

  /** Begins a snapshot as soon as the present writer has ended; once, however often asked. */
  public void schedule() {
    if (scheduled.compareAndSet(false, true)) {
      turn.afterwards(
          () -> {
            scheduled.set(false);
            if (!begin(Occasion.BACKGROUND, failure -> {})) {
              schedule();
            }
          });
    }
  }

  /** Begins a snapshot when nobody else is writing one any more; see {@link #begin}. */
  void beginInTurn(Occasion occasion, Consumer<@Nullable String> afterwards) {
    try {
      if (!begin(occasion, afterwards)) {
        turn.afterwards(() -> beginInTurn(occasion, afterwards));
      }
    } catch (OutOfMemoryError full) {
      afterwards.accept(String.valueOf(full.getMessage()));
    }
  }

  /**
   * Writes a snapshot and waits for it, on a thread that may wait, and for the base of a log that
   * is being written.
   *
   * @return the reason if it has failed, else null
   */
  public @Nullable String save() throws InterruptedException {
    return inProgress() ? "Background save already in progress" : saveInTurn(Occasion.COMMAND);
  }

  /** As {@link #save}, but another snapshot that is being written is waited for, too. */
  public @Nullable String saveInTurn(Occasion occasion) throws InterruptedException {
    CompletableFuture<String> end = new CompletableFuture<>();
    beginInTurn(occasion, failure -> end.complete(failure == null ? "" : failure));
    String failure = end.join();
    return failure.isEmpty() ? null : failure;
  }

  private static void logFailure(String failure) {
    try {
      log.error("The snapshot could not be written: {}", failure);
    } catch (OutOfMemoryError full) {
      // INFO tells that it has failed.
    }
  }

  private void run(Occasion occasion, Consumer<@Nullable String> afterwards) {
    String failure = null;
    long changes = changes();
    try {
      DataDirectory folder = place.directory();
      String name = settings.text(Directive.DBFILENAME);
      long size = write(folder.path(), name, false, home -> {}, () -> true);
      savedChanges = changes;
      history.written();
      log.info("Snapshot written to {}: {} bytes", folder.path().resolve(name), size);
    } catch (IOException unwritten) {
      failure = FileFailure.text(unwritten);
      logFailure(failure);
    } catch (RuntimeException | OutOfMemoryError broken) {
      failure = String.valueOf(broken.getMessage());
      logFailure(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      failure = "interrupted";
    }
    history.ends(occasion, failure != null);
    stopOrAllowWrites();
    turn.end();
    afterwards.accept(failure);
  }

  /**
   * Writes all keyspaces to a file, on a thread that may wait; for whoever has the turn.
   *
   * @param base whether commands are to follow behind it
   * @param instant is called on each home's loop at the instant of its snapshot
   * @param wanted asked now and then whether it still is
   * @return the size of the file
   */
  private long write(
      Path folder, String name, boolean base, Consumer<Home> instant, BooleanSupplier wanted)
      throws IOException, InterruptedException {
    SnapshotWriting begun =
        new SnapshotWriting(engine, settings, redisVersion, disk, instant, wanted);
    writing = begun;
    if (over) {
      begun.giveUp();
    }
    try {
      return begun.write(folder, name, base);
    } finally {
      writing = null;
      longestSlice = Math.max(longestSlice, begun.longestSliceNanos());
    }
  }

  /**
   * Writes all keyspaces to a file of its own as soon as no other snapshot is being written, on a
   * thread that may wait.
   *
   * @param base whether commands are to follow behind it
   * @param instant is called on each home's loop at the instant of its snapshot
   */
  public void writeApart(Path file, boolean base, Consumer<Home> instant)
      throws IOException, InterruptedException {
    boolean _ = awaitTurn(file, () -> true);
    try {
      writeInTurn(file, base, instant, () -> true);
    } finally {
      turn.end();
    }
  }

  /** Takes the turn if nobody else has it. */
  boolean takeTurn(Object who) {
    return turn.begin(who);
  }

  /** Gives it back. */
  void endTurn() {
    turn.end();
  }

  /**
   * Takes the turn as soon as nobody else has it, on a thread that may wait.
   *
   * @param wanted asked now and then whether it still is
   * @return false if it was not any more
   */
  boolean awaitTurn(Object who, BooleanSupplier wanted) throws InterruptedException {
    while (wanted.getAsBoolean()) {
      if (turn.begin(who)) {
        return true;
      }
      if (over) {
        throw new InterruptedException("the gateway stops");
      }
      // A snapshot is being written; one at a time bears the changes that are made meanwhile.
      Thread.sleep(POLL_MILLIS);
    }
    return false;
  }

  /**
   * Gives up what is being written, and writes nothing more. What has been begun in the folder is
   * removed when this returns, unless a loop takes too long to hear of it.
   */
  public void end() throws InterruptedException {
    over = true;
    SnapshotWriting present = writing;
    if (present != null) {
      present.giveUp();
    }
    long until = System.nanoTime() + MOST_END_NANOS;
    while (!turn.begin(place) && System.nanoTime() - until < 0) {
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** As {@link #writeApart}, for whoever has the turn. */
  void writeInTurn(Path file, boolean base, Consumer<Home> instant, BooleanSupplier wanted)
      throws IOException, InterruptedException {
    Path folder = file.toAbsolutePath().getParent();
    Path name = file.getFileName();
    if (folder == null || name == null) {
      throw new IOException("no folder for " + file);
    }
    long _ = write(folder, name.toString(), base, instant, wanted);
  }

  private boolean isYes(Directive directive) {
    return settings.text(directive).equals("yes");
  }

  private void stopOrAllowWrites() {
    boolean stop =
        history.lastFailed()
            && isYes(Directive.STOP_WRITES_ON_BGSAVE_ERROR)
            && !settings.text(Directive.SAVE).isEmpty();
    engine.homes().forEach(home -> home.writeRefusals().snapshots(stop ? WRITES_STOPPED : null));
  }

  private long changes() {
    return engine.keyspaces().stream()
        .filter(keyspace -> keyspace.effects().kept())
        .mapToLong(BuiltinKeyspace::changes)
        .sum();
  }

  /** How many changes have been made since the last snapshot began that has been written. */
  public long unsavedChanges() {
    return Math.max(0, changes() - savedChanges);
  }

  /** Says that the data is what the file has, since it has just been loaded. */
  void loaded() {
    savedChanges = changes();
  }

  /** Says how many keys have been loaded from the file, and how many were left out as expired. */
  void loaded(long keys, long expired) {
    loadedKeys = keys;
    expiredAtLoad = expired;
    loaded();
  }

  /** Reads a file into the keyspaces; see {@link SnapshotLoad#run}. */
  SnapshotLoad.Loaded load(
      Path file, Supplier<KeyPlaces> places, Expired kept, LoadProgress progress)
      throws IOException, InterruptedException {
    SnapshotLoad.Loaded read = SnapshotLoad.run(engine.homes(), file, places, kept, progress);
    expiredAtLoad = read.expired();
    loadedKeys = read.keys();
    return read;
  }

  /**
   * Loads the snapshot, if there is one, while clients are held back; the folder is taken if there
   * is or will be anything in it.
   *
   * @return whether there was one
   * @throws IOException if the folder or the file cannot be used; the message says what to do
   */
  public boolean loadAtStart(LoadProgress progress) throws IOException, InterruptedException {
    Path file = place.snapshot();
    boolean present = !settings.text(Directive.DBFILENAME).isEmpty() && Files.exists(file);
    if (present || !settings.text(Directive.SAVE).isEmpty()) {
      DataDirectory _ = place.directory();
    }
    if (!present) {
      return false;
    }
    long start = System.nanoTime();
    progress.begin(Files.size(file));
    SnapshotLoad.Loaded read = load(file, () -> new GlobalView(engine), Expired.DROPPED, progress);
    loaded();
    log.info(
        "{} keys loaded from {} in {} ms, {} had expired",
        read.keys(),
        file,
        (System.nanoTime() - start) / 1_000_000,
        read.expired());
    return true;
  }

  /** How many keys were left out of the file that was loaded last since their time was up. */
  public long expiredAtLoad() {
    return expiredAtLoad;
  }

  /** How many keys were loaded from it. */
  public long loadedKeys() {
    return loadedKeys;
  }

  /** Whether a snapshot is being written. */
  public boolean inProgress() {
    return turn.holder() == this;
  }

  /** How many seconds the present attempt has taken so far, or -1. */
  public long currentSeconds() {
    return inProgress() ? history.secondsSinceLastTry() : -1;
  }

  /** How many keys the snapshot that is being written has of those that it will have; else 0. */
  public long keysWritten() {
    SnapshotWriting present = writing;
    return present == null ? 0 : present.keysWritten();
  }

  /** How many keys there were when it began; else 0. */
  public long keysToWrite() {
    SnapshotWriting present = writing;
    return present == null ? 0 : present.keysToWrite();
  }

  /** The longest time for which a snapshot has held a loop, in nanoseconds. */
  public long longestSliceNanos() {
    return longestSlice;
  }
}
