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

  /** Whether there was a reason to release while that was under way. */
  private boolean again;

  HeldRequests(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
  }

  void hold(Request request) {
    Client client = request.client();
    held.put(client, request.keep());
    client.turn(Client.Turn.WAITS);
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

  /**
   * Executes what is held by now, in slices. What is held again meanwhile stays, until there is the
   * next reason to release it; if that comes meanwhile, until this is over.
   */
  void release() {
    if (releasing) {
      again = true;
    } else if (!held.isEmpty()) {
      releasing = true;
      releaseSome(held.size());
    }
  }

  private void releaseSome(int count) {
    long until = System.nanoTime() + Turns.SLICE_NANOS;
    int left = count;
    boolean goesOn = false;
    try {
      while (left > 0 && !held.isEmpty() && !goesOn) {
        left--;
        Iterator<Request> next = held.values().iterator();
        Request request = next.next();
        next.remove();
        execute(request);
        goesOn = left > 0 && System.nanoTime() - until > 0;
      }
    } finally {
      int rest = left;
      if (goesOn) {
        soon(() -> releaseSome(rest));
      } else {
        releasing = false;
        // What is left when a request has failed by a defect must not wait for ever either.
        if (again || rest > 0) {
          again = false;
          soon(this::release);
        }
      }
    }
  }

  private void soon(Runnable slice) {
    keyspace.home().loop().turns().add(keyspace, slice);
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
