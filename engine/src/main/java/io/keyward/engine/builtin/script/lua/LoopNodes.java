package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/** The four loops; each round counts as a step. */
final class LoopNodes {
  private LoopNodes() {}

  static final class While extends Statement {
    private final Expression condition;
    private final Statement[] body;

    While(Expression condition, Statement[] body) {
      this.condition = condition;
      this.body = body;
    }

    @Override
    int run(Frame frame) {
      while (condition.test(frame)) {
        int signal = run(body, frame);
        if (signal != NORMAL) {
          if (signal == BREAK) {
            break;
          }
          return signal;
        }
        frame.state.step();
      }
      return NORMAL;
    }
  }

  static final class Repeat extends Statement {
    private final Statement[] body;
    private final Expression condition;

    Repeat(Statement[] body, Expression condition) {
      this.body = body;
      this.condition = condition;
    }

    @Override
    int run(Frame frame) {
      do {
        int signal = run(body, frame);
        if (signal != NORMAL) {
          if (signal == BREAK) {
            break;
          }
          return signal;
        }
        frame.state.step();
      } while (!condition.test(frame));
      return NORMAL;
    }
  }

  static final class NumericFor extends Statement {
    private final int slot;
    private final boolean captured;
    private final Expression from;
    private final Expression to;
    private final @Nullable Expression step;
    private final Statement[] body;
    private final int line;

    NumericFor(
        int slot,
        boolean captured,
        Expression from,
        Expression to,
        @Nullable Expression step,
        Statement[] body,
        int line) {
      this.slot = slot;
      this.captured = captured;
      this.from = from;
      this.to = to;
      this.step = step;
      this.body = body;
      this.line = line;
    }

    @Override
    int run(Frame frame) {
      Object first = from.eval(frame);
      Object last = to.eval(frame);
      Object by = step == null ? LuaNumbers.box(1) : step.eval(frame);
      double value = number(frame, first, "initial value");
      double limit = number(frame, last, "limit");
      double increment = number(frame, by, "step");
      while (increment > 0 ? value <= limit : value >= limit) {
        if (captured) {
          frame.slots[slot] = new Cell(LuaNumbers.box(value));
        } else {
          frame.set(slot, value);
        }
        int signal = run(body, frame);
        if (signal != NORMAL) {
          if (signal == BREAK) {
            break;
          }
          return signal;
        }
        frame.state.step();
        value += increment;
      }
      return NORMAL;
    }

    private double number(Frame frame, @Nullable Object value, String what) {
      Double number = LuaNumbers.of(value);
      if (number == null) {
        throw frame.error(line, "'for' " + what + " must be a number");
      }
      return number;
    }
  }

  static final class GenericFor extends Statement {
    private final int[] slots;
    private final boolean[] captured;
    private final Expression[] values;
    private final Statement[] body;
    private final int line;

    GenericFor(int[] slots, boolean[] captured, Expression[] values, Statement[] body, int line) {
      this.slots = slots;
      this.captured = captured;
      this.values = values;
      this.body = body;
      this.line = line;
    }

    @Override
    int run(Frame frame) {
      @Nullable Object[] given = Expression.all(values, frame);
      Object iterator = given.length > 0 ? given[0] : null;
      Object subject = given.length > 1 ? given[1] : null;
      Object control = given.length > 2 ? given[2] : null;
      if (iterator == BaseLibrary.NEXT && control == null && subject instanceof LuaTable table) {
        return entries(frame, table);
      }
      while (true) {
        Object result;
        try {
          result = Operations.call(frame.state, iterator, subject, control);
        } catch (LuaError error) {
          throw error.inOperation(frame.chunk(), line);
        }
        control = Values.first(result);
        if (control == null) {
          return NORMAL;
        }
        set(frame, 0, control);
        if (slots.length > 1) {
          @Nullable Object[] all = Values.all(result);
          for (int i = 1; i < slots.length; i++) {
            set(frame, i, i < all.length ? all[i] : null);
          }
        }
        int signal = run(body, frame);
        if (signal != NORMAL) {
          return signal == BREAK ? NORMAL : signal;
        }
        frame.state.step();
      }
    }

    /** The loop over {@code pairs(table)}, without a call for each entry. */
    private int entries(Frame frame, LuaTable table) {
      int cursor = table.entryFrom(0);
      while (cursor != Integer.MIN_VALUE) {
        set(frame, 0, table.keyAt(cursor));
        if (slots.length > 1) {
          set(frame, 1, table.valueAt(cursor));
          for (int i = 2; i < slots.length; i++) {
            set(frame, i, null);
          }
        }
        int signal = run(body, frame);
        if (signal != NORMAL) {
          return signal == BREAK ? NORMAL : signal;
        }
        frame.state.step();
        cursor = table.entryFrom(LuaTable.after(cursor));
      }
      return NORMAL;
    }

    private void set(Frame frame, int variable, @Nullable Object value) {
      frame.slots[slots[variable]] = captured[variable] ? new Cell(value) : value;
    }
  }
}
