package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/**
 * What a call returns when it is not exactly one value.
 *
 * <p>A call's result is an {@code Object}: one plain value, or an object of this class with none or
 * several. It is never kept in a variable or a table.
 */
public final class Values {
  private static final @Nullable Object[] NO_VALUES = {};
  public static final Values NONE = new Values(NO_VALUES);

  private final @Nullable Object[] values;

  private Values(@Nullable Object[] values) {
    this.values = values;
  }

  /** Several values as one result. */
  public static @Nullable Object of(@Nullable Object... values) {
    return switch (values.length) {
      case 0 -> NONE;
      case 1 -> values[0];
      default -> new Values(values);
    };
  }

  /** The first value of a result, or nil. */
  public static @Nullable Object first(@Nullable Object result) {
    return result instanceof Values several ? several.first() : result;
  }

  /** All values of a result. */
  public static @Nullable Object[] all(@Nullable Object result) {
    return result instanceof Values several ? several.values : new @Nullable Object[] {result};
  }

  private @Nullable Object first() {
    return values.length == 0 ? null : values[0];
  }
}
