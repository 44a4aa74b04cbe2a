package io.keyward.engine.command;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;

/** What a command does. */
@FunctionalInterface
public interface Handler {
  /**
   * Executes the request and writes one reply.
   *
   * @throws io.keyward.engine.CommandException the error to be sent instead of what was written
   */
  void execute(Request request, Reply reply);
}
