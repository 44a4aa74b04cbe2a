package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/** Statements that give values to variables and fields, and the targets of assignments. */
final class AssignNodes {
  private AssignNodes() {}

  /** What a value may be assigned to. */
  interface Target {
    /** Evaluates what leads to the target, before any value is assigned. */
    default void prepare(Frame frame, @Nullable Object[] place, int at) {}

    /** Assigns; object and key stand in {@code place} from {@code at} on. */
    void assign(Frame frame, @Nullable Object[] place, int at, @Nullable Object value);

    /** Assigns without preparation: the value is evaluated after object and key. */
    default void assign(Frame frame, Expression value) {
      assign(frame, Closure.NO_VALUES, 0, value.eval(frame));
    }
  }

  record LocalTarget(int slot) implements Target {
    @Override
    public void assign(Frame frame, @Nullable Object[] place, int at, @Nullable Object value) {
      frame.slots[slot] = value;
    }
  }

  record CapturedTarget(int slot) implements Target {
    @Override
    public void assign(Frame frame, @Nullable Object[] place, int at, @Nullable Object value) {
      VariableNodes.cell(frame, slot).value = value;
    }
  }

  record OuterTarget(int index) implements Target {
    @Override
    public void assign(Frame frame, @Nullable Object[] place, int at, @Nullable Object value) {
      frame.closure.outer[index].value = value;
    }
  }

  record GlobalTarget(LuaString name, int line) implements Target {
    @Override
    public void assign(Frame frame, @Nullable Object[] place, int at, @Nullable Object value) {
      set(frame, frame.environment(), name, value, null, line);
    }
  }

  record FieldTarget(Expression object, Expression key, int line) implements Target {
    @Override
    public void prepare(Frame frame, @Nullable Object[] place, int at) {
      place[at] = object.eval(frame);
      place[at + 1] = key.eval(frame);
    }

    @Override
    public void assign(Frame frame, @Nullable Object[] place, int at, @Nullable Object value) {
      set(frame, place[at], place[at + 1], value, object, line);
    }

    @Override
    public void assign(Frame frame, Expression value) {
      Object table = object.eval(frame);
      Object index = key.eval(frame);
      set(frame, table, index, value.eval(frame), object, line);
    }
  }

  private static void set(
      Frame frame,
      @Nullable Object object,
      @Nullable Object key,
      @Nullable Object value,
      @Nullable Expression named,
      int line) {
    try {
      if (object instanceof LuaTable table && table.metatable() == null) {
        table.set(key, value);
      } else {
        Operations.setIndex(frame.state, object, key, value, named);
      }
    } catch (LuaError error) {
      throw error.inOperation(frame.chunk(), line);
    }
  }

  static final class Assign extends Statement {
    private final Target target;
    private final Expression value;

    Assign(Target target, Expression value) {
      this.target = target;
      this.value = value;
    }

    @Override
    int run(Frame frame) {
      target.assign(frame, value);
      return NORMAL;
    }
  }

  /** Gives a variable that no closure uses what an expression works out as a plain number. */
  static final class AssignNumber extends Statement {
    private final int slot;
    private final Expression value;

    AssignNumber(int slot, Expression value) {
      this.slot = slot;
      this.value = value;
    }

    @Override
    int run(Frame frame) {
      frame.set(slot, value.number(frame));
      return NORMAL;
    }
  }

  /** Several targets: all is evaluated before anything is assigned. */
  static final class AssignSeveral extends Statement {
    private final Target[] targets;
    private final Expression[] values;

    AssignSeveral(Target[] targets, Expression[] values) {
      this.targets = targets;
      this.values = values;
    }

    @Override
    int run(Frame frame) {
      @Nullable Object[] place = new @Nullable Object[targets.length * 2];
      for (int i = 0; i < targets.length; i++) {
        targets[i].prepare(frame, place, 2 * i);
      }
      @Nullable Object[] given = Expression.all(values, frame);
      for (int i = targets.length - 1; i >= 0; i--) {
        targets[i].assign(frame, place, 2 * i, i < given.length ? given[i] : null);
      }
      return NORMAL;
    }
  }

  /** {@code local x = value}. */
  static final class DeclareOne extends Statement {
    private final int slot;
    private final boolean captured;
    private final Expression value;

    DeclareOne(int slot, boolean captured, Expression value) {
      this.slot = slot;
      this.captured = captured;
      this.value = value;
    }

    @Override
    int run(Frame frame) {
      Object given = value.eval(frame);
      frame.slots[slot] = captured ? new Cell(given) : given;
      return NORMAL;
    }
  }

  static final class DeclareSeveral extends Statement {
    private final int[] slots;
    private final boolean[] captured;
    private final Expression[] values;

    DeclareSeveral(int[] slots, boolean[] captured, Expression[] values) {
      this.slots = slots;
      this.captured = captured;
      this.values = values;
    }

    @Override
    int run(Frame frame) {
      @Nullable Object[] given = Expression.all(values, frame);
      for (int i = 0; i < slots.length; i++) {
        Object value = i < given.length ? given[i] : null;
        frame.slots[slots[i]] = captured[i] ? new Cell(value) : value;
      }
      return NORMAL;
    }
  }

  /** {@code local function f}: the function sees its own name. */
  static final class DeclareFunction extends Statement {
    private final int slot;
    private final boolean captured;
    private final Expression function;

    DeclareFunction(int slot, boolean captured, Expression function) {
      this.slot = slot;
      this.captured = captured;
      this.function = function;
    }

    @Override
    int run(Frame frame) {
      if (captured) {
        Cell cell = new Cell(null);
        frame.slots[slot] = cell;
        cell.value = function.eval(frame);
      } else {
        frame.slots[slot] = function.eval(frame);
      }
      return NORMAL;
    }
  }
}
