package io.keyward.engine.builtin;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Big values that a command of a keyspace is making and that no key has yet, so that they can be
 * freed if the command breaks off for want of memory; and the one that it is changing, if that is
 * to be told.
 */
final class UnfinishedValues {
  private @Nullable Held[] values = new Held[4];
  private int count;
  private @Nullable Held changing;

  /** A value has been made. */
  void begin(Held value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, 2 * count);
    }
    values[count++] = value;
  }

  /** A key has it, or it is freed. */
  @SuppressWarnings("ReferenceEquality") // It is that object and no equal one.
  void end(Held value) {
    if (changing == value) {
      changing = null;
    }
    for (int i = count - 1; i >= 0; i--) {
      if (values[i] == value) {
        System.arraycopy(values, i + 1, values, i, --count - i);
        values[count] = null;
        return;
      }
    }
  }

  /** A value is being changed that is to be told if that breaks off. */
  void changes(Held value) {
    changing = value;
  }

  /** The command has not broken off. */
  void changed() {
    changing = null;
  }

  /** The command has broken off. */
  void breakOff(Freeing freeing) {
    Held half = changing;
    if (half != null) {
      changing = null;
      half.brokenOff();
    }
    while (count > 0) {
      Held value = Objects.requireNonNull(values[--count]);
      values[count] = null;
      freeing.later(value);
    }
  }
}
