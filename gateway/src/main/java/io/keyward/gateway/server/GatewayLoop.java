package io.keyward.gateway.server;

import io.keyward.engine.Loop;
import io.keyward.engine.Reply;
import io.keyward.gateway.protocol.Input;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * An event loop as the home of keyspaces, with what its sessions share.
 *
 * <p>Sessions that have output to send or may go on are gathered and served once when the running
 * burst is over, or by a task of their own if none runs.
 */
public final class GatewayLoop implements Loop {
  private final EventLoop eventLoop;
  private final Input.Scratch scratch = new Input.Scratch();
  private final ReplyArrays replyArrays = new ReplyArrays();
  private final ArrayDeque<Session> toFlush = new ArrayDeque<>();
  private final ArrayDeque<Session> toResume = new ArrayDeque<>();
  private boolean burst;
  private boolean scheduled;

  public GatewayLoop(EventLoop eventLoop) {
    this.eventLoop = eventLoop;
  }

  /** The loop of Netty that runs this one's tasks. */
  public EventLoop eventLoop() {
    return eventLoop;
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
    eventLoop.execute(task);
  }

  @Override
  public Timer schedule(long milliseconds, Runnable task) {
    Future<?> future = eventLoop.schedule(task, milliseconds, TimeUnit.MILLISECONDS);
    return () -> future.cancel(false);
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
    if (!burst && !scheduled) {
      scheduled = true;
      eventLoop.execute(this::settle);
    }
  }

  /** A run of one session's requests begins: until it ends nothing of others is sent. */
  void beginBurst() {
    burst = true;
  }

  void endBurst() {
    burst = false;
    if (!scheduled) {
      settle();
    }
  }

  /** Serves the sessions that wait for it, but for those that have moved to another loop since. */
  private void settle() {
    scheduled = true;
    Session session = toResume.poll();
    while (session != null) {
      if (session.home() == this) {
        session.goOn();
      }
      session = toResume.poll();
    }
    session = toFlush.poll();
    while (session != null) {
      if (session.home() == this) {
        session.flushNow();
      }
      session = toFlush.poll();
    }
    scheduled = false;
  }
}
