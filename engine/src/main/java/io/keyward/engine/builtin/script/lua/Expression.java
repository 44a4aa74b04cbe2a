package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/** A compiled expression. */
abstract class Expression {
  /** The value; of a call the first one. */
  abstract @Nullable Object eval(Frame frame);

  /** The value for who wants a plain number; another one is odd then ({@link Frame#isOdd}). */
  double number(Frame frame) {
    return frame.number(eval(frame));
  }

  /** Whether the value is worked out as a plain number. */
  boolean numeric() {
    return false;
  }

  /** All values of a call or of {@code ...}, as one value or {@link Values}. */
  @Nullable Object evalAll(Frame frame) {
    return eval(frame);
  }

  /** Whether the expression may have other than one value. */
  boolean several() {
    return false;
  }

  /** Whether the value counts as true. */
  boolean test(Frame frame) {
    Object value = eval(frame);
    return truth(value);
  }

  /** What the expression is called in error messages, such as {@code local 'x'}. */
  @Nullable String description() {
    return null;
  }

  static boolean truth(@Nullable Object value) {
    return value instanceof Boolean truth ? truth : value != null;
  }

  /** The values of a list, of which the last may have several. */
  static @Nullable Object[] all(Expression[] list, Frame frame) {
    int count = list.length;
    if (count == 0) {
      return Closure.NO_VALUES;
    }
    Expression last = list[count - 1];
    if (!last.several()) {
      @Nullable Object[] values = new @Nullable Object[count];
      for (int i = 0; i < count; i++) {
        values[i] = list[i].eval(frame);
      }
      return values;
    }
    if (count == 1) {
      return Values.all(last.evalAll(frame));
    }
    @Nullable Object[] first = new @Nullable Object[count - 1];
    for (int i = 0; i < count - 1; i++) {
      first[i] = list[i].eval(frame);
    }
    return join(first, Values.all(last.evalAll(frame)));
  }

  private static @Nullable Object[] join(@Nullable Object[] first, @Nullable Object[] rest) {
    @Nullable Object[] joined = new @Nullable Object[first.length + rest.length];
    System.arraycopy(first, 0, joined, 0, first.length);
    System.arraycopy(rest, 0, joined, first.length, rest.length);
    return joined;
  }
}
