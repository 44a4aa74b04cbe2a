package io.keyward.engine.builtin.appendonly;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.file.FileFailure;
import io.keyward.engine.builtin.FunctionNames;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.appendonly.LogChain.Increment;
import io.keyward.engine.builtin.disk.Disk;
import io.keyward.engine.command.CommandTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The append-only file of a server: what is on at the start, what is written, and rewrites.
 *
 * <p>A rewrite writes a snapshot as a new base. At one instant of each home the snapshot begins and
 * what the home does goes to a new increment. When the log is switched on, the first manifest is
 * written with the first base; until then a restart finds what was there before.
 */
public final class AppendOnlyLog {
  private static final Logger log = LoggerFactory.getLogger(AppendOnlyLog.class);

  /** For so long a log that is switched off waits for loops that are busy with a script. */
  private static final long MOST_END_MILLIS = 10_000;

  private enum State {
    OFF,
    /** What is done is written, but there is no base yet. */
    BEGINNING,
    ON
  }

  /** What became of a rewrite. */
  private enum Outcome {
    SUCCEEDED,
    FAILED,
    /** Given up, since the log has been switched off meanwhile. */
    ABANDONED
  }

  private final LiveSettings settings;
  private final CommandTable table;
  private final FunctionNames functionNames;
  private final Disk disk;
  private final BaseSnapshots snapshots;
  private final LoadProgress progress = new LoadProgress();
  private final ForceTimes forceTimes = new ForceTimes();
  private final ForcedPositions forced;
  private final LogChain chain;
  private final LogFeed feed;
  private final RewriteSchedule rewrites = new RewriteSchedule();

  private volatile State state = State.OFF;
  private volatile @Nullable LogWriter writer;

  /** A log that is off. */
  public AppendOnlyLog(
      LiveSettings settings,
      List<Home> homes,
      CommandTable table,
      BaseSnapshots snapshots,
      Disk disk) {
    this.settings = settings;
    this.table = table;
    functionNames = homes.getFirst().functionNames();
    this.snapshots = snapshots;
    this.disk = disk;
    chain = new LogChain(settings, disk, forceTimes);
    forced = new ForcedPositions(homes.size());
    feed = new LogFeed(settings, List.copyOf(homes), forced, new Listener());
    settings.onChange(
        EnumSet.of(Directive.AUTO_AOF_REWRITE_PERCENTAGE, Directive.AUTO_AOF_REWRITE_MIN_SIZE),
        () -> Thread.ofVirtual().start(this::rewriteIfGrown));
  }

  /** How far the loading at the start has come. */
  public LoadProgress progress() {
    return progress;
  }

  /** How long the disk takes to keep what is written. */
  public ForceTimes forceTimes() {
    return forceTimes;
  }

  /** Up to where the disk keeps what was done. */
  public ForcedPositions forced() {
    return forced;
  }

  /**
   * Reads the data that the files hold; not on a loop.
   *
   * @return false if there are no files
   * @throws IOException if they cannot be read; the message has the remedy
   */
  public boolean load(Residents residents) throws IOException, InterruptedException {
    chain.locate();
    if (!chain.find()) {
      return false;
    }
    long began = System.nanoTime();
    read(residents, settings.flag(Directive.AOF_LOAD_TRUNCATED));
    log.info("Loaded the append-only file in {} ms", (System.nanoTime() - began) / 1_000_000);
    return true;
  }

  private void read(Residents residents, boolean truncatedAllowed)
      throws IOException, InterruptedException {
    new LogLoader(table, residents, functionNames, snapshots, progress, truncatedAllowed)
        .load(chain.files(), chain.manifest());
  }

  /**
   * Reads the files again, when they have everything that was done; not on a loop.
   *
   * @param before is done on each home's loop just before, to empty it
   * @param after is done there in the end, come what may
   * @throws IOException if they cannot be read, or there are none or none that are complete; if one
   *     is missing, nothing has been emptied
   */
  public void readAgain(Residents residents, Consumer<Home> before, Consumer<Home> after)
      throws IOException, InterruptedException {
    awaitNoRewrite();
    if (state == State.BEGINNING) {
      throw new IOException("the append-only file is not complete");
    }
    if (state == State.OFF) {
      chain.locate();
      if (!chain.find()) {
        throw new IOException("there is no append-only file");
      }
    }
    feed.awaitWritten();
    List<Path> _ = LogLoader.parts(chain.files(), chain.manifest());
    feed.onEveryHome(before::accept);
    try {
      read(residents, false);
    } finally {
      progress.end();
      feed.onEveryHome(after::accept);
    }
  }

