package io.keyward.engine.builtin.appendonly;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.CommandException;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.propagation.EffectSink;
import io.keyward.engine.builtin.propagation.EffectStream;
import io.keyward.engine.builtin.propagation.LongArguments;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Between the loops and the writer: takes what the homes do to the writer, and tells the homes what
 * the writer says of the disk.
 */
final class LogFeed implements LogWriter.Observer {
  private static final Logger log = LoggerFactory.getLogger(LogFeed.class);

  /** What the system says when it has no memory. */
  static final String NO_MEMORY = "Cannot allocate memory";

  private static final CommandException INCOMPLETE = refusal(NO_MEMORY);
  private static final long POLL_MILLIS = 1;
  private static final long LOOK_NANOS = 100_000_000;

  /** Hears what concerns the log as a whole, on the writer's threads. */
  interface Listener {
    /** Some more may have been written; several times a second while something is. */
    void written();

    /** Some of what was written may be lost, though the disk takes more again. */
    void doubtful();
  }

  private final LiveSettings settings;
  private final List<Home> homes;
  private final ForcedPositions forced;
  private final Listener listener;
  private volatile @Nullable String writeFailure;
  private volatile @Nullable String forceFailure;

  /**
   * Of each home the number of the last doubt, if it has done something that it had no memory to
   * tell and that no base has; else 0.
   */
  private final AtomicIntegerArray incomplete;

  private volatile boolean incompleteAnew;
  private long lookedAt;

  LogFeed(LiveSettings settings, List<Home> homes, ForcedPositions forced, Listener listener) {
    this.settings = settings;
    this.homes = homes;
    this.forced = forced;
    this.listener = listener;
    incomplete = new AtomicIntegerArray(homes.size());
  }

  private static CommandException refusal(String reason) {
    return new CommandException("MISCONF Errors writing to the AOF file: " + reason);
  }

  /** A writer for all homes, which begins with this file. */
  LogWriter writer(LogFile first) {
    return new LogWriter(homes.size(), first, this);
  }

  /** What is done on each home's loop. */
  interface OnHome {
    void accept(Home home);
  }

