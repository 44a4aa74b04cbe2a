package io.keyward.engine.builtin;

import io.keyward.engine.Client;
import java.util.ArrayList;
import java.util.List;

/** The clients of a keyspace that wait for keys, over all its databases. */
public final class Waiting {
  private final BuiltinKeyspace keyspace;
  private final List<Waiting> others = new ArrayList<>(0);
  private boolean keysReady;
  private int clients;

  Waiting(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
  }

  /** Keys that somebody waits for have been changed. */
  void keysReady() {
    keysReady = true;
  }

  /** Keys of another keyspace have been changed here: who waits for them is served, too. */
  void with(Waiting other) {
    if (other.keysReady && !others.contains(other)) {
      others.add(other);
      keysReady = true;
    }
  }

  /** Serves who has waited for keys that have been changed. */
  void serve(long now) {
    while (keysReady) {
      keysReady = false;
      keyspace.databases().forEach(database -> database.blocked().serve(now));
      while (!others.isEmpty()) {
        others.removeLast().serve(now);
      }
    }
  }

  void count(int change) {
    clients += change;
    Limits limits = keyspace.limits();
    if (limits != null) {
      limits.blocked(clients);
    }
  }

  /** How many clients wait for keys. */
  public int clients() {
    return clients;
  }

  /** How many clients wait for keys, but not for ever. */
  public int withTimeout() {
    int found = 0;
    for (Client client : keyspace.clients()) {
      BlockedCall call = ClientState.of(client).blockedCall();
      if (call != null && call.ends()) {
        found++;
      }
    }
    return found;
  }

  /** How many keys are waited for. */
  public int keys() {
    int[] found = {0};
    keyspace.databases().forEach(database -> found[0] += database.blocked().keys());
    return found[0];
  }

  /** How many of them somebody awaits who also wants to know that they have gone. */
  public int keysEvenIfGone() {
    int[] found = {0};
    keyspace.databases().forEach(database -> found[0] += database.blocked().keysEvenIfGone());
    return found[0];
  }
}
