package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/**
 * {@code table.sort}: heapsort, which needs no stack and stays O(n log n) whatever an inconsistent
 * order function answers.
 */
final class TableSort {
  private final LuaState state;
  private final @Nullable Object[] values;
  private final @Nullable Object order;

  private TableSort(LuaState state, @Nullable Object[] values, @Nullable Object order) {
    this.state = state;
    this.values = values;
    this.order = order;
  }

  static Object sort(LuaState state, @Nullable Object[] arguments) {
    LuaTable table = Arguments.table(arguments, 0);
    Object order = Arguments.value(arguments, 1);
    if (order != null) {
      Arguments.function(arguments, 1);
    }
    int length = table.length();
    state.charge(8L * length);
    @Nullable Object[] values = new @Nullable Object[length];
    for (int i = 0; i < length; i++) {
      state.step();
      values[i] = table.get(i + 1);
    }
    new TableSort(state, values, order).heapSort();
    for (int i = 0; i < length; i++) {
      state.step();
      table.set(i + 1, values[i]);
    }
    return Values.NONE;
  }

  private boolean less(@Nullable Object a, @Nullable Object b) {
    state.step();
    return order == null
        ? Operations.less(state, a, b)
        : Expression.truth(Values.first(Operations.call(state, order, a, b)));
  }

  private void heapSort() {
    for (int i = values.length / 2 - 1; i >= 0; i--) {
      sink(i, values.length);
    }
    for (int end = values.length - 1; end > 0; end--) {
      Object largest = values[0];
      values[0] = values[end];
      values[end] = largest;
      sink(0, end);
    }
  }

  private void sink(int from, int end) {
    int at = from;
    Object value = values[at];
    while (2 * at + 1 < end) {
      int child = 2 * at + 1;
      if (child + 1 < end && less(values[child], values[child + 1])) {
        child++;
      }
      if (!less(value, values[child])) {
        break;
      }
      values[at] = values[child];
      at = child;
    }
    values[at] = value;
  }
}