  /**
   * Begins to write behind what has been loaded, or with a new log if nothing was; not on a loop.
   *
   * @param loaded whether {@link #load} has found files
   * @param dataPresent whether the keyspaces hold data that no file of the log has
   */
  public void begin(boolean loaded, boolean dataPresent) throws IOException, InterruptedException {
    if (!loaded && dataPresent) {
      turnOn();
      awaitFirstBase();
      return;
    }
    LogWriter opened;
    synchronized (this) {
      opened = feed.writer(chain.open());
      writer = opened;
      state = State.ON;
    }
    feed.onEveryHome(home -> feed.attach(home, opened));
    forced.on(true);
    forced.settle(forced.doubts());
    if (chain.manifest().increments().size() > 1) {
      log.info("A rewrite of the append-only file was cut short: it is begun again");
      boolean _ = rewrite();
    }
  }

  /**
   * Switches the log on: what is done is written from now on, and a first base in the background.
   *
   * @throws IOException if the folder or a file cannot be written, or there is no thread for the
   *     base; the log stays off then
   */
  public synchronized void turnOn() throws IOException {
    if (state != State.OFF) {
      return;
    }
    chain.locate();
    disk.makeFolder(chain.files().folder());
    chain.read();
    state = State.BEGINNING;
    forced.doubt();
    forced.on(true);
    if (rewrites.underWay() || rewrites.givenUp()) {
      rewrites.wait(true);
    } else if (!rewrites.running()) {
      beginFirst();
    }
  }

  private void beginFirst() throws IOException {
    try {
      beginRewrite();
    } catch (OutOfMemoryError full) {
      state = State.OFF;
      forced.on(false);
      throw new IOException("no memory or thread for its first base: " + full.getMessage(), full);
    }
  }

  /**
   * Switches the log off: what has been done is written and forced to the disk before, and rewrites
   * are given up. Not on a loop.
   */
  public void turnOff() throws InterruptedException {
    LogWriter closed;
    synchronized (this) {
      state = State.OFF;
      forced.on(false);
      rewrites.giveUp();
      closed = writer;
      writer = null;
      notifyAll();
    }
    feed.detach();
    if (closed != null) {
      closed.close();
    }
    chain.close();
    feed.forget();
    awaitEndOfRewrite();
  }

  private synchronized void awaitEndOfRewrite() throws InterruptedException {
    long until = System.nanoTime() + MOST_END_MILLIS * 1_000_000;
    long left = MOST_END_MILLIS;
    while (rewrites.givenUp() && left > 0) {
      wait(left);
      left = (until - System.nanoTime()) / 1_000_000;
    }
  }

  /** Hears what the writer has to tell. */
  private final class Listener implements LogFeed.Listener {
    @Override
    public void written() {
      tryAgain();
      rewriteIfGrown();
    }

    @Override
    public void doubtful() {
      // What the disk has lost it does not tell: a new base holds all of it.
      if (!rewrite()) {
        schedule();
      }
    }
  }

  /* Rewrites. */

  /**
   * Begins a rewrite in the background.
   *
   * @return false if one is running already
   */
  public synchronized boolean rewrite() {
    if (rewrites.running()) {
      return false;
    }
    if (state == State.OFF) {
      chain.locate();
    }
    beginRewrite();
    return true;
  }

  /**
   * Writes all data that there is now as a new base, and waits for it; not on a loop.
   *
   * @return whether it has been written
   */
  public synchronized boolean rewriteAndWait() throws InterruptedException {
    awaitNoRewrite();
    boolean _ = rewrite();
    awaitNoRewrite();
    return rewrites.lastSucceeded();
  }

  /** Where the files stand. */
  public synchronized Path folder() {
    return chain.files().folder();
  }

  /** Has a rewrite begin as soon as the one that is running has ended. */
  public synchronized void schedule() {
    rewrites.wait(true);
  }

  private void rewriteIfGrown() {
    long size = chain.size();
    long before = chain.baseSize();
    if (state == State.ON && rewrites.due(settings, size, before) && rewrite()) {
      log.info("Rewriting the append-only file, which has grown from {} to {} bytes", before, size);
    }
  }

  private void beginRewrite() {
    boolean atOnce = snapshots.begin();
    rewrites.begins(atOnce);
    try {
      Thread.ofPlatform().name("keyward-aof-rewrite").daemon().start(() -> runRewrite(atOnce));
    } catch (OutOfMemoryError full) {
      if (atOnce) {
        snapshots.end();
      }
      rewrites.ends(false);
      notifyAll();
      tryAgainLater();
      throw full;
    }
  }

  private synchronized void awaitNoRewrite() throws InterruptedException {
    while (rewrites.running()) {
      wait();
    }
  }

  private synchronized void awaitFirstBase() throws IOException, InterruptedException {
    awaitNoRewrite();
    if (state != State.ON) {
      throw new IOException("The first base of the append-only file could not be written.");
    }
  }

