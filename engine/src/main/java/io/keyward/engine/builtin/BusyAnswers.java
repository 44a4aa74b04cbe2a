package io.keyward.engine.builtin;

import io.keyward.config.directive.Directive;
import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Request;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of requests that come while a keyspace is busy with a command in the middle: they
 * wait until it has ended, or are answered BUSY when it is a script that has run for {@code
 * busy-reply-threshold}.
 */
final class BusyAnswers {
  private static final long LOOK_AGAIN_MILLIS = 100;

  private final BuiltinKeyspace keyspace;
  private final Slices slices;
  private final HeldRequests held;
  private @Nullable RunningScript script;
  private boolean looksAgain;

  BusyAnswers(BuiltinKeyspace keyspace, Slices slices) {
    this.keyspace = keyspace;
    this.slices = slices;
    held = new HeldRequests(keyspace);
  }

  /** The script that is running, or null. */
  @Nullable RunningScript script() {
    return script;
  }

  /** Makes a script known while it runs. */
  void script(@Nullable RunningScript running) {
    script = running;
  }

  /** Lets a request wait until the keyspace is no longer busy, or busy for long. */
  void hold(Request request) {
    held.hold(request);
    lookAgain();
  }

  /** Forgets what a client that leaves was waiting for. */
  void forget(Client client) {
    held.forget(client);
  }

  /** Executes what waits, since the keyspace is no longer busy. */
  void release() {
    held.release();
  }

  private void lookAgain() {
    if (!looksAgain) {
      keyspace.home().loop().schedule(millisToAnswer(), this::look);
      looksAgain = true;
    }
  }

  private long millisToAnswer() {
    RunningScript running = script;
    long threshold = threshold();
    return running == null || threshold <= 0
        ? LOOK_AGAIN_MILLIS
        : Math.max(1, threshold - running.millis());
  }

  private void look() {
    looksAgain = false;
    if (slices.busy() && held.count() > 0) {
      if (answer() == null) {
        lookAgain();
      } else {
        held.release();
      }
    }
  }

  /** Milliseconds; 0 lets everybody wait for ever. */
  private long threshold() {
    return keyspace.home().settings().number(Directive.BUSY_REPLY_THRESHOLD);
  }

  /** What requests are answered when the keyspace is busy; null as long as they wait. */
  @Nullable CommandException answer() {
    RunningScript running = script;
    long threshold = threshold();
    return running != null && threshold > 0 && running.millis() >= threshold
        ? running.busy()
        : null;
  }
}
