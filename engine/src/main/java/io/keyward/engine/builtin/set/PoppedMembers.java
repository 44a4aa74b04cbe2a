package io.keyward.engine.builtin.set;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Effects;

/**
 * Which members SPOP has drawn, read back from its reply, for the effect that removes the same
 * ones.
 *
 * <p>In the reply each is a bulk string: {@code $<length>\r\n<member>\r\n}.
 */
final class PoppedMembers {
  /** How many members one SREM removes at most. */
  private static final int TOGETHER = 1024;

  private final Database database;
  private final Effects effects;
  private final Reply reply;
  private int start;

  private PoppedMembers(Database database, Reply reply) {
    this.database = database;
    effects = database.keyspace().effects();
    this.reply = reply;
  }

  /** Sees to it that the members which are written from here on can be read back. */
  static PoppedMembers from(Database database, Reply reply) {
    PoppedMembers popped = new PoppedMembers(database, reply);
    if (popped.effects.wanted()) {
      popped.start = reply.openMark();
    }
    return popped;
  }

  /** Writes the effect, with so many members in the reply. */
  void writeEffect(Request request, int count) {
    if (!effects.wanted()) {
      return;
    }
    int at = start;
    for (int left = count; left > 0; left -= TOGETHER) {
      database.keyspace().slices().longStep();
      at = writeRemoval(request, at, Math.min(left, TOGETHER));
    }
    reply.closeMark();
  }

  /** Writes that so many members have been removed; returns where the next one begins. */
  private int writeRemoval(Request request, int from, int count) {
    effects.begin(request, "SREM", 2 + count).key(request, 1);
    byte[] bytes = reply.bytes();
    int at = from;
    for (int i = 0; i < count; i++) {
      int length = 0;
      for (at++; bytes[at] != '\r'; at++) {
        length = length * 10 + bytes[at] - '0';
      }
      at += 2;
      effects.argument(bytes, at, length);
      at += length + 2;
    }
    effects.end();
    return at;
  }
}