  private void runRewrite(boolean atOnce) {
    Outcome outcome = Outcome.FAILED;
    try {
      outcome = atOnce || hasTurn() ? writeBaseInTurn() : Outcome.ABANDONED;
    } catch (IOException failed) {
      if (rewrites.givenUp()) {
        outcome = Outcome.ABANDONED;
      } else {
        log.error("Rewriting the append-only file has failed: {}", FileFailure.text(failed));
      }
    } catch (RuntimeException | OutOfMemoryError failed) {
      log.error("Rewriting the append-only file has failed", failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } finally {
      ended(outcome);
    }
  }

  private boolean hasTurn() throws InterruptedException {
    boolean turn = snapshots.awaitTurn(this::wanted);
    if (turn) {
      rewrites.hasTurn();
    }
    return turn;
  }

  private boolean wanted() {
    return !rewrites.givenUp();
  }

  private synchronized void ended(Outcome outcome) {
    if (outcome == Outcome.ABANDONED) {
      log.info("A rewrite has been given up, since the append-only file was switched off");
      rewrites.abandoned();
    } else {
      rewrites.ends(outcome == Outcome.SUCCEEDED);
    }
    notifyAll();
    if (rewrites.waiting() || (state == State.BEGINNING && outcome == Outcome.SUCCEEDED)) {
      beginRewrite();
    } else {
      tryAgainLater();
    }
  }

  private void tryAgainLater() {
    if (mustSucceed()) {
      rewrites.pauses();
      Thread.ofVirtual().start(this::tryAgainSoon);
    }
  }

  /**
   * A log that was switched on has no base until a rewrite succeeds, and one that something is
   * missing in is not complete before: as long as they fail, there is one every few seconds.
   */
  private boolean mustSucceed() {
    return !rewrites.lastSucceeded()
        && (state == State.BEGINNING || (state == State.ON && forced.doubtful() && feed.sound()));
  }

  private void tryAgainSoon() {
    try {
      Thread.sleep(rewrites.pauseMillis());
    } catch (InterruptedException stopped) {
      return;
    }
    tryAgain();
  }

  private synchronized void tryAgain() {
    if (mustSucceed() && !rewrites.running() && rewrites.hasPaused()) {
      beginRewrite();
    }
  }

  private Outcome writeBaseInTurn() throws IOException, InterruptedException {
    try {
      return writeBase();
    } finally {
      snapshots.end();
    }
  }

  private Outcome writeBase() throws IOException, InterruptedException {
    snapshots.takeFolder();
    disk.makeFolder(chain.files().folder());
    Next next = prepare();
    LogChain.forceBefore(next.increment());
    Path temporary = chain.files().unfinishedBase();
    try {
      snapshots.write(temporary, home -> changeOver(home, next), this::wanted);
    } catch (IOException | RuntimeException | OutOfMemoryError failed) {
      disk.delete(temporary);
      if (!wanted()) {
        chain.abandon(next.increment());
      }
      throw failed;
    }
    return install(temporary, next);
  }

  /**
   * Where what is done goes from the instant of the snapshot on.
   *
   * @param increment null if the log is off
   * @param doubts those that the new base settles
   */
  private record Next(@Nullable Increment increment, @Nullable LogWriter writer, int doubts) {}

  private synchronized Next prepare() throws IOException {
    if (state == State.OFF) {
      chain.read();
      return new Next(null, null, forced.doubts());
    }
    Increment increment = chain.openNext(state == State.ON);
    LogWriter open = writer;
    if (open == null) {
      open = feed.writer(increment.file());
      writer = open;
    }
    return new Next(increment, open, forced.doubts());
  }

  /** On a home's loop, at the instant of its snapshot. */
  private void changeOver(Home home, Next next) {
    LogWriter target = next.writer();
    Increment increment = next.increment();
    if (target != null && increment != null && target == writer) {
      feed.changeOver(home, target, increment.file());
    }
  }

  private synchronized Outcome install(Path temporary, Next next) throws IOException {
    Increment increment = next.increment();
    if (next.writer() != writer || !wanted()) {
      disk.delete(temporary);
      chain.abandon(increment);
      return Outcome.ABANDONED;
    }
    chain.install(temporary, increment);
    if (state == State.BEGINNING && increment != null) {
      // Without one, the log was off at the instant of the base, and nothing tells what followed.
      state = State.ON;
    }
    feed.complete(next.doubts());
    forced.settle(next.doubts());
    return Outcome.SUCCEEDED;
  }

  /** Counts anew the rewrites that were begun, and those that have failed in a row. */
  public void countAnew() {
    rewrites.countAnew();
  }

  /** How the log fares. */
  public LogStatus status() {
    LogWriter open = writer;
    RewriteSchedule.Phase rewriting = rewrites.phase();
    return new LogStatus(
        state != State.OFF,
        rewriting.underWay(),
        rewriting.scheduled(),
        rewrites.lastSeconds(),
        rewrites.presentSeconds(),
        rewrites.lastSucceeded(),
        rewrites.begun(),
        rewrites.succeeded(),
        rewrites.failuresInARow(),
        feed.sound() && feed.complete(),
        chain.size(),
        chain.baseSize(),
        open == null ? 0 : open.waiting(),
        open != null && open.forcing() ? 1 : 0,
        open == null ? 0 : open.delayedForces());
  }
}
