package io.keyward.engine.builtin.appendonly;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.CommandException;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.appendonly.Manifest.Part;
import io.keyward.engine.builtin.propagation.EffectStream;
import io.keyward.engine.command.CommandTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The append-only file of a server: a base, which is a snapshot, and increments, which tell what
 * was done since.
 *
 * <p>A rewrite replaces them by a new base and one increment. At one instant of each home the
 * snapshot begins and what the home does goes to the new increment; when the snapshot is durable
 * the manifest names the two, and the former files are deleted:
 *
 * <pre>
 *            before          while it runs            after
 * manifest   b1 i1           b1 i1 i2                 b2 i2
 * written    i1              i2, temporary base       i2
 * </pre>
 *
 * <p>So at every moment the manifest names files that hold all of the data. When the log is
 * switched on, the first manifest is written with the first base; until then a restart finds what
 * was there before.
 */
public final class AppendOnlyLog {
  private static final Logger log = LoggerFactory.getLogger(AppendOnlyLog.class);
  private static final long MOST_DELAY_MILLIS = 3_600_000;

  private enum State {
    OFF,
    /** What is done is written, but there is no base yet. */
    BEGINNING,
    ON
  }

  private final LiveSettings settings;
  private final List<Home> homes;
  private final CommandTable table;
  private final BaseSnapshots snapshots;
  private final LoadProgress progress = new LoadProgress();

  private volatile State state = State.OFF;
  private LogFiles files;
  private Manifest manifest = Manifest.EMPTY;
  private volatile @Nullable LogWriter writer;
  private volatile @Nullable LogFile present;
  private volatile @Nullable String writeFailure;
  private volatile @Nullable String forceFailure;

  /* Changed under the lock; read by INFO without it, which must not wait for files. */
  private volatile boolean rewriting;
  private volatile boolean scheduled;
  private volatile long rewriteBegan;
  private volatile long lastRewriteSeconds = -1;
  private volatile boolean lastRewriteSucceeded = true;
  private volatile long rewrites;
  private volatile long failuresInARow;
  private volatile long notBefore;
  private volatile long finishedBytes;
  private volatile long baseSize;

  private long checkedAt;

  /** A log that is off. */
  public AppendOnlyLog(
      LiveSettings settings, List<Home> homes, CommandTable table, BaseSnapshots snapshots) {
    this.settings = settings;
    this.homes = List.copyOf(homes);
    this.table = table;
    this.snapshots = snapshots;
    files = LogFiles.of(settings);
    settings.onChange(EnumSet.of(Directive.APPENDFSYNC), this::gate);
  }

  /** How far the loading at the start has come. */
  public LoadProgress progress() {
    return progress;
  }

  /* Start and stop. */

  /**
   * Reads the data that the files hold; not on a loop.
   *
   * @return false if there are no files
   * @throws IOException if they cannot be read; the message has the remedy
   */
  public boolean load(Residents residents) throws IOException, InterruptedException {
    files = LogFiles.of(settings);
    if (!Files.exists(files.manifest()) && !takeOver()) {
      return false;
    }
    manifest = Manifest.read(files.manifest());
    long began = System.nanoTime();
    new LogLoader(
            table, residents, snapshots, progress, settings.flag(Directive.AOF_LOAD_TRUNCATED))
        .load(files, manifest);
    log.info("Loaded the append-only file in {} ms", (System.nanoTime() - began) / 1_000_000);
    return true;
  }

