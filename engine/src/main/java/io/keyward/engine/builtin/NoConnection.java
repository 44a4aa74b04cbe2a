package io.keyward.engine.builtin;

import io.keyward.engine.Client;
import io.keyward.engine.Reply;

/** The connection of a client that stands for the gateway itself. */
record NoConnection(Reply reply) implements Client.Connection {
  @Override
  public void flushSoon() {}

  @Override
  public void resume() {}

  @Override
  public void closeAfterReply() {}

  @Override
  public void abort() {}

  @Override
  public long pendingOutput() {
    return reply.length();
  }

  @Override
  public long pendingInput() {
    return 0;
  }

  @Override
  public String remoteAddress() {
    return "";
  }

  @Override
  public String localAddress() {
    return "";
  }
}
