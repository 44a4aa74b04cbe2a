package io.keyward.engine.builtin.structure;

import io.keyward.engine.Reply;

/** Sends entries of listpacks to a client. */
public final class ListpackReply {
  private ListpackReply() {}

  /** Sends the entry at a position as a bulk string. */
  public static void send(byte[] bytes, int position, Reply reply) {
    if (Listpack.isIntegerAt(bytes, position)) {
      reply.bulkInteger(Listpack.integerAt(bytes, position));
    } else {
      reply.bulk(
          bytes,
          Listpack.stringOffsetAt(bytes, position),
          Listpack.stringLengthAt(bytes, position));
    }
  }
}
