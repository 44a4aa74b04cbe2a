package io.keyward.engine.builtin;

import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.Turns;
import io.keyward.engine.builtin.propagation.EffectStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs a keyspace's long commands in slices, so that the other keyspaces of the loop have their
 * turn in between.
 *
 * <p>A long command is suspended at a check point when its slice is over, and gone on with when its
 * turn comes again. It stays atomic: while it is in the middle, the keyspace is <em>busy</em>, and
 * nothing but the command changes its data: the requests of its clients wait (except commands that
 * are allowed when busy), no key expires, none is evicted, no blocked client is served. When a
 * script has run for {@code busy-reply-threshold}, those who wait are answered BUSY instead.
 *
 * <p>Which commands run in slices: those declared to ({@link
 * io.keyward.engine.command.Command#inSlices()}), those with very many arguments, and those that
 * {@link #expect} much work before they have done any. Check points stand where no memory is in use
 * that keyspaces of the loop share (see {@link Home}).
 */
public final class Slices {
  /** A command that expects more of them runs in slices. */
  public static final long MANY_STEPS = 1_000;

  /** A command with more of them runs in slices. */
  static final int MANY_ARGUMENTS = 1_000;

  private static final int STEPS_BETWEEN_LOOKS = 128;

  /** A command that runs in slices. */
  private static final class Run {
    final Reply reply;
    final Client client;
    final Resumable work;
    Reply pushes = new Reply();
    EffectStream.@Nullable OpenUnit unit;
    final Set<Slices> others = new LinkedHashSet<>(2);
    boolean suspended;
    boolean left;
    int depth;
    int silencedFrom = -1;
    long suspendedAt;

    Run(Client client, Reply reply, Runnable work) {
      this.client = client;
      this.reply = reply;
      this.work = new Resumable(work);
    }
  }

  private final BuiltinKeyspace keyspace;
  private final BusyAnswers waiting;
  private final List<Runnable> whenIdle = new ArrayList<>();
  private @Nullable Run run;

  /** The keyspaces whose commands are in the middle of what this one's clients see. */
  private final Set<Slices> holders = new LinkedHashSet<>(2);

  private boolean mounted;
  private boolean undivided;
  private int steps = STEPS_BETWEEN_LOOKS;
  private long sliceEnds;

  Slices(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
    waiting = new BusyAnswers(keyspace, this);
  }

  /** Whether this JVM can run commands in slices; else each runs to its end. */
  public static boolean supported() {
    return Resumable.SUPPORTED;
  }

  /** Whether a command is in the middle, and it is not its turn now. */
  public boolean busy() {
    return (run != null && !mounted) || !holders.isEmpty();
  }

  // What other keyspaces have to do with a command in the middle

  /**
   * Says that the command being executed has to do with another keyspace's data: if it is suspended
   * from now on, that keyspace is busy too, and so are those that share its keys.
   */
  void touches(BuiltinKeyspace other) {
    Run now = run;
    if (now != null && mounted) {
      now.others.add(other.slices());
    }
  }

  /** Whether a keyspace is busy with this one's command alone, which runs now. */
  boolean holds(BuiltinKeyspace other) {
    Set<Slices> itsHolders = other.slices().holders;
    return mounted && itsHolders.size() == 1 && itsHolders.contains(this);
  }

  private void holdOthers(Run suspended) {
    for (Slices other : suspended.others) {
      other.holdFor(this);
      other.keyspace.sharers().forEach(sharer -> sharer.slices().holdFor(this));
    }
  }

  private void holdFor(Slices holder) {
    if (holder != this) {
      holders.add(holder);
    }
  }

  /** Makes a keyspace that begins to share this one's keys as busy as this one is. */
  void bind(Slices sharer) {
    holders.forEach(sharer::holdFor);
  }

  private void letOthersGo(Run ended) {
    for (Slices other : ended.others) {
      other.letGo(this);
      other.keyspace.sharers().forEach(sharer -> sharer.slices().letGo(this));
    }
  }

  private void letGo(Slices holder) {
    if (holders.remove(holder) && holders.isEmpty()) {
      keyspace.home().loop().turns().add(keyspace, this::becomeIdle);
    }
  }

  /** Whether what is being executed may be suspended at a check point. */
  public boolean divided() {
    return keyspace.home().runs() != null;
  }

  /** Whether a command has begun in slices and has not ended, be it its turn now or not. */
  boolean inTheMiddle() {
    return run != null;
  }

  /** Runs a task as soon as no command is in the middle: now, or when the one that is has ended. */
  public void whenIdle(Runnable task) {
    if (run == null && holders.isEmpty()) {
      task.run();
    } else {
      whenIdle.add(task);
    }
  }

  // What commands call

  /**
   * Says that the command is going to take so many steps of less than 0.1 µs or so each; to be
   * called before it has changed or written anything, since it may begin again, in slices.
   */
  public void expect(long manySteps, Client client) {
    // The data may be another keyspace's than the client's own.
    if (manySteps > MANY_STEPS
        && client.keyspace() instanceof BuiltinKeyspace acting
        && acting.slices().mayBegin(client)) {
      throw BeginInSlices.AGAIN;
    }
  }

  /** As the other, for the keyspace and client of a request. */
  public static void expect(Request request, long manySteps) {
    if (manySteps > MANY_STEPS) {
      Database.of(request).keyspace().slices().expect(manySteps, request.client());
    }
  }

  /** A check point of a command whose steps are short. */
  public void step() {
    if (--steps < 0) {
      steps = STEPS_BETWEEN_LOOKS;
      longStep();
    }
  }

  /** A check point of a command whose steps take a microsecond or more. */
  public void longStep() {
    Slices acting = keyspace.home().runs();
    if (acting != null && acting.isOver(System.nanoTime())) {
      acting.pause();
    }
  }

  /** Whether the slice is over, at a time of {@link System#nanoTime()}. */
  public boolean isOver(long nanos) {
    return nanos - sliceEnds > 0 && mounted;
  }

  /**
   * Lets others have their turn; returns when it is the command's turn again.
   *
   * @return the nanoseconds that this took
   */
  public long pause() {
    Run now = run;
    if (now == null || !mounted || !effects().mayPause()) {
      return 0;
    }
    now.suspendedAt = System.nanoTime();
    if (!Resumable.pause()) {
      return 0;
    }
    return System.nanoTime() - now.suspendedAt;
  }

  /** A check point of a command with very many arguments, between two of them. */
  public static void step(Request request) {
    Database.of(request).keyspace().slices().step();
  }

  /** As the other, where what is done for an argument takes a microsecond or more. */
  public static void longStep(Request request) {
    Database.of(request).keyspace().slices().longStep();
  }

  // What the executor calls

  /** Whether a command of this client may begin in slices now: it is not within another one. */
  boolean mayBegin(Client client) {
    return Resumable.SUPPORTED
        && run == null
        && !undivided
        && !client.internal()
        && keyspace.mayDivide();
  }

  /** Runs work that must not begin in slices, since it is part of something else. */
  void undivided(Runnable work) {
    boolean before = undivided;
    undivided = true;
    try {
      work.run();
    } finally {
      undivided = before;
    }
  }

  /** Runs a command; when this returns it may be {@link #busy} in the middle. */
  void begin(Client client, Reply reply, Runnable work) {
    Run begun = new Run(client, reply, work);
    run = begun;
    boolean ended = true;
    try {
      ended = slice(begun);
    } finally {
      if (ended) {
        run = null;
      }
    }
    if (!ended) {
      begun.suspended = true;
      begun.client.turn(Client.Turn.SUSPENDED);
    }
  }

  /** Goes on until the work has ended (true) or its slice is over (false). */
  private boolean slice(Run now) {
    mounted = true;
    keyspace.home().runs(this);
    sliceEnds = System.nanoTime() + Turns.SLICE_NANOS;
    boolean ended = true;
    try {
      ended = now.work.run();
    } finally {
      mounted = false;
      keyspace.home().runs(null);
      if (!ended) {
        now.pushes = keyspace.pushes().exchange(now.pushes);
        now.depth = effects().depth();
        now.unit = effects().setAside();
        holdOthers(now);
        keyspace.home().loop().turns().add(keyspace, () -> goOn(now));
      }
    }
    return ended;
  }

  private EffectStream effects() {
    return keyspace.home().effects();
  }

  private void goOn(Run now) {
    if (!holders.isEmpty()) {
      Slices holder = holders.iterator().next();
      holder.whenIdle(() -> keyspace.home().loop().turns().add(keyspace, () -> goOn(now)));
      return;
    }
    keyspace.executor().resumed(System.nanoTime() - now.suspendedAt);
    keyspace.current(now.client);
    now.pushes = keyspace.pushes().exchange(now.pushes);
    effects().takeUp(now.unit, now.depth);
    now.unit = null;
    boolean ended = true;
    try {
      ended = slice(now);
    } catch (Error | RuntimeException defect) {
      now.client.connection().abort();
      throw defect;
    } finally {
      if (ended) {
        end(now);
      } else {
        keyspace.current(null);
      }
    }
  }

  private void end(Run ended) {
    run = null;
    letOthersGo(ended);
    if (ended.silencedFrom >= 0) {
      Executor.unsilence(ended.client, ended.reply, ended.silencedFrom);
    }
    ended.client.turn(Client.Turn.FREE);
    try {
      keyspace.endSuspended(ended.client, ended.reply);
      if (ended.left) {
        keyspace.leave(ended.client);
      }
      ended.client.connection().flushSoon();
      ended.client.connection().resume();
    } finally {
      becomeIdle();
    }
  }

  private void becomeIdle() {
    if (run == null && holders.isEmpty()) {
      List<Runnable> tasks = List.copyOf(whenIdle);
      whenIdle.clear();
      try {
        tasks.forEach(Runnable::run);
      } finally {
        waiting.release();
      }
    }
  }

  /** Whether the client's command has just been suspended, its reply silenced from a position. */
  boolean silencesLater(Client client, int position) {
    Run now = run;
    if (now == null || now.client != client || !now.suspended) {
      return false;
    }
    now.silencedFrom = position;
    return true;
  }

  /** Lets a request wait until the keyspace is no longer busy, or busy for long. */
  void hold(Request request) {
    waiting.hold(request);
  }

  /** What requests are answered when the keyspace is busy; null as long as they wait. */
  public @Nullable CommandException answer() {
    return waiting.answer();
  }

  /**
   * Puts off a client's leaving if its own command is in the middle.
   *
   * @return whether it is
   */
  boolean leavesLater(Client client) {
    waiting.forget(client);
    Run now = run;
    if (now == null || now.client != client) {
      return false;
    }
    now.left = true;
    return true;
  }

  /**
   * Where to write what is pushed to the client whose command is in the middle; null for others.
   */
  @Nullable Reply pushesTo(Client client) {
    Run now = run;
    return now != null && now.suspended && now.client == client ? now.pushes : null;
  }

  // Scripts

  /** The script that is running, or null. */
  public @Nullable RunningScript script() {
    return waiting.script();
  }

  /** Makes a script known while it runs. */
  public void script(@Nullable RunningScript running) {
    waiting.script(running);
  }
}
