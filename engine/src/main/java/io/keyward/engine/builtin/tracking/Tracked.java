package io.keyward.engine.builtin.tracking;

import io.keyward.engine.Client;
import io.keyward.engine.builtin.ClientState;
import io.keyward.engine.builtin.Key;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A client that keeps copies of keys, from CLIENT TRACKING ON to OFF.
 *
 * <p>The table of keys that were read goes on holding it after that; {@link #end()} leaves it
 * empty, so that it holds no connection.
 */
final class Tracked {
  /** Which of the keys that the client reads are remembered. */
  enum Choice {
    ALL,
    /** Those of the command or transaction after CLIENT CACHING YES. */
    OPTED_IN,
    /** All but those of the command or transaction after CLIENT CACHING NO. */
    NOT_OPTED_OUT
  }

  private @Nullable Client client;
  private final Set<Key> prefixes = new TreeSet<>(Key.ORDER);
  private final boolean broadcast;
  private Choice choice = Choice.ALL;
  private boolean notOwnChanges;
  private boolean caching;
  private long redirection;
  private long prefixBytes;
  private boolean redirectionBroken;

  Tracked(Client client, boolean broadcast) {
    this.client = client;
    this.broadcast = broadcast;
  }

  /** Sets what a further CLIENT TRACKING ON may change. */
  void set(Choice chosen, boolean withoutOwnChanges, long redirectTo) {
    choice = chosen;
    notOwnChanges = withoutOwnChanges;
    redirection = redirectTo;
    redirectionBroken = false;
  }

  /** The client, or null if it tracks no more. */
  @Nullable Client client() {
    return client;
  }

  void end() {
    if (client != null && client.state() instanceof ClientState state) {
      state.tracked(0);
    }
    client = null;
  }

  /** Counts the memory that one more prefix takes. */
  void countPrefix(long bytes) {
    prefixBytes += bytes;
    if (client != null && client.state() instanceof ClientState state) {
      state.tracked(prefixBytes);
    }
  }

  /** Whether the client is told of all keys with its prefixes, read or not. */
  boolean broadcast() {
    return broadcast;
  }

  /** The prefixes of the keys that the client is told of. */
  Set<Key> prefixes() {
    return prefixes;
  }

  Choice choice() {
    return choice;
  }

  /** Whether the client does not want to be told of its own changes. */
  boolean notOwnChanges() {
    return notOwnChanges;
  }

  /** Whether CLIENT CACHING has been called for what is executed next. */
  boolean caching() {
    return caching;
  }

  void caching(boolean given) {
    caching = given;
  }

  /** Whether the keys that the client reads now are to be remembered. */
  boolean remembers() {
    return !broadcast
        && switch (choice) {
          case ALL -> true;
          case OPTED_IN -> caching;
          case NOT_OPTED_OUT -> !caching;
        };
  }

  /** The id of the client that gets the messages; 0 = this one. */
  long redirection() {
    return redirection;
  }

  /** Whether that client has been missing. */
  boolean redirectionBroken() {
    return redirectionBroken;
  }

  void breakRedirection() {
    redirectionBroken = true;
  }
}
