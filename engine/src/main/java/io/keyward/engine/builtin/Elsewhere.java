package io.keyward.engine.builtin;

import io.keyward.engine.Client;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;

/** Has commands executed on other homes, for a keyspace whose clients see the keys of those too. */
public interface Elsewhere {
  /**
   * Takes a request that has been resolved and checked, if it is to be executed elsewhere. The
   * reply comes later then, and the client is blocked until it does.
   */
  boolean takes(Request request, Reply reply);

  /** The client that stands for one of this keyspace's on another home; called on that home. */
  Client standIn(Client client, Overview there);

  /** Forgets a client that leaves. */
  void forget(Client client);
}
