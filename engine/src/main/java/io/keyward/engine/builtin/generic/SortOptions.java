package io.keyward.engine.builtin.generic;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of SORT, read once for whoever wants to know them: the command itself, and those
 * who ask for its keys.
 *
 * @param by what weighs the elements, or null for the elements themselves
 * @param unsorted whether any BY named a fixed key, so that there is nothing to sort by
 * @param first how many of the sorted elements are left out
 * @param count how many are returned at most, negative for all
 * @param gets what is returned for each element; empty for the element itself
 * @param store the argument with the key for the result, or {@link #NOWHERE}
 */
record SortOptions(
    @Nullable SortPattern by,
    boolean unsorted,
    boolean descending,
    boolean alphabetical,
    long first,
    long count,
    List<SortPattern> gets,
    int store) {
  static final int NOWHERE = 0;

  /** Whether BY and GET may read keys that they name only in part. */
  enum Patterns {
    ALLOWED(""),
    IN_ANOTHER_SLOT("denied in Cluster mode."),
    NOT_PERMITTED("denied due to insufficient ACL permissions.");

    private final String refusal;

    Patterns(String refusal) {
      this.refusal = refusal;
    }

    private void require(String option) {
      if (this != ALLOWED) {
        throw CommandException.error(option + " option of SORT " + refusal);
      }
    }
  }

  /**
   * Reads the arguments. An option that is given again replaces the former, but for GET.
   *
   * @param mayStore whether STORE is an option
   */
  static SortOptions of(Request request, boolean mayStore, Patterns patterns) {
    SortPattern by = null;
    boolean unsorted = false;
    boolean descending = false;
    boolean alphabetical = false;
    long first = 0;
    long count = -1;
    List<SortPattern> gets = new ArrayList<>();
    int store = NOWHERE;
    for (int at = 2; at < request.count(); at++) {
      int further = request.count() - at - 1;
      if (request.is(at, "ASC")) {
        descending = false;
      } else if (request.is(at, "DESC")) {
        descending = true;
      } else if (request.is(at, "ALPHA")) {
        alphabetical = true;
      } else if (request.is(at, "LIMIT") && further >= 2) {
        first = request.integer(++at);
        count = request.integer(++at);
      } else if (mayStore && request.is(at, "STORE") && further >= 1) {
        store = ++at;
      } else if (request.is(at, "BY") && further >= 1) {
        by = SortPattern.of(request.copyOf(++at));
        unsorted |= by.fixed();
        if (!by.fixed()) {
          patterns.require("BY");
        }
      } else if (request.is(at, "GET") && further >= 1) {
        patterns.require("GET");
        gets.add(SortPattern.of(request.copyOf(++at)));
      } else {
        throw Errors.SYNTAX;
      }
    }
    return new SortOptions(by, unsorted, descending, alphabetical, first, count, gets, store);
  }

  /** Gives the positions of the keys: the one that is sorted, and the one that is stored. */
  static void findKeys(Request request, IntConsumer positions) {
    int store = of(request, true, Patterns.ALLOWED).store();
    positions.accept(1);
    if (store != NOWHERE) {
      positions.accept(store);
    }
  }

  /** The same sorted by the elements' texts, for a result that is to be the same everywhere. */
  SortOptions byText() {
    return new SortOptions(null, false, descending, true, first, count, gets, store);
  }
}
