package io.keyward.gateway.server;

import io.keyward.engine.Line;
import io.keyward.engine.Loop;
import io.keyward.engine.MissingMemory;
import io.keyward.engine.Reply;
import io.keyward.engine.Turns;
import io.keyward.engine.builtin.propagation.EffectStream;
import io.keyward.engine.builtin.propagation.StreamGate;
import io.keyward.engine.bytes.PieceArrays;
import io.keyward.gateway.protocol.Input;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An event loop as the home of keyspaces, with what its sessions share.
 *
 * <p>Sessions that have output to send or may go on because of others are gathered and served once,
 * by a task that runs when what has arrived on all sockets has been executed, or after two
 * milliseconds: so whoever hears a hundred messages in one pass of the loop is sent them in few
 * pieces.
 */
public final class GatewayLoop implements Loop, StreamGate.Waiting {
  /** How long a pass over many sockets may keep others' output waiting. */
  private static final long MOST_DELAY_NANOS = 2_000_000;

  /** A session whose output waits until the stream of effects is durable up to a position. */
  private record DiskWait(Session session, long position) {}

  /** A task on the loop's clock. */
  private static final class Scheduled implements Timer {
    private @Nullable Future<?> future;

    @Override
    public void cancel() {
      Future<?> begun = future;
      if (begun != null) {
        begun.cancel(false);
      }
    }
  }

  private final EventLoop eventLoop;
  private final Input.Scratch scratch = new Input.Scratch();
  private final ReplyArrays replyArrays = new ReplyArrays();
  private final Line<Session> toFlush = new Line<>();
  private final Line<Session> toResume = new Line<>();
  private final Line<DiskWait> forDisk = new Line<>();
  private final Line<Session> forRoom = new Line<>();
  private PieceArrays arrays = PieceArrays.UNKEPT;
  private @Nullable EffectStream effects;
  private final Turns turns = new Turns(this);
  private final ArrivalPacing arrivals;
  private final Runnable settle = this::settleAsScheduled;
  private boolean burst;
  private boolean scheduled;
  private boolean settling;
  private long waitingSince;

  public GatewayLoop(EventLoop eventLoop) {
    this.eventLoop = eventLoop;
    arrivals = new ArrivalPacing(eventLoop);
  }

  /** The loop of Netty that runs this one's tasks. */
  EventLoop eventLoop() {
    return eventLoop;
  }

  /** Says where the arrays of long arguments and replies come from. */
  void arrays(PieceArrays source) {
    arrays = source;
    scratch.arrays(source);
  }

  /** Where the arrays of long arguments and replies come from. */
  PieceArrays arrays() {
    return arrays;
  }

  /** How fast new clients come to this loop. */
  ArrivalPacing arrivals() {
    return arrivals;
  }

  Input.Scratch scratch() {
    return scratch;
  }

  Reply.Buffers replyArrays() {
    return replyArrays;
  }

  @Override
  public boolean isCurrent() {
    return eventLoop.inEventLoop();
  }

  @Override
  public void execute(Runnable task) {
    for (int attempt = 1; ; attempt++) {
      try {
        eventLoop.execute(task);
        return;
      } catch (OutOfMemoryError full) {
        MissingMemory.await(full, attempt);
      }
    }
  }

  @Override
  public Timer schedule(long milliseconds, Runnable task) {
    for (int attempt = 1; ; attempt++) {
      try {
        Scheduled timer = new Scheduled();
        timer.future = eventLoop.schedule(task, milliseconds, TimeUnit.MILLISECONDS);
        return timer;
      } catch (OutOfMemoryError full) {
        MissingMemory.await(full, attempt);
      }
    }
  }

  /** Says what the keyspaces of this loop write, which replies may have to wait for. */
  void effects(EffectStream stream) {
    effects = stream;
    stream.gate().tell(this);
  }

  EffectStream effects() {
    EffectStream present = effects;
    if (present == null) {
      throw new IllegalStateException("the loop has no home");
    }
    return present;
  }

  /** Lets a session wait until what has been done so far is safe. */
  void flushWhenSafe(Session session) {
    forDisk.add(new DiskWait(session, effects().position()));
  }

  /** Lets a session wait until the stream of effects has room. */
  void resumeWhenRoom(Session session) {
    forRoom.add(session);
  }

  @Override
  public void advanced() {
    DiskWait wait = forDisk.peek();
    while (wait != null && !effects().gate().awaitsSafety(wait.position())) {
      forDisk.poll();
      wait.session().safe();
      wait = forDisk.peek();
    }
    if (!effects().gate().crowded()) {
      Session session = forRoom.poll();
      while (session != null) {
        session.roomAgain();
        session = forRoom.poll();
      }
    }
  }

  @Override
  public void abandoned() {
    DiskWait wait = forDisk.poll();
    while (wait != null) {
      wait.session().abort();
      wait = forDisk.poll();
    }
  }

  @Override
  public Turns turns() {
    return turns;
  }

  void flushSoon(Session session) {
    toFlush.add(session);
    settleLater();
  }

  void resumeSoon(Session session) {
    toResume.add(session);
    settleLater();
  }

  private void settleLater() {
    if (!burst && !scheduled && !settling) {
      waitingSince = System.nanoTime();
      execute(settle);
      scheduled = true;
    }
  }

  /** A run of one session's requests begins: until it ends nothing of others is sent. */
  void beginBurst() {
    burst = true;
  }

  void endBurst() {
    burst = false;
    if (settling || (toFlush.isEmpty() && toResume.isEmpty())) {
      return;
    }
    if (scheduled && System.nanoTime() - waitingSince > MOST_DELAY_NANOS) {
      settle();
      waitingSince = System.nanoTime();
    } else {
      settleLater();
    }
  }

  private void settleAsScheduled() {
    scheduled = false;
    settle();
  }

  /** Serves the sessions that wait for it, but for those that have moved to another loop since. */
  private void settle() {
    settling = true;
    try {
      Session session = toResume.poll();
      while (session != null) {
        if (session.isAt(this)) {
          session.goOn();
        }
        session = toResume.poll();
      }
      session = toFlush.poll();
      while (session != null) {
        if (session.isAt(this)) {
          session.flushNow();
        }
        session = toFlush.poll();
      }
    } finally {
      settling = false;
      if (!toFlush.isEmpty() || !toResume.isEmpty()) {
        settleLater();
      }
    }
  }
}