  /** Makes the single file of a Redis before version 7 the base of a new log. */
  private boolean takeOver() throws IOException {
    Path former = files.formerFile();
    if (!Files.isRegularFile(former) || Files.isDirectory(files.folder())) {
      return false;
    }
    Files.createDirectories(files.folder());
    new Manifest(new Part(files.name(), 1), List.of(), List.of()).write(files.manifest());
    Files.move(former, files.folder().resolve(files.name()), StandardCopyOption.ATOMIC_MOVE);
    Folder.force(files.folder());
    log.info("{} of a Redis before version 7 has become the base in {}", former, files.folder());
    return true;
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
      awaitRewrite();
      return;
    }
    synchronized (this) {
      Files.createDirectories(files.folder());
      deleteHistory();
      deleteUnfinished();
      LogFile file;
      if (manifest.increments().isEmpty()) {
        Part increment = files.increment(1);
        Files.deleteIfExists(files.path(increment));
        file = LogFile.open(files.path(increment));
        manifest = manifest.plus(increment);
        manifest.write(files.manifest());
      } else {
        file = LogFile.open(files.path(manifest.increments().getLast()));
      }
      open(file);
      state = State.ON;
      finishedBytes = sizeWithout(file);
      baseSize = finishedBytes + file.size();
    }
    onEveryHome(home -> attach(home, opened()));
  }

  /** What rewrites have left that were cut short. */
  private void deleteUnfinished() throws IOException {
    try (var left = Files.newDirectoryStream(files.folder(), "temp-*")) {
      for (Path file : left) {
        Files.delete(file);
      }
    }
  }

  private LogWriter opened() {
    LogWriter open = writer;
    if (open == null) {
      throw new IllegalStateException("the log is not open");
    }
    return open;
  }

  private void open(LogFile file) {
    present = file;
    writer = new LogWriter(homes.size(), file, new Watch());
  }

  /** Bytes of all files of the manifest but the one that is being written. */
  private long sizeWithout(LogFile file) throws IOException {
    long size = 0;
    Part base = manifest.base();
    if (base != null) {
      size += Files.size(files.path(base));
    }
    for (Part part : manifest.increments()) {
      if (!files.path(part).equals(file.path())) {
        size += Files.size(files.path(part));
      }
    }
    return size;
  }

  /**
   * Switches the log on: what is done is written from now on, and a first base in the background.
   *
   * @throws IOException if the folder or a file cannot be written
   */
  public synchronized void turnOn() throws IOException {
    if (state != State.OFF) {
      return;
    }
    files = LogFiles.of(settings);
    Files.createDirectories(files.folder());
    manifest = Files.exists(files.manifest()) ? Manifest.read(files.manifest()) : Manifest.EMPTY;
    state = State.BEGINNING;
    if (rewriting) {
      scheduled = true;
    } else {
      beginRewrite();
    }
  }

  /** Switches the log off: what has been done is written and forced to the disk before. */
  public void turnOff() throws InterruptedException {
    if (homes.stream().anyMatch(home -> home.loop().isCurrent())) {
      // A loop cannot wait for itself: in a transaction CONFIG SET does not wait for this.
      Thread.ofVirtual().start(this::turnOffBeside);
      return;
    }
    LogWriter closed;
    synchronized (this) {
      state = State.OFF;
      scheduled = false;
      closed = writer;
      writer = null;
      notifyAll();
    }
    onEveryHome(home -> home.effects().detach());
    if (closed != null) {
      closed.close();
    }
    present = null;
    writeFailure = null;
    forceFailure = null;
    refuse();
  }

  private void turnOffBeside() {
    try {
      turnOff();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private interface OnHome {
    void accept(Home home);
  }

  /** Does something on each loop and waits until it is done. */
  private void onEveryHome(OnHome task) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(homes.size());
    for (Home home : homes) {
      home.loop()
          .execute(
              () -> {
                try {
                  task.accept(home);
                } finally {
                  done.countDown();
                }
              });
    }
    done.await();
  }

  /* On the loops. */

  private void attach(Home home, LogWriter target) {
    int number = homes.indexOf(home);
    EffectStream stream = home.effects();
    stream.attach(
        (bytes, length, position) -> {
          if (!target.put(number, bytes, length, position, stream.buffers())) {
            stream.crowded(true);
          }
        },
        homes.size() == 1);
    stream.gated(always());
  }

  private boolean always() {
    return settings.text(Directive.APPENDFSYNC).equals("always");
  }

  /** Lets replies wait for the disk or no longer, as {@code appendfsync} says. */
  private void gate() {
    boolean wait = always();
    for (Home home : homes) {
      home.loop().execute(() -> home.effects().gated(wait && home.effects().listened()));
    }
  }

  /** Lets writes be refused while the disk refuses, or no longer. */
  private void refuse() {
    String writing = writeFailure;
    String reason = writing == null ? forceFailure : writing;
    CommandException refusal =
        reason == null
            ? null
            : new CommandException("MISCONF Errors writing to the AOF file: " + reason);
    for (Home home : homes) {
      home.loop().execute(() -> home.logRefusal(refusal));
    }
  }

  /** Hears what the writer has to tell. */
  private final class Watch implements LogWriter.Observer {
    @Override
    public boolean always() {
      return AppendOnlyLog.this.always();
    }

    @Override
    public boolean everySecond() {
      return settings.text(Directive.APPENDFSYNC).equals("everysec");
    }

    @Override
    public void durable(int home, long position) {
      EffectStream stream = homes.get(home).effects();
      homes.get(home).loop().execute(() -> stream.durable(position));
    }

    @Override
    public void roomAgain() {
      for (Home home : homes) {
        home.loop().execute(() -> home.effects().crowded(false));
      }
    }

    @Override
    public void failed(boolean forcing, String reason) {
      log.error(
          "{} the append-only file fails: {}; writes are refused until it succeeds",
          forcing ? "Forcing to the disk" : "Writing",
          reason);
      if (forcing) {
        forceFailure = reason;
      } else {
        writeFailure = reason;
      }
      refuse();
      for (Home home : homes) {
        home.loop().execute(() -> home.effects().abandonWaiting());
      }
    }

    @Override
    public void recovered(boolean forcing) {
      log.info("Writing the append-only file succeeds again");
      if (forcing) {
        forceFailure = null;
      } else {
        writeFailure = null;
      }
      refuse();
      if (forcing) {
        // What the disk has lost it does not tell: a new base holds all of it.
        boolean _ = rewrite();
      }
    }

    @Override
    public void settled() {
      long now = System.nanoTime();
      if (now - checkedAt > 100_000_000) {
        checkedAt = now;
        rewriteIfGrown();
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
    if (rewriting) {
      return false;
    }
    if (state == State.OFF) {
      files = LogFiles.of(settings);
    }
    beginRewrite();
    return true;
  }

  /** Has a rewrite begin as soon as the one that is running has ended. */
  public synchronized void schedule() {
    scheduled = true;
  }

  private void rewriteIfGrown() {
    long percentage = settings.number(Directive.AUTO_AOF_REWRITE_PERCENTAGE);
    long size = size();
    if (state != State.ON
        || rewriting
        || percentage == 0
        || size < settings.number(Directive.AUTO_AOF_REWRITE_MIN_SIZE)
        || System.currentTimeMillis() < notBefore) {
      return;
    }
    long growth = size * 100 / Math.max(1, baseSize) - 100;
    if (growth >= percentage && rewrite()) {
      log.info("Rewriting the append-only file, which has grown by {} %", growth);
    }
  }

  private void beginRewrite() {
    rewriting = true;
    scheduled = false;
    rewriteBegan = System.nanoTime();
    Thread.ofPlatform().name("keyward-aof-rewrite").daemon().start(this::runRewrite);
  }

  private synchronized void awaitRewrite() throws IOException, InterruptedException {
    while (rewriting) {
      wait();
    }
    if (state != State.ON) {
      throw new IOException("The first base of the append-only file could not be written.");
    }
  }

  private void runRewrite() {
    boolean succeeded = false;
    try {
      succeeded = writeBase();
    } catch (IOException failed) {
      log.error("Rewriting the append-only file has failed: {}", LogWriter.reason(failed));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } finally {
      ended(succeeded);
    }
  }

  private synchronized void ended(boolean succeeded) {
    rewriting = false;
    lastRewriteSucceeded = succeeded;
    lastRewriteSeconds = secondsSince(rewriteBegan);
    if (succeeded) {
      rewrites++;
      failuresInARow = 0;
      notBefore = 0;
    } else {
      failuresInARow++;
      long minutes = 1L << Math.min(6, Math.max(0, failuresInARow - 3));
      notBefore =
          failuresInARow < 3
              ? 0
              : System.currentTimeMillis() + Math.min(MOST_DELAY_MILLIS, minutes * 60_000);
    }
    notifyAll();
    if (scheduled || (state == State.BEGINNING && succeeded)) {
      beginRewrite();
    } else if (state == State.BEGINNING) {
      Thread.ofVirtual().start(this::tryAgainSoon);
    }
  }

  /** A log that was switched on has no base until a rewrite succeeds. */
  private void tryAgainSoon() {
    try {
      Thread.sleep(1000);
    } catch (InterruptedException stopped) {
      return;
    }
    synchronized (this) {
      if (state == State.BEGINNING && !rewriting) {
        beginRewrite();
      }
    }
  }

  /** Writes a new base; false if the log has been switched off meanwhile. */
  private boolean writeBase() throws IOException, InterruptedException {
    Files.createDirectories(files.folder());
    Next next = prepare();
    Path temporary = files.unfinishedBase();
    try {
      snapshots.write(temporary, home -> changeOver(home, next));
    } catch (IOException failed) {
      Files.deleteIfExists(temporary);
      throw failed;
    }
    return install(temporary, next);
  }

  /**
   * Where what is done goes from the instant of the snapshot on.
   *
   * @param file null if the log is off
   */
  private record Next(
      @Nullable Part increment, @Nullable LogFile file, @Nullable LogWriter writer) {}

  private synchronized Next prepare() throws IOException {
    if (state == State.OFF) {
      manifest = Files.exists(files.manifest()) ? Manifest.read(files.manifest()) : manifest;
      return new Next(null, null, null);
    }
    Part increment = files.increment(manifest.lastIncrement() + 1);
    LogFile former = present;
    // What a former attempt has left there was done before this one's instant.
    Files.deleteIfExists(files.path(increment));
    LogFile file = LogFile.open(files.path(increment));
    if (writer == null) {
      open(file);
    } else {
      present = file;
    }
    if (state == State.ON) {
      manifest = manifest.plus(increment);
      manifest.write(files.manifest());
      finishedBytes = finishedBytes + (former == null ? 0 : former.size());
    }
    return new Next(increment, file, opened());
  }

  /** On a home's loop, at the instant of its snapshot. */
  private void changeOver(Home home, Next next) {
    LogWriter target = next.writer();
    LogFile file = next.file();
    if (target == null || file == null || target != writer) {
      return;
    }
    if (home.effects().listened()) {
      home.effects().reselect();
    } else {
      attach(home, target);
    }
    target.change(homes.indexOf(home), file, home.effects().buffers());
  }

  private synchronized boolean install(Path temporary, Next next) throws IOException {
    if (next.writer() != writer) {
      Files.deleteIfExists(temporary);
      return false;
    }
    Part base = files.base(manifest.lastBase() + 1, true);
    Files.move(temporary, files.path(base), StandardCopyOption.ATOMIC_MOVE);
    Folder.force(files.folder());
    Part increment = next.increment();
    if (increment == null) {
      manifest = manifest.rebased(base, files.increment(Long.MAX_VALUE));
    } else {
      Manifest with =
          manifest.increments().contains(increment) ? manifest : manifest.plus(increment);
      manifest = with.rebased(base, increment);
    }
    manifest.write(files.manifest());
    if (state == State.BEGINNING) {
      state = State.ON;
    }
    deleteHistory();
    finishedBytes = Files.size(files.path(base));
    LogFile file = next.file();
    baseSize = finishedBytes + (file == null ? 0 : file.size());
    log.info("The append-only file has a new base of {} bytes", finishedBytes);
    return true;
  }

  /** Deletes the files that are no longer needed, then forgets them. */
  private void deleteHistory() throws IOException {
    if (manifest.history().isEmpty()) {
      return;
    }
    for (Part old : manifest.history()) {
      Files.deleteIfExists(files.path(old));
    }
    manifest = manifest.withoutHistory();
    manifest.write(files.manifest());
  }

  /* Status. */

  private long size() {
    LogFile file = present;
    return finishedBytes + (file == null ? 0 : file.size());
  }

  private static long secondsSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1_000_000_000;
  }

  /** How the log fares. */
  public LogStatus status() {
    LogWriter open = writer;
    return new LogStatus(
        state != State.OFF,
        rewriting,
        scheduled,
        lastRewriteSeconds,
        rewriting ? secondsSince(rewriteBegan) : -1,
        lastRewriteSucceeded,
        rewrites,
        failuresInARow,
        writeFailure == null && forceFailure == null,
        size(),
        baseSize,
        open == null ? 0 : open.waiting(),
        open != null && open.forcing() ? 1 : 0,
        open == null ? 0 : open.delayedForces());
  }
}
