package io.keyward.engine.builtin.overview;

import io.keyward.engine.Client;
import io.keyward.engine.Loop;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.propagation.EffectStream;
import io.keyward.engine.builtin.propagation.StreamGate;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stands for a client of the operator on another home: executes there what it is sent with, and
 * sends back what is answered. But for its making, everything happens on that home's loop.
 */
final class Envoy implements Client.Connection {
  /** Requests that are executed one after another; the answer to the last one counts. */
  private static final class Errand {
    final List<Request> requests;
    final Consumer<byte @Nullable []> answered;
    int next;
    int answerFrom;

    Errand(List<Request> requests, Consumer<byte @Nullable []> answered) {
      this.requests = requests;
      this.answered = answered;
    }
  }

  private static final long LOOK_AGAIN_MILLIS = 1;

  private final BuiltinKeyspace there;
  private final Consumer<byte[]> pushed;
  private final Reply reply = new Reply();
  private final Client client;
  private final String remoteAddress;
  private final String localAddress;
  private @Nullable Errand errand;
  private boolean running;
  private boolean flushes;
  private boolean left;

  /**
   * An envoy that has nothing to do yet.
   *
   * @param pushed takes what the operator has not asked for, on the envoy's loop
   */
  Envoy(Client operator, BuiltinKeyspace there, Consumer<byte[]> pushed) {
    this.there = there;
    this.pushed = pushed;
    remoteAddress = operator.connection().remoteAddress();
    localAddress = operator.connection().localAddress();
    client = there.members().standIn(operator, this, reply);
  }

  Client client() {
    return client;
  }

  Loop loop() {
    return there.loop();
  }

  /**
   * Executes requests in a database; nothing else may be under way.
   *
   * @param answered is given the answer when what it acknowledges is safe; null if the disk refuses
   *     it
   */
  void execute(
      List<Request> requests, int database, boolean resp3, Consumer<byte @Nullable []> answered) {
    client.database(database);
    reply.resp3(resp3);
    errand = new Errand(requests, answered);
    goOn();
  }

  private void goOn() {
    Errand now = errand;
    if (now == null || running || left) {
      return;
    }
    running = true;
    try {
      while (isFree() && now.next < now.requests.size()) {
        now.answerFrom = reply.length();
        Request request = now.requests.get(now.next++);
        request.client(client);
        there.beginBurst();
        there.execute(request, reply);
        there.endBurst();
      }
    } finally {
      running = false;
    }
    if (isFree() && now.next == now.requests.size()) {
      errand = null;
      byte[] answer = Arrays.copyOfRange(reply.bytes(), now.answerFrom, reply.length());
      reply.clear();
      EffectStream stream = there.home().effects();
      long position = stream.position();
      if (stream.gate().awaitsSafety(position)) {
        answerWhenSafe(now, answer, position);
      } else {
        now.answered.accept(answer);
      }
    }
  }

  private void answerWhenSafe(Errand errand, byte[] answer, long position) {
    StreamGate gate = there.home().effects().gate();
    if (gate.awaitsSafety(position)) {
      var _ =
          there.loop().schedule(LOOK_AGAIN_MILLIS, () -> answerWhenSafe(errand, answer, position));
    } else {
      errand.answered.accept(gate.unsafe(position) ? null : answer);
    }
  }

  private boolean isFree() {
    return !client.blocked() && client.turn() == Client.Turn.FREE;
  }

  /** The operator has gone. */
  void leave() {
    left = true;
    if (client.keyspace() != null) {
      there.leave(client);
    }
  }

  /** Whoever calls is going to write. */
  @Override
  public void flushSoon() {
    if (!flushes) {
      flushes = true;
      there.loop().execute(this::flush);
    }
  }

  private void flush() {
    flushes = false;
    if (errand != null) {
      goOn();
    } else if (reply.length() > 0 && !left) {
      byte[] push = Arrays.copyOf(reply.bytes(), reply.length());
      reply.clear();
      pushed.accept(push);
    }
  }

  @Override
  public void resume() {
    goOn();
  }

  @Override
  public void closeAfterReply() {
    abort();
  }

  /** Nobody closes an envoy but its client: it is in no list of clients. */
  @Override
  public void abort() {
    client.closing(true);
  }

  @Override
  public long pendingOutput() {
    return reply.length();
  }

  @Override
  public long pendingInput() {
    return 0;
  }

  @Override
  public String remoteAddress() {
    return remoteAddress;
  }

  @Override
  public String localAddress() {
    return localAddress;
  }
}
