package io.keyward.engine.builtin;

import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import java.util.function.Consumer;

/**
 * The reply to a command whose handler has ended before it is known. The client's further requests
 * wait for it.
 */
public final class LateReply {
  private final BuiltinKeyspace keyspace;
  private final Request request;
  private final boolean silent;

  private LateReply(BuiltinKeyspace keyspace, Request request) {
    this.keyspace = keyspace;
    this.request = request;
    silent = request.client().silenced();
  }

  /** Lets the request's client wait; called by the handler. */
  public static LateReply of(BuiltinKeyspace keyspace, Request request) {
    LateReply late = new LateReply(keyspace, request.copy());
    request.client().blocked(true);
    ClientState.of(request.client()).unfinished(true);
    return late;
  }

  /** Writes the reply, or the error that the writer throws; called on the keyspace's loop. */
  public void write(Consumer<Reply> writer) {
    Client client = request.client();
    if (client.keyspace() != keyspace) {
      return;
    }
    Reply reply = silent ? new Reply() : client.reply();
    try {
      writer.accept(reply);
      keyspace.executor().finish(request, 0);
    } catch (CommandException answer) {
      keyspace.executor().abandon(request, reply, answer);
    }
    client.blocked(false);
    client.connection().flushSoon();
    client.connection().resume();
  }
}
