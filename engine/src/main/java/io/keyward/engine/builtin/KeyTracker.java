package io.keyward.engine.builtin;

import io.keyward.engine.Client;
import io.keyward.engine.Request;
import io.keyward.engine.command.Command;

/**
 * Is told what the clients of a keyspace read and what changes, as long as one of them keeps copies
 * of keys. A keyspace without such clients has none.
 */
public interface KeyTracker {
  /** A command that only reads has been executed, by a client, its transaction or its script. */
  void read(Request request, Command command);

  /** A client's request is over, with everything that it executed in turn. */
  void ended(Client client);

  /**
   * A key is about to change, or has changed.
   *
   * @param ofItself whether no client is behind it: the key has expired or is evicted
   */
  void changed(byte[] key, int offset, int length, boolean ofItself);

  /** All keys of a database have gone. */
  void emptied();

  /** The requests that arrived together, or a round of the regular work, are over. */
  void settle();

  /** The letters by which CLIENT LIST tells of a client's tracking. */
  String flags(Client client);

  /** The id to which a client's messages are redirected: 0 for none, -1 if it does not track. */
  long redirection(Client client);

  /** A client has left. */
  void forget(Client client);
}
