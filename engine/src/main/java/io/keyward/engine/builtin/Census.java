package io.keyward.engine.builtin;

import io.keyward.engine.builtin.memory.EntryVisits;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the data of a keyspace is made of, by a walk over all keys in the slices of the
 * regular work; touched on the home loop alone.
 *
 * <p>A walk begins when somebody has asked for its figures and the last one began some seconds ago:
 * where nobody looks, nobody walks. Keys that come or go meanwhile may be counted or not.
 */
final class Census {
  private static final long INTERVAL_MILLIS = 5_000;

  /** An entry's part of its database's dictionary: 64 bytes of bucket for eight keys. */
  static final int DICTIONARY_BYTES = 8;

  private final BuiltinKeyspace keyspace;
  private @Nullable CensusFigures finished;
  private CensusFigures counting = CensusFigures.NONE;
  private boolean asked;
  private boolean walking;
  private long begunAt = -INTERVAL_MILLIS;
  private int database;
  private long cursor;

  Census(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
  }

  /** What the last walk has found, or null if none has come to its end; begins another soon. */
  @Nullable CensusFigures ask() {
    asked = true;
    return finished;
  }

  /** Walks on until {@code deadline} on the clock of {@link System#nanoTime()}, if it is time. */
  void step(long now, long deadline) {
    if (!walking && (!asked || now - begunAt < INTERVAL_MILLIS)) {
      return;
    }
    if (!walking) {
      begin(now);
    }
    do {
      if (database == keyspace.databases().count()) {
        end();
        return;
      }
      Database at = keyspace.databases().ifUsed(database);
      if (at != null) {
        cursor = EntryVisits.scan(at.keys(), cursor, reference -> count(at, reference, now));
      }
      if (at == null || cursor == 0) {
        cursor = 0;
        database++;
      }
    } while (System.nanoTime() < deadline);
  }

  private void begin(long now) {
    walking = true;
    asked = false;
    begunAt = now;
    counting = new CensusFigures();
    database = 0;
    cursor = 0;
  }

  private void count(Database at, int reference, long now) {
    Entry entry = at.at(reference, at.scratchView());
    Held held = entry.encoding().held() ? entry.held() : null;
    long bytes = entry.slotBytes() + DICTIONARY_BYTES + (held == null ? 0 : held.memoryBytes());
    counting.count(entry.type(), bytes);
    if (held instanceof Timeline stream) {
      counting.count(stream, now);
    }
  }

  private void end() {
    walking = false;
    finished = counting;
  }
}
