package io.keyward.engine.builtin;

import io.keyward.config.directive.Directive;
import io.keyward.engine.builtin.propagation.EffectStream;

/**
 * Writes what has gone of itself, on the way of a command or apart from any: its time was up, or it
 * had to make room.
 */
final class DepartureEffects {
  private final BuiltinKeyspace keyspace;
  private final Effects effects;
  private final EffectStream stream;

  DepartureEffects(BuiltinKeyspace keyspace, Effects effects, EffectStream stream) {
    this.keyspace = keyspace;
    this.effects = effects;
    this.stream = stream;
  }

  /** Writes that a key has gone. */
  void key(int database, byte[] key, int offset, int length) {
    if (!effects.ownWanted() || keyspace.pins().hold(key, offset, length)) {
      return;
    }
    stream.begin(database, 2);
    stream.argument(effects.deletion(Directive.LAZYFREE_LAZY_EXPIRE));
    stream.argument(effects.prefix(), key, offset, length);
    stream.endEffect();
  }

  /** Writes that a field of a hash has gone. */
  void field(int database, Entry hash, byte[] name, int offset, int length) {
    if (!effects.ownWanted() || keyspace.pins().hold(hash)) {
      return;
    }
    stream.begin(database, 3);
    stream.argument("HDEL");
    stream.argument(effects.prefix(), hash.bytes(), hash.keyOffset(), hash.keyLength());
    stream.argument(name, offset, length);
    stream.endEffect();
  }
}
