package io.keyward.engine.builtin;

import io.keyward.engine.Client;
import io.keyward.engine.Reply;

/**
 * Where messages go that clients have not asked for. What the client being served is to get stands
 * behind the reply to its command.
 */
public final class Pushes {
  private final BuiltinKeyspace keyspace;
  private Reply deferred = new Reply();

  Pushes(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
  }

  /** Where a message for a client is to be written; it is sent soon after. */
  public Reply to(Client client) {
    if (client == keyspace.current()) {
      deferred.resp3(client.reply().resp3());
      return deferred;
    }
    Reply later = keyspace.slices().pushesTo(client);
    if (later != null) {
      later.resp3(client.reply().resp3());
      return later;
    }
    client.connection().flushSoon();
    return client.reply();
  }

  /** Writes the messages that the client being served has got so far. */
  void send(Reply reply) {
    if (deferred.length() > 0) {
      reply.raw(deferred.bytes(), 0, deferred.length());
      deferred.clear();
    }
  }

  /**
   * Gathers the messages of the command that is executed now in another reply; returns the former.
   */
  Reply exchange(Reply other) {
    Reply former = deferred;
    deferred = other;
    return former;
  }
}
