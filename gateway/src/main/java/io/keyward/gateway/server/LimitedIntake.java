package io.keyward.gateway.server;

import io.keyward.config.tenant.Limit;
import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Request;
import io.keyward.engine.RequestSize.Excess;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.ClientState;
import io.keyward.engine.builtin.Limits;
import io.keyward.engine.builtin.Throttle;
import io.keyward.gateway.protocol.Input;
import io.keyward.gateway.protocol.ProtocolException;
import org.jspecify.annotations.Nullable;

/** Executes what a session has received within the limits of its keyspace. */
final class LimitedIntake {
  private final Intake intake;
  private final Client client;
  private final Input input;

  /** Bytes that have come and are not counted yet. */
  private long uncounted;

  LimitedIntake(Intake intake, Client client, Input input) {
    this.intake = intake;
    this.client = client;
    this.input = input;
  }

  void received(int bytes) {
    uncounted += bytes;
  }

  /** As {@link Intake} does it without limits: true if it is the others' turn. */
  boolean execute(BuiltinKeyspace keyspace, Limits limits, Input.Scratch scratch, long longestBulk)
      throws ProtocolException {
    input.limit(limits.requestSize());
    Throttle throttle = limits.throttle();
    if (throttle == null) {
      uncounted = 0;
      return execute(keyspace, limits, null, scratch, longestBulk);
    }
    return !intake.held() && execute(keyspace, limits, throttle, scratch, longestBulk);
  }

  private boolean execute(
      BuiltinKeyspace keyspace,
      Limits limits,
      @Nullable Throttle throttle,
      Input.Scratch scratch,
      long longestBulk)
      throws ProtocolException {
    long now = throttle == null ? 0 : System.nanoTime();
    long allowed = throttle == null ? Long.MAX_VALUE : throttle.allowance(now);
    boolean slows = throttle != null && !throttle.refuses();
    if (throttle != null && slows && allowed > 0) {
      count(throttle);
    }
    long executed = 0;
    boolean refused = false;
    boolean over = false;
    while (!over
        && !intake.held()
        && (executed < allowed || !slows)
        && input.next(scratch, longestBulk, client.authenticated())) {
      CommandException refusal = refusal(limits, throttle, executed < allowed, now);
      if (refusal == null) {
        Request request = input.request(scratch);
        request.client(client);
        keyspace.execute(request, client.reply());
        executed++;
      } else {
        long written = client.reply().written();
        keyspace.executor().refusals().turnAway(client, refusal);
        if (throttle != null) {
          throttle.forgive(client.reply().written() - written);
        }
        refused = true;
      }
      over = keyspace.turnIsOver();
    }
    if (throttle != null) {
      throttle.executed(now, executed);
      if (executed > 0) {
        count(throttle);
      } else if (refused) {
        // A request that is refused costs nothing, so that who repeats it gets through one day.
        uncounted = 0;
      }
      if (slows && executed >= allowed && !over && input.more() && !intake.held()) {
        intake.waitForRate(throttle);
      }
    }
    return over;
  }

  private void count(Throttle throttle) {
    throttle.carried(uncounted);
    uncounted = 0;
  }

  private @Nullable CommandException refusal(
      Limits limits, @Nullable Throttle throttle, boolean allowed, long now) {
    Excess excess = input.excess();
    if (excess != null) {
      return limits.refusal(excess == Excess.ARGUMENT ? Limit.MAX_VALUE : Limit.MAX_REQUEST);
    }
    // What stands in a transaction that has begun goes on to its end: without EXEC the client
    // would stay in it.
    return allowed || throttle == null || ClientState.of(client).transaction() != null
        ? null
        : limits.refusal(throttle.exceeded(now));
  }
}
