package io.keyward.engine.builtin;

import io.keyward.engine.Client;
import io.keyward.engine.Request;
import io.keyward.engine.Turns;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Requests that have been taken and wait to be executed, at most one of each client, in the order
 * of their coming.
 */
final class HeldRequests {
  private final BuiltinKeyspace keyspace;
  private final Map<Client, Request> held = new LinkedHashMap<>();
  private boolean releasing;

  HeldRequests(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
  }

  void hold(Request request) {
    Client client = request.client();
    client.turn(Client.Turn.WAITS);
    held.put(client, request.keep());
  }

  void forget(Client client) {
    Request forgotten = held.remove(client);
    if (forgotten != null) {
      forgotten.dropPieces();
    }
  }

  int count() {
    return held.size();
  }

  /** Executes what is held by now, in slices; what is held again meanwhile stays. */
  void release() {
    if (!releasing && !held.isEmpty()) {
      releasing = true;
      releaseSome(held.size());
    }
  }

  private void releaseSome(int count) {
    long until = System.nanoTime() + Turns.SLICE_NANOS;
    int left = count;
    while (left > 0 && !held.isEmpty()) {
      left--;
      Iterator<Request> next = held.values().iterator();
      Request request = next.next();
      next.remove();
      execute(request);
      if (System.nanoTime() - until > 0 && left > 0) {
        int rest = left;
        keyspace.home().loop().turns().add(keyspace, () -> releaseSome(rest));
        return;
      }
    }
    releasing = false;
  }

  private void execute(Request request) {
    Client client = request.client();
    client.turn(Client.Turn.FREE);
    keyspace.beginBurst();
    keyspace.execute(request, client.reply());
    keyspace.endBurst();
    if (client.turn() != Client.Turn.SUSPENDED) {
      request.dropPieces();
    }
    client.connection().flushSoon();
    client.connection().resume();
  }
}
