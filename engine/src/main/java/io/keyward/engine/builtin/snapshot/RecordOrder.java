package io.keyward.engine.builtin.snapshot;

import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.rdb.PiecewiseValue;
import io.keyward.engine.builtin.rdb.RdbOutput;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Brings the records of one home, whatever its keyspaces and databases, into an order in which none
 * is written into the middle of another and each stands behind the number of its database.
 *
 * <p>Small values are written at once. A big value is written in pieces; while one is under way,
 *
 * <pre>
 * main   … | record | record | first part of a big value            grows by its pieces
 * big    the big values that wait: each has what of it has changed meanwhile
 * aside  records of keys that have changed meanwhile
 * </pre>
 *
 * what cannot interrupt it waits its turn aside.
 */
final class RecordOrder {
  private static final int NONE = -1;

  private final ArrayDeque<BigValue> bigValues = new ArrayDeque<>();
  private final List<Runnable> whenComplete = new ArrayList<>();
  private final RdbOutput main;
  private final RdbOutput aside;
  private int selected = NONE;
  private int selectedAside = NONE;
  private boolean silent;
  private boolean broken;

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

  /** Writes the head of a record, and begins its value. */
  @FunctionalInterface
  interface Beginning {
    PiecewiseValue begin(RdbOutput out);
  }

  RecordOrder(RdbOutput main) {
    this.main = main;
    aside = main.another();
  }

  /** Where the next small record of a database of this number belongs. */
  RdbOutput next(int number) {
    if (bigValues.isEmpty()) {
      if (selected != number) {
        selected = number;
        RecordWriter.select(number, main);
      }
      return main;
    }
    if (selectedAside != number) {
      selectedAside = number;
      RecordWriter.select(number, aside);
    }
    return aside;
  }

  /** Lets a record of a big value follow. */
  void add(int number, Entry entry, Beginning beginning) {
    BigValue big = new BigValue(number, entry, main.another());
    RecordWriter.select(number, big.out);
    big.value = beginning.begin(big.out);
    bigValues.add(big);
  }

  /** Finishes an entry's value that is under way and must not be changed as long as it is. */
  void completeUnlessSteady(Entry entry) {
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

  /**
   * Writes a piece of a big value.
   *
   * @return false if there is none
   */
  boolean step() {
    BigValue big = bigValues.peek();
    if (big == null) {
      return false;
    }
    PiecewiseValue value = big.value;
    boolean last = value == null || value.writePiece();
    if (value != null && value.broken()) {
      giveUp();
    }
    if (silent) {
      big.out.clear();
    } else {
      main.append(big.out);
    }
    if (last) {
      bigValues.remove();
      selected = big.number;
    }
    if (bigValues.isEmpty()) {
      complete();
    }
    return true;
  }

  private void complete() {
    if (aside.length() > 0) {
      main.append(aside);
      selected = selectedAside;
      selectedAside = NONE;
    }
    List<Runnable> tasks = List.copyOf(whenComplete);
    whenComplete.clear();
    tasks.forEach(Runnable::run);
  }

  /** Has a task done when no value is under way or waits: now, or later. */
  void whenComplete(Runnable task) {
    if (bigValues.isEmpty()) {
      task.run();
    } else {
      whenComplete.add(task);
    }
  }

  /** Says that something cannot be written as it was. */
  void giveUp() {
    broken = true;
    for (BigValue big : bigValues) {
      PiecewiseValue value = big.value;
      if (value != null && !value.steady()) {
        // Those who want to change it need not wait for it any more.
        big.value = null;
      }
    }
  }

  /** Whether something could not be written as it was. */
  boolean broken() {
    return broken;
  }

  /** Writes nothing more; the steps still have to be taken to the end. */
  void silence() {
    silent = true;
    aside.clear();
  }
}
