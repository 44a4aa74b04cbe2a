package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/** Comparisons, {@code and}, {@code or}, {@code not}, {@code -} and {@code #}. */
final class LogicNodes {
  private LogicNodes() {}

  /** A comparison, whose value is a boolean. */
  abstract static class Comparison extends Expression {
    final Expression left;
    final Expression right;
    final int line;

    Comparison(Expression left, Expression right, int line) {
      this.left = left;
      this.right = right;
      this.line = line;
    }

    @Override
    abstract boolean test(Frame frame);

    /** Compares what are not both numbers. */
    abstract boolean compare(LuaState state, @Nullable Object a, @Nullable Object b);

    final boolean leftOdd(Frame frame) {
      Object a = frame.takeOdd();
      return otherwise(frame, a, right.eval(frame));
    }

    final boolean rightOdd(Frame frame, double a) {
      return otherwise(frame, LuaNumbers.box(a), frame.takeOdd());
    }

    private boolean otherwise(Frame frame, @Nullable Object a, @Nullable Object b) {
      try {
        return compare(frame.state, a, b);
      } catch (LuaError error) {
        throw error.inOperation(frame.chunk(), line);
      }
    }

    @Override
    final Object eval(Frame frame) {
      return test(frame) ? Boolean.TRUE : Boolean.FALSE;
    }
  }

  static final class Equal extends Comparison {
    private final boolean wanted;

    Equal(Expression left, Expression right, int line, boolean wanted) {
      super(left, right, line);
      this.wanted = wanted;
    }

    @Override
    boolean test(Frame frame) {
      double a = left.number(frame);
      if (frame.isOdd(a)) {
        return leftOdd(frame);
      }
      double b = right.number(frame);
      return frame.isOdd(b) ? rightOdd(frame, a) : (a == b) == wanted;
    }

    @Override
    boolean compare(LuaState state, @Nullable Object a, @Nullable Object b) {
      return Operations.equal(state, a, b) == wanted;
    }
  }

  static final class Less extends Comparison {
    Less(Expression left, Expression right, int line) {
      super(left, right, line);
    }

    @Override
    boolean test(Frame frame) {
      double a = left.number(frame);
      if (frame.isOdd(a)) {
        return leftOdd(frame);
      }
      double b = right.number(frame);
      return frame.isOdd(b) ? rightOdd(frame, a) : a < b;
    }

    @Override
    boolean compare(LuaState state, @Nullable Object a, @Nullable Object b) {
      return Operations.less(state, a, b);
    }
  }

  static final class LessOrEqual extends Comparison {
    LessOrEqual(Expression left, Expression right, int line) {
      super(left, right, line);
    }

    @Override
    boolean test(Frame frame) {
      double a = left.number(frame);
      if (frame.isOdd(a)) {
        return leftOdd(frame);
      }
      double b = right.number(frame);
      return frame.isOdd(b) ? rightOdd(frame, a) : a <= b;
    }

    @Override
    boolean compare(LuaState state, @Nullable Object a, @Nullable Object b) {
      return Operations.lessOrEqual(state, a, b);
    }
  }

  /** {@code a > b} as {@code b < a}, with {@code a} evaluated first. */
  static final class Greater extends Comparison {
    private final boolean orEqual;

    Greater(Expression left, Expression right, int line, boolean orEqual) {
      super(left, right, line);
      this.orEqual = orEqual;
    }

    @Override
    boolean test(Frame frame) {
      double a = left.number(frame);
      if (frame.isOdd(a)) {
        return leftOdd(frame);
      }
      double b = right.number(frame);
      return frame.isOdd(b) ? rightOdd(frame, a) : (orEqual ? a >= b : a > b);
    }

    @Override
    boolean compare(LuaState state, @Nullable Object a, @Nullable Object b) {
      return orEqual ? Operations.lessOrEqual(state, b, a) : Operations.less(state, b, a);
    }
  }