  /** Does something on each loop and waits until it is done. */
  void onEveryHome(OnHome task) throws InterruptedException {
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

  /** Waits until the files have everything that the homes have done so far; not on a loop. */
  void awaitWritten() throws InterruptedException {
    AtomicBoolean waits = new AtomicBoolean(true);
    while (waits.getAndSet(false)) {
      onEveryHome(
          home -> {
            EffectStream stream = home.effects();
            stream.tend();
            if (stream.gate().awaitsSafety(stream.position())) {
              waits.set(true);
            }
          });
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** Lets a writer have what the home does from here on; on its loop. */
  void attach(Home home, LogWriter target) {
    int number = homes.indexOf(home);
    EffectStream stream = home.effects();
    stream.attach(new Sink(home, number, target), homes.size() == 1);
    stream.gate().gated(true);
    forced.startsAt(number, stream.position());
  }

  /** What a home hands to a writer, on its loop. */
  private final class Sink implements EffectSink {
    private final Home home;
    private final int number;
    private final LogWriter target;

    Sink(Home home, int number, LogWriter target) {
      this.home = home;
      this.number = number;
      this.target = target;
    }

    @Override
    public void take(byte[] bytes, int length, LongArguments among, long position) {
      EffectStream stream = home.effects();
      boolean room =
          among.isEmpty()
              ? target.put(number, bytes, length, position, stream.buffers())
              : target.put(
                  number,
                  bytes,
                  length,
                  among,
                  position,
                  () -> home.loop().execute(among::release));
      if (!room) {
        stream.gate().crowded(true);
      }
    }

    /** What it does from now on could not be done again without what is missing. */
    @Override
    public void missing() {
      home.writeRefusals().log(INCOMPLETE);
      incomplete.set(number, forced.doubt());
      incompleteAnew = true;
    }
  }

  /** Says that a new base has what was missing in the log up to so many doubts. */
  void complete(int doubts) {
    for (int i = 0; i < homes.size(); i++) {
      int missing = incomplete.get(i);
      if (missing > 0 && missing <= doubts) {
        // Unless something else is missing since.
        incomplete.compareAndSet(i, missing, 0);
      }
    }
    refuse();
  }

  /** Lets what the home does from here on go to another file; on its loop. */
  void changeOver(Home home, LogWriter target, LogFile file) {
    if (home.effects().taken()) {
      home.effects().reselect();
    } else {
      attach(home, target);
    }
    target.change(homes.indexOf(home), file);
  }

  /** Lets nobody have what the homes do. */
  void detach() throws InterruptedException {
    onEveryHome(home -> home.effects().detach());
  }

  /** Forgets what the disk has refused. */
  void forget() {
    writeFailure = null;
    forceFailure = null;
    complete(Integer.MAX_VALUE);
  }

  /** Whether the disk took what was written last. */
  boolean sound() {
    return writeFailure == null && forceFailure == null;
  }

  /** Whether the log has all that the homes have done. */
  boolean complete() {
    for (int i = 0; i < homes.size(); i++) {
      if (incomplete.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Lets writes be refused while the disk refuses, or no longer. */
  private void refuse() {
    String writing = writeFailure;
    String reason = writing == null ? forceFailure : writing;
    CommandException ofDisk = reason == null ? null : refusal(reason);
    for (int i = 0; i < homes.size(); i++) {
      int number = i;
      Home home = homes.get(i);
      home.loop()
          .execute(
              () -> {
                boolean known = ofDisk != null || incomplete.get(number) == 0;
                home.writeRefusals().log(known ? ofDisk : INCOMPLETE);
              });
    }
  }

  @Override
  public boolean always() {
    return settings.text(Directive.APPENDFSYNC).equals("always");
  }

  @Override
  public boolean everySecond() {
    return settings.text(Directive.APPENDFSYNC).equals("everysec");
  }

  @Override
  public void safe(int home, long position) {
    EffectStream stream = homes.get(home).effects();
    homes.get(home).loop().execute(() -> stream.gate().safe(position));
  }

  @Override
  public void forced(long[] positions) {
    forced.advance(positions);
  }

  @Override
  public void roomAgain() {
    for (Home home : homes) {
      home.loop().execute(() -> home.effects().gate().crowded(false));
    }
  }

  @Override
  public void failed(boolean forcing, String reason) {
    if (forcing) {
      forced.doubt();
      forceFailure = reason;
    } else {
      writeFailure = reason;
    }
    log.error(
        "{} the append-only file fails: {}; writes are refused until it succeeds",
        forcing ? "Forcing to the disk" : "Writing",
        reason);
    refuse();
    boolean promised = always();
    for (Home home : homes) {
      EffectStream stream = home.effects();
      home.loop()
          .execute(
              () -> {
                if (promised) {
                  stream.gate().abandonWaiting(stream.position());
                } else if (!forcing) {
                  stream.gate().release();
                }
              });
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
    if (sound()) {
      // Before writes are taken again, so that none is answered that is not written.
      for (Home home : homes) {
        home.loop().execute(() -> home.effects().gate().waitAgain());
      }
    }
    refuse();
    if (forcing) {
      listener.doubtful();
    }
  }

  @Override
  public void lost(long bytes) {
    log.error(
        "The append-only file ends without its last {} bytes, which the disk has not taken", bytes);
  }

  private void tellIncomplete() {
    try {
      log.error(
          "There was no memory to write something to the append-only file; writes are refused"
              + " until all data has been written anew");
      listener.doubtful();
    } catch (OutOfMemoryError full) {
      incompleteAnew = true;
      throw full;
    }
  }

  @Override
  public void settled() {
    if (incompleteAnew) {
      incompleteAnew = false;
      tellIncomplete();
    }
    long now = System.nanoTime();
    if (now - lookedAt > LOOK_NANOS) {
      lookedAt = now;
      listener.written();
    }
  }
}
