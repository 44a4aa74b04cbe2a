package io.keyward.engine.builtin;

import io.keyward.engine.builtin.propagation.EffectStream;
import io.keyward.engine.builtin.propagation.WholeKeyspace;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes what is done to all that a keyspace holds. A keyspace without a prefix has Redis's own
 * commands for that; for another one a script does it to the keys that have its prefix.
 */
public final class WholeKeyspaceEffects {
  private final BuiltinKeyspace keyspace;
  private final Effects effects;
  private final EffectStream stream;
  private final byte[] note;

  /**
   * Writes for a keyspace.
   *
   * @param note names it before a script
   */
  WholeKeyspaceEffects(
      BuiltinKeyspace keyspace, Effects effects, EffectStream stream, byte[] note) {
    this.keyspace = keyspace;
    this.effects = effects;
    this.stream = stream;
    this.note = note;
  }

  private void argument(byte[] bytes) {
    stream.argument(bytes, 0, bytes.length);
  }

  /** Writes that a database has been emptied. */
  public void flushed(int number) {
    if (effects.ownWanted()) {
      effects.instead();
      flushedByOthers(number);
    }
  }

  /** Writes that a client of another keyspace has had a database emptied. */
  void flushedByOthers(int number) {
    if (!effects.ownWanted()) {
      return;
    }
    if (effects.prefix().length == 0) {
      stream.begin(number, 1);
      stream.argument("FLUSHDB");
    } else {
      stream.begin(number, 4, note);
      stream.argument("EVAL");
      stream.argument(WholeKeyspace.FLUSH);
      stream.number(0);
      argument(WholeKeyspace.pattern(keyspace.prefix()));
    }
  }

  /** Writes that every database has been emptied. */
  public void flushedAll() {
    flushedAll(0);
  }

  /** As the other, in the database that a client has selected. */
  public void flushedAll(int selected) {
    if (effects.prefix().length == 0 && effects.ownWanted()) {
      effects.instead();
      stream.begin(selected, 1);
      stream.argument("FLUSHALL");
      return;
    }
    for (int number = 0; effects.ownWanted() && number < keyspace.databases().count(); number++) {
      Database used = keyspace.databases().ifUsed(number);
      if (used != null && used.size() > 0) {
        flushed(number);
      }
    }
  }

  /** Writes that two databases have changed places. */
  public void swapped(int first, int second) {
    if (!effects.ownWanted()) {
      return;
    }
    effects.instead();
    if (effects.prefix().length == 0) {
      stream.begin(first, 3);
      stream.argument("SWAPDB");
    } else {
      stream.begin(first, 6, note);
      stream.argument("EVAL");
      stream.argument(WholeKeyspace.SWAP);
      stream.number(0);
      argument(WholeKeyspace.pattern(keyspace.prefix()));
    }
    stream.number(first);
    stream.number(second);
  }

  /**
   * Writes that a library of functions has been loaded, in the place of one of its name if there
   * was one.
   *
   * @param everywhere whether a Redis is to load it, too, which has one set for all keyspaces
   */
  public void libraryLoaded(int selected, byte[] text, boolean everywhere) {
    if (effects.ownWanted()) {
      stream.begin(selected, 4, note);
      stream.argument(everywhere ? "FUNCTION" : "EVAL");
      stream.argument(everywhere ? "LOAD" : WholeKeyspace.LOAD_LIBRARY);
      stream.argument(everywhere ? "REPLACE" : "0");
      argument(text);
    }
  }

  /**
   * Writes that a library of functions has been deleted.
   *
   * @param everywhere whether a Redis is to delete it, too
   */
  public void libraryDeleted(int selected, String name, boolean everywhere) {
    if (effects.ownWanted()) {
      stream.begin(selected, everywhere ? 3 : 4, note);
      stream.argument(everywhere ? "FUNCTION" : "EVAL");
      stream.argument(everywhere ? "DELETE" : WholeKeyspace.DELETE_LIBRARY);
      if (!everywhere) {
        stream.argument("0");
      }
      stream.argument(name);
    }
  }

  /** What decides whether it can be written that a keyspace holds what another one does. */
  public CloneTerms cloneTerms() {
    return new CloneTerms(
        effects.kept(),
        stream.listened(),
        effects.prefix().length > 0,
        keyspace.pins().namespaces());
  }

  /** Writes that the keyspace, which was empty, holds what another one does. */
  void cloned(BuiltinKeyspace source) {
    if (!effects.ownWanted()) {
      return;
    }
    List<Integer> numbers = new ArrayList<>();
    source
        .databases()
        .forEach(
            database -> {
              if (database.size() > 0) {
                numbers.add(database.number());
              }
            });
    stream.begin(0, 6 + numbers.size(), note);
    stream.argument("EVAL");
    stream.argument(WholeKeyspace.CLONE);
    stream.number(0);
    argument(WholeKeyspace.pattern(source.prefix()));
    argument(source.effects().prefix());
    argument(effects.prefix());
    numbers.forEach(stream::number);
  }
}