  static final class And extends Expression {
    private final Expression left;
    private final Expression right;

    And(Expression left, Expression right) {
      this.left = left;
      this.right = right;
    }

    @Override
    @Nullable Object eval(Frame frame) {
      Object value = left.eval(frame);
      return truth(value) ? right.eval(frame) : value;
    }

    @Override
    boolean test(Frame frame) {
      return left.test(frame) && right.test(frame);
    }
  }

  static final class Or extends Expression {
    private final Expression left;
    private final Expression right;

    Or(Expression left, Expression right) {
      this.left = left;
      this.right = right;
    }

    @Override
    @Nullable Object eval(Frame frame) {
      Object value = left.eval(frame);
      return truth(value) ? value : right.eval(frame);
    }

    @Override
    boolean test(Frame frame) {
      return left.test(frame) || right.test(frame);
    }
  }

  static final class Not extends Expression {
    private final Expression operand;

    Not(Expression operand) {
      this.operand = operand;
    }

    @Override
    Object eval(Frame frame) {
      return operand.test(frame) ? Boolean.FALSE : Boolean.TRUE;
    }

    @Override
    boolean test(Frame frame) {
      return !operand.test(frame);
    }
  }

  static final class Negate extends Expression {
    private final Expression operand;
    private final int line;

    Negate(Expression operand, int line) {
      this.operand = operand;
      this.line = line;
    }

    @Override
    boolean numeric() {
      return true;
    }

    @Override
    double number(Frame frame) {
      double value = operand.number(frame);
      if (!frame.isOdd(value)) {
        return -value;
      }
      try {
        return frame.number(Operations.negate(frame.state, frame.takeOdd(), operand));
      } catch (LuaError error) {
        throw error.inOperation(frame.chunk(), line);
      }
    }

    @Override
    @Nullable Object eval(Frame frame) {
      return frame.boxed(number(frame));
    }
  }

  static final class Length extends Expression {
    private final Expression operand;
    private final int line;

    Length(Expression operand, int line) {
      this.operand = operand;
      this.line = line;
    }

    @Override
    Object eval(Frame frame) {
      Object value = operand.eval(frame);
      try {
        return Operations.length(frame.state, value, operand);
      } catch (LuaError error) {
        throw error.inOperation(frame.chunk(), line);
      }
    }
  }

  /** A chain of {@code ..}: its text is put together once. */
  static final class Concat extends Expression {
    private final Expression[] operands;
    private final int line;

    Concat(Expression[] operands, int line) {
      this.operands = operands;
      this.line = line;
    }

    @Override
    @Nullable Object eval(Frame frame) {
      int count = operands.length;
      @Nullable Object[] values = new @Nullable Object[count];
      long total = 0;
      boolean plain = true;
      for (int i = 0; i < count; i++) {
        Object value = operands[i].eval(frame);
        LuaString text = Operations.stringOf(value);
        if (text == null) {
          plain = false;
          values[i] = value;
        } else {
          total += text.length();
          values[i] = value instanceof Double ? (plain ? text : value) : value;
        }
      }
      try {
        return plain ? joined(frame.state, values, total) : folded(frame.state, values);
      } catch (LuaError error) {
        throw error.inOperation(frame.chunk(), line);
      }
    }

    private static LuaString joined(LuaState state, @Nullable Object[] values, long total) {
      state.charge(total + 24);
      byte[] bytes = new byte[(int) total];
      int at = 0;
      for (Object value : values) {
        if (value instanceof LuaString text) {
          System.arraycopy(text.bytes(), 0, bytes, at, text.length());
          at += text.length();
        }
      }
      return LuaString.of(bytes);
    }

    private @Nullable Object folded(LuaState state, @Nullable Object[] values) {
      int last = values.length - 1;
      Object result = values[last];
      for (int i = last - 1; i >= 0; i--) {
        result = Operations.concat(state, values[i], result, operands[i], operands[i + 1]);
      }
      return result;
    }
  }
}
