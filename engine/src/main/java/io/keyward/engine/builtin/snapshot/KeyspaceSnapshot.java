package io.keyward.engine.builtin.snapshot;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.ChangeGuard;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.dump.Values;
import io.keyward.engine.builtin.memory.SteadyWalk;
import io.keyward.engine.builtin.rdb.RdbOutput;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The keys of one keyspace as they were when this was made, written bit by bit.
 *
 * <p>A {@link SteadyWalk} over each database shows every entry once: when the walk comes to it, or
 * just before it changes. So the memory taken is the pieces on their way to the sink and, at most
 * once for each entry, what clients change before the walk has come to it.
 *
 * <p>Hashes, sets, sorted sets and strings of {@link io.keyward.engine.bytes.Pieces#LEAST} bytes or
 * more may be changed while they are written. A list, a stream or a shorter big string that is to
 * be changed while it is written, or before, is copied whole first. If memory runs out, the
 * snapshot is given up: changes go before it.
 */
final class KeyspaceSnapshot implements ChangeGuard {
  /** Databases whose keys were there, each with its number at that time. */
  private final ArrayDeque<SteadyWalk> walks = new ArrayDeque<>();

  /** How many keys those databases hold, in the order of the walks, until that is written. */
  private final Map<Integer, Sizes> sizes = new LinkedHashMap<>();

  private final BuiltinKeyspace keyspace;
  private final RecordWriter records;
  private final RecordOrder order;
  private boolean changing;
  private boolean silent;
  private boolean over;
  private long written;
  private long keys;

  private record Sizes(int keys, int expiring) {}

  /**
   * Begins: what the keyspace holds now is what will be written.
   *
   * @param order is that of all keyspaces that are written to one place
   */
  KeyspaceSnapshot(BuiltinKeyspace keyspace, HomeSnapshot.Names names, RecordOrder order) {
    this.keyspace = keyspace;
    this.order = order;
    records = new RecordWriter(keyspace, names);
    for (int number = 0; number < keyspace.databases().count(); number++) {
      Database database = keyspace.databases().ifUsed(number);
      if (database != null && database.size() > 0 && keyspace.effects().kept()) {
        int shown = number;
        keys += database.size();
        sizes.put(number, new Sizes(database.size(), database.expiring()));
        Entry view = database.newView();
        walks.add(
            database.walks().beginSteady(reference -> show(database.at(reference, view), shown)));
      }
    }
    keyspace.guard(this);
  }

  /**
   * Writes what stands before the first key, if it is known of which database that will be. It need
   * not be written between two keys then, where the code for each of them runs.
   *
   * @return false if there are no keys
   */
  boolean introduce() {
    if (sizes.isEmpty()) {
      return false;
    }
    int number = sizes.keySet().iterator().next();
    announce(number, order.next(number));
    return true;
  }

  /** How many keys there were, pinned ones among them. */
  long keys() {
    return keys;
  }

  /** How many keys have been written. */
  long written() {
    return written;
  }

  @Override
  public void beforeChange(Database database, Entry entry) {
    changing = true;
    try {
      SteadyWalk walk = database.walks().steady();
      if (walk != null) {
        walk.beforeChange(entry.reference());
      }
      order.completeUnlessSteady(entry);
    } catch (OutOfMemoryError full) {
      order.giveUp();
    } finally {
      changing = false;
    }
  }

  @Override
  public void whenUnused(Runnable task) {
    order.whenComplete(task);
  }

  private void show(Entry entry, int number) {
    if (silent || keyspace.pins().hold(entry)) {
      return;
    }
    written++;
    if (Values.isBig(entry) && (Values.isSteady(entry) || stays(entry))) {
      order.add(
          number,
          entry,
          out -> {
            begin(entry, number, out);
            return Values.inPieces(entry, out);
          });
    } else {
      write(entry, number, order.next(number));
    }
  }

  /** Whether a value stays as it is until it is said to change. */
  private boolean stays(Entry entry) {
    return !changing && entry.database().walks().holds(entry);
  }

  /** Writes what stands before a value, and before the first of a database how many there are. */
  private void begin(Entry entry, int number, RdbOutput out) {
    if (!sizes.isEmpty()) {
      announce(number, out);
    }
    records.begin(entry, out);
  }

  private void announce(int number, RdbOutput out) {
    Sizes unsaid = sizes.remove(number);
    if (unsaid != null) {
      RecordWriter.announce(unsaid.keys(), unsaid.expiring(), out);
    }
  }

  private void write(Entry entry, int number, RdbOutput out) {
    begin(entry, number, out);
    if (Values.isBig(entry)) {
      // Somebody waits for it: compressing would take longer than all the rest.
      out.withoutCompression(() -> Values.writeValue(entry, out));
    } else {
      Values.writeValue(entry, out);
    }
  }

  /**
   * Writes a little more.
   *
   * @return whether that was all
   */
  boolean step() {
    if (order.step()) {
      return false;
    }
    if (!walks.isEmpty()) {
      SteadyWalk walk = walks.element();
      if (walk.step()) {
        walks.remove();
      }
      if (walk.broken()) {
        order.giveUp();
      }
    } else if (!over) {
      over = true;
      keyspace.guard(null);
    }
    return over;
  }

  /** Writes nothing more; the steps still have to be taken to the end. */
  void silence() {
    silent = true;
    walks.forEach(SteadyWalk::silence);
  }
}
