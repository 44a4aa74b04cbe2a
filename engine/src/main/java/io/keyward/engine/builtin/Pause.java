package io.keyward.engine.builtin;

import io.keyward.engine.Client;
import io.keyward.engine.Request;
import io.keyward.engine.SteadyTime;

/**
 * Holds back the requests of a keyspace's clients for CLIENT PAUSE, and what has to wait until data
 * is loaded.
 *
 * <p>A held request is executed when the pause is over. While a pause lasts, no key is expired by
 * the regular work.
 */
public final class Pause {
  /** What is held back. */
  public enum Scope {
    NOTHING,
    WRITES,
    EVERYTHING
  }

  private final BuiltinKeyspace keyspace;
  private final HeldRequests held;
  private Scope scope = Scope.NOTHING;
  private long until;

  Pause(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
    held = new HeldRequests(keyspace);
  }

  public Scope scope() {
    return scope;
  }

  /**
   * Begins or extends a pause; the stricter scope and the later end of the two count.
   *
   * @param end by {@link SteadyTime#millis()}
   */
  public void begin(Scope wanted, long end) {
    if (wanted.compareTo(scope) > 0) {
      scope = wanted;
    }
    until = Math.max(until, end);
    keyspace.home().loop().schedule(Math.max(1, until - SteadyTime.millis()), this::check);
  }

  /** Ends the pause now; the held requests are executed. */
  public void end() {
    scope = Scope.NOTHING;
    until = 0;
    held.release();
  }

  void check() {
    if (scope != Scope.NOTHING && SteadyTime.millis() >= until) {
      end();
    }
  }

  /** Whether a request that would do this is to be held back. */
  boolean holds(boolean write) {
    return switch (scope) {
      case NOTHING -> false;
      case WRITES -> write;
      case EVERYTHING -> true;
    };
  }

  void hold(Request request) {
    held.hold(request);
  }

  /** Holds a request back that is to be answered when the data is loaded. */
  public void holdUntilLoaded(Request request) {
    held.hold(request);
  }

  /** Executes what is held back, now that the data is loaded; what a pause holds is held again. */
  void loaded() {
    held.release();
  }

  void forget(Client client) {
    held.forget(client);
  }

  /** Clients whose request is held back. */
  public int heldClients() {
    return held.count();
  }
}
