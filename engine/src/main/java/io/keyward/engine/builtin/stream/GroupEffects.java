package io.keyward.engine.builtin.stream;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Effects;

/**
 * Writes what reading and claiming do to a group: each pending entry as an XCLAIM that makes it
 * what it is now, the group's position as XGROUP SETID.
 *
 * @param key the argument that names the stream
 */
record GroupEffects(Request request, int key, Group group, Consumer consumer) {

  private Effects effects() {
    return Database.of(request).keyspace().effects();
  }

  /** Writes an id as an argument. */
  static void id(Effects effects, Request request, long ms, long seq) {
    byte[] scratch = StreamValue.scratch(request);
    effects.argument(scratch, 0, StreamId.write(ms, seq, scratch));
  }

  /** Writes owner, time and number of deliveries of a pending entry. */
  void pending(long ms, long seq) {
    Effects effects = effects();
    if (!effects.wanted()) {
      return;
    }
    long place = group.pending().find(ms, seq);
    effects
        .begin(request, "XCLAIM", 12)
        .key(request, key)
        .argument(group.name().bytes())
        .argument(consumer.name().bytes())
        .number(0);
    id(effects, request, ms, seq);
    effects
        .argument("TIME")
        .number(group.deliveredAt(place))
        .argument("RETRYCOUNT")
        .number(group.deliveries(place))
        .argument("FORCE")
        .argument("JUSTID")
        .end();
  }

  /** Writes that an entry is no longer pending. */
  void acknowledged(StreamId id) {
    Effects effects = effects();
    if (effects.wanted()) {
      effects.begin(request, "XACK", 4).key(request, key).argument(group.name().bytes());
      id(effects, request, id.ms(), id.seq());
      effects.end();
    }
  }

  /** Writes how far the group has read. */
  void position() {
    Effects effects = effects();
    if (effects.wanted()) {
      effects
          .begin(request, "XGROUP", 7)
          .argument("SETID")
          .key(request, key)
          .argument(group.name().bytes());
      id(effects, request, group.last().ms(), group.last().seq());
      effects.argument("ENTRIESREAD").number(group.entriesRead()).end();
    }
  }
}
