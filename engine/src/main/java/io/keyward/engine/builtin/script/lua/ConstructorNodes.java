package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/** Expressions that make something new: closures and tables; and parentheses. */
final class ConstructorNodes {
  private ConstructorNodes() {}

  static final class Function extends Expression {
    private final FunctionBody body;

    Function(FunctionBody body) {
      this.body = body;
    }

    @Override
    Object eval(Frame frame) {
      int[] captures = body.captures;
      Cell[] outer = new Cell[captures.length];
      for (int i = 0; i < captures.length; i++) {
        outer[i] =
            captures[i] >= 0
                ? VariableNodes.cell(frame, captures[i])
                : frame.closure.outer[~captures[i]];
      }
      frame.state.memory().charge(48 + 8L * captures.length);
      return new Closure(body, outer, frame.environment());
    }
  }

  static final class Table extends Expression {
    private final Expression[] items;
    private final Expression[] keys;
    private final Expression[] values;
    private final int[] itemsBefore;
    private final int line;

    /** Makes a constructor; so many items stand before each key, and are evaluated before it. */
    Table(Expression[] items, Expression[] keys, Expression[] values, int[] itemsBefore, int line) {
      this.items = items;
      this.keys = keys;
      this.values = values;
      this.itemsBefore = itemsBefore;
      this.line = line;
    }

    @Override
    Object eval(Frame frame) {
      if (keys.length == 0) {
        return list(frame);
      }
      LuaTable table = frame.state.table();
      int item = 0;
      try {
        for (int i = 0; i < keys.length; i++) {
          while (item < itemsBefore[i]) {
            table.set(item + 1, items[item].eval(frame));
            item++;
          }
          Object key = keys[i].eval(frame);
          Object value = values[i].eval(frame);
          table.set(key, value);
        }
      } catch (LuaError error) {
        throw error.inOperation(frame.chunk(), line);
      }
      while (item < items.length - 1) {
        table.set(item + 1, items[item].eval(frame));
        item++;
      }
      if (item < items.length) {
        for (Object value : Values.all(items[item].evalAll(frame))) {
          table.set(++item, value);
        }
      }
      return table;
    }

    private LuaTable list(Frame frame) {
      LuaState state = frame.state;
      if (items.length == 0) {
        return state.table();
      }
      @Nullable Object[] all = all(items, frame);
      return state.table(items.length == 1 && items[0].several() ? all.clone() : all);
    }
  }

  /** Parentheses: one value of several. */
  static final class Single extends Expression {
    private final Expression inner;

    Single(Expression inner) {
      this.inner = inner;
    }

    @Override
    @Nullable Object eval(Frame frame) {
      return inner.eval(frame);
    }
  }
}
