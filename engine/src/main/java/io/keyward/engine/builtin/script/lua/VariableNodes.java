package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/** Constants, variables and fields. */
final class VariableNodes {
  private VariableNodes() {}

  static final class Constant extends Expression {
    final @Nullable Object value;

    Constant(@Nullable Object value) {
      this.value = value;
    }

    @Override
    @Nullable Object eval(Frame frame) {
      return value;
    }
  }

  static final class Local extends Expression {
    private final int slot;
    private final LuaString name;

    Local(int slot, LuaString name) {
      this.slot = slot;
      this.name = name;
    }

    @Override
    @Nullable Object eval(Frame frame) {
      return frame.get(slot);
    }

    @Override
    double number(Frame frame) {
      return frame.number(slot);
    }

    @Override
    String description() {
      return "local '" + name + "'";
    }
  }

  /** A local variable that a closure uses. */
  static final class Captured extends Expression {
    private final int slot;
    private final LuaString name;

    Captured(int slot, LuaString name) {
      this.slot = slot;
      this.name = name;
    }

    @Override
    @Nullable Object eval(Frame frame) {
      return cell(frame, slot).value;
    }

    @Override
    String description() {
      return "local '" + name + "'";
    }
  }

  static Cell cell(Frame frame, int slot) {
    Object held = frame.slots[slot];
    if (held instanceof Cell cell) {
      return cell;
    }
    throw new IllegalStateException("slot " + slot + " holds no cell");
  }

  static final class Outer extends Expression {
    private final int index;
    private final LuaString name;

    Outer(int index, LuaString name) {
      this.index = index;
      this.name = name;
    }

    @Override
    @Nullable Object eval(Frame frame) {
      return frame.closure.outer[index].value;
    }

    @Override
    String description() {
      return "upvalue '" + name + "'";
    }
  }

  static final class Global extends Expression {
    private final LuaString name;
    private final int line;

    Global(LuaString name, int line) {
      this.name = name;
      this.line = line;
    }

    @Override
    @Nullable Object eval(Frame frame) {
      LuaTable environment = frame.environment();
      Object value = environment.get(name);
      if (value != null || environment.metatable() == null) {
        return value;
      }
      try {
        return Operations.index(frame.state, environment, name, null);
      } catch (LuaError error) {
        throw error.inOperation(frame.chunk(), line);
      }
    }

    @Override
    String description() {
      return "global '" + name + "'";
    }
  }

  static final class Field extends Expression {
    private final Expression object;
    private final LuaString name;
    private final int line;

    Field(Expression object, LuaString name, int line) {
      this.object = object;
      this.name = name;
      this.line = line;
    }

    @Override
    @Nullable Object eval(Frame frame) {
      Object present = object.eval(frame);
      if (present instanceof LuaTable table) {
        Object value = table.get(name);
        if (value != null || table.metatable() == null) {
          return value;
        }
      }
      try {
        return Operations.index(frame.state, present, name, object);
      } catch (LuaError error) {
        throw error.inOperation(frame.chunk(), line);
      }
    }

    @Override
    String description() {
      return "field '" + name + "'";
    }
  }

  static final class Index extends Expression {
    private final Expression object;
    private final Expression key;
    private final int line;

    Index(Expression object, Expression key, int line) {
      this.object = object;
      this.key = key;
      this.line = line;
    }

    @Override
    @Nullable Object eval(Frame frame) {
      Object present = object.eval(frame);
      Object at = key.eval(frame);
      if (present instanceof LuaTable table) {
        Object value = table.get(at);
        if (value != null || table.metatable() == null) {
          return value;
        }
      }
      try {
        return Operations.index(frame.state, present, at, object);
      } catch (LuaError error) {
        throw error.inOperation(frame.chunk(), line);
      }
    }

    @Override
    String description() {
      return "field '?'";
    }
  }

  /** {@code ...}. */
  static final class Dots extends Expression {
    @Override
    @Nullable Object eval(Frame frame) {
      return frame.further.length == 0 ? null : frame.further[0];
    }

    @Override
    @Nullable Object evalAll(Frame frame) {
      return Values.of(frame.further.clone());
    }

    @Override
    boolean several() {
      return true;
    }
  }
}
