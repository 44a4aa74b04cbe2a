package io.keyward.engine.builtin;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.propagation.EffectStream;
import io.keyward.engine.bytes.Pieces;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandGroup;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Writes commands as they came, their keys in the global view.
 *
 * <p>Where some of the keys are pinned, or are those of several keyspaces, the command does not say
 * what has become of the others: each of these is written as it is now.
 */
final class VerbatimEffects {
  private final BuiltinKeyspace keyspace;
  private final Effects effects;
  private final EffectStream stream;
  private final byte[] note;
  private final IntConsumer keyCollector = this::addKey;
  private int[] keys = {};
  private int keyCount;
  private boolean keysAscend;

  /**
   * Writes for a keyspace.
   *
   * @param note names it before a command that has no key
   */
  VerbatimEffects(BuiltinKeyspace keyspace, Effects effects, EffectStream stream, byte[] note) {
    this.keyspace = keyspace;
    this.effects = effects;
    this.stream = stream;
    this.note = note;
  }

  /** Writes a command that names its keys, or that concerns the keyspace's functions. */
  void write(Request request, Command command) {
    keyCount = 0;
    keysAscend = true;
    command.keys(request, keyCollector);
    if (!keysAscend) {
      Arrays.sort(keys, 0, keyCount);
    }
    int number = request.client().database();
    if (keyCount == 0) {
      keyless(request, command, number);
      return;
    }
    if (keyspace.routes() != null) {
      sameForOthers(request, number);
      return;
    }
    if (keyspace.pins().any() && !unpinned(request, number)) {
      return;
    }
    byte[] prefix = effects.prefix();
    stream.begin(number, request.count());
    int next = 0;
    for (int i = 0; i < request.count(); i++) {
      if (next < keyCount && keys[next] == i) {
        stream.argument(prefix, request.bytes(), request.offset(i), request.length(i));
        next++;
      } else {
        argument(request, i);
      }
    }
  }

  private void addKey(int position) {
    if (keyCount == keys.length) {
      keys = Arrays.copyOf(keys, Math.max(8, keyCount * 2));
    }
    keysAscend &= keyCount == 0 || keys[keyCount - 1] < position;
    keys[keyCount++] = position;
  }

  /**
   * Whether no key is pinned. If some are, the others are written as they are now.
   *
   * @param number of the database
   */
  private boolean unpinned(Request request, int number) {
    int pinned = 0;
    for (int i = 0; i < keyCount; i++) {
      if (keyspace.pins().hold(request.bytes(), request.offset(keys[i]), request.length(keys[i]))) {
        pinned++;
      }
    }
    if (pinned == 0) {
      return true;
    }
    for (int i = 0; i < keyCount && pinned < keyCount; i++) {
      int at = keys[i];
      if (!keyspace.pins().hold(request.bytes(), request.offset(at), request.length(at))) {
        effects.state(number, request.bytes(), request.offset(at), request.length(at));
      }
    }
    return false;
  }

  /**
   * Writes a command whose keys may be another keyspace's. As it came it is written only if they
   * are all of one; else each key is written as it is now.
   */
  private void sameForOthers(Request request, int number) {
    Database from = keyspace.databases().at(number);
    GlobalName name = new GlobalName(from);
    Database holder = null;
    boolean one = true;
    for (int i = 0; i < keyCount; i++) {
      int at = keys[i];
      boolean leads = name.leads(from, request.bytes(), request.offset(at), request.length(at));
      one &= leads && !name.unwritten() && (holder == null || holder == name.holder());
      holder = name.holder();
    }
    if (one) {
      stream.begin(number, request.count());
    }
    int next = 0;
    for (int i = 0; i < request.count(); i++) {
      boolean key = next < keyCount && keys[next] == i;
      next += key ? 1 : 0;
      if (key && one) {
        name.of(from, request.bytes(), request.offset(i), request.length(i));
        stream.argument(name.prefix(), name.bytes(), name.offset(), name.length());
      } else if (key && name.leads(from, request.bytes(), request.offset(i), request.length(i))) {
        effects.state(number, request.bytes(), request.offset(i), request.length(i));
      } else if (one) {
        argument(request, i);
      }
    }
  }

  /** Functions belong to the keyspace, not to a key: a note says to whose. */
  private void keyless(Request request, Command command, int number) {
    if (!effects.kept()) {
      return;
    }
    if (command.group() != CommandGroup.SCRIPTING) {
      throw new IllegalStateException(command.fullName() + " changes data without naming a key");
    }
    stream.begin(number, request.count(), note);
    for (int i = 0; i < request.count(); i++) {
      argument(request, i);
    }
  }

  /** Writes an argument of a request as it came. */
  void argument(Request request, int argument) {
    Pieces row = request.pieces(argument);
    if (row == null) {
      stream.argument(request.bytes(), request.offset(argument), request.length(argument));
    } else {
      stream.argument(row);
    }
  }
}
