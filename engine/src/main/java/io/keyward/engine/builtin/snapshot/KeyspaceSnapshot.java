package io.keyward.engine.builtin.snapshot;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.ChangeGuard;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.dump.Values;
import io.keyward.engine.builtin.memory.SteadyWalk;
import io.keyward.engine.builtin.rdb.PiecewiseValue;
import io.keyward.engine.builtin.rdb.RdbOutput;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one keyspace as they were when this was made, written bit by bit.
 *
 * <p>A {@link SteadyWalk} over each database shows every entry once: when the walk comes to it, or
 * just before it changes. Small values are written at once. A big value is written in pieces; while
 * one is under way,
 *
 * <pre>
 * main   … | record | record | first part of a big value            grows by its pieces
 * big    the big values that wait: each has what of it has changed meanwhile
 * aside  records of keys that have changed meanwhile
 * </pre>
 *
 * what cannot interrupt it waits its turn aside. So the memory taken is the pieces on their way to
 * the sink and, at most once for each entry, what clients change before the walk has come to it.
 *
 * <p>Hashes, sets and sorted sets may be changed while they are written. A list, a stream or a long
 * string that is to be changed while it is written, or before, is copied whole first.
 */
final class KeyspaceSnapshot implements ChangeGuard {
  private static final int ASIDE = -1;

  /** Databases whose keys were there, each with its number at that time. */
  private final ArrayDeque<SteadyWalk> walks = new ArrayDeque<>();

  private final ArrayDeque<BigValue> bigValues = new ArrayDeque<>();
  private final BuiltinKeyspace keyspace;
  private final RecordWriter records;
  private final RdbOutput main;
  private final RdbOutput aside;
  private int selected = ASIDE;
  private int selectedAside = ASIDE;
  private boolean changing;
  private boolean silent;
  private boolean over;
  private long written;
  private long keys;

  /** A value that is being written or waits for that. */
  private static final class BigValue {
    final int number;
    final int reference;
    final @Nullable Object held;
    final RdbOutput out;
    @Nullable PiecewiseValue value;

    BigValue(int number, Entry entry, RdbOutput out) {
      this.number = number;
      this.out = out;
      reference = entry.reference();
      held = entry.encoding().held() ? entry.held() : null;
    }

    boolean isOf(Entry entry) {
      return held != null
          ? entry.encoding().held() && Objects.equals(entry.held(), held)
          : entry.reference() == reference;
    }
  }

  /** Begins: what the keyspace holds now is what will be written to {@code main}. */
  KeyspaceSnapshot(BuiltinKeyspace keyspace, HomeSnapshot.Names names, RdbOutput main) {
    this.keyspace = keyspace;
    this.main = main;
    aside = main.another();
    records = new RecordWriter(keyspace, names);
    for (int number = 0; number < keyspace.databases().count(); number++) {
      Database database = keyspace.databases().ifUsed(number);
      if (database != null && database.size() > 0 && keyspace.effects().kept()) {
        int shown = number;
        keys += database.size();
        Entry view = database.newView();
        walks.add(database.beginWalk(reference -> show(database.at(reference, view), shown)));
      }
    }
    keyspace.guard(this);
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
    SteadyWalk walk = database.walk();
    if (walk != null) {
      walk.beforeChange(entry.reference());
    }
    if (!bigValues.isEmpty()) {
      completeUnlessSteady(entry);
    }
    changing = false;
  }

  private void completeUnlessSteady(Entry entry) {
    for (BigValue big : bigValues) {
      PiecewiseValue value = big.value;
      if (value != null && !value.steady() && big.isOf(entry)) {
        big.out.withoutCompression(
            () -> {
              while (!value.writePiece()) {
                // All of it, now.
              }
            });
        big.value = null;
      }
    }
  }

  private void show(Entry entry, int number) {
    if (silent || keyspace.pins().hold(entry)) {
      return;
    }
    written++;
    if (Values.isBig(entry) && (!changing || Values.isSteady(entry))) {
      BigValue big = new BigValue(number, entry, main.another());
      RecordWriter.select(number, big.out);
      records.begin(entry, big.out);
      big.value = Values.inPieces(entry, big.out);
      bigValues.add(big);
    } else if (bigValues.isEmpty()) {
      if (selected != number) {
        selected = number;
        RecordWriter.select(number, main);
      }
      write(entry, main);
    } else {
      if (selectedAside != number) {
        selectedAside = number;
        RecordWriter.select(number, aside);
      }
      write(entry, aside);
    }
  }

  private void write(Entry entry, RdbOutput out) {
    records.begin(entry, out);
    if (changing && Values.isBig(entry)) {
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
    BigValue big = bigValues.peek();
    if (big != null) {
      stepInto(big);
    } else if (!walks.isEmpty()) {
      if (walks.element().step()) {
        walks.remove();
      }
    } else if (!over) {
      over = true;
      keyspace.guard(null);
    }
    return over;
  }

  private void stepInto(BigValue big) {
    PiecewiseValue value = big.value;
    boolean last = value == null || value.writePiece();
    if (!silent) {
      main.append(big.out);
    }
    if (last) {
      bigValues.remove();
      selected = big.number;
    }
    if (bigValues.isEmpty() && aside.length() > 0) {
      main.append(aside);
      selected = selectedAside;
      selectedAside = ASIDE;
    }
  }

  /** Writes nothing more; the steps still have to be taken to the end. */
  void silence() {
    silent = true;
    walks.forEach(SteadyWalk::silence);
    aside.clear();
  }
}
