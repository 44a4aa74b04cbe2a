package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/**
 * {@code + - * / % ^} of two operands; each operator is a class so that each is compiled apart.
 * They work with plain numbers as long as both operands are numbers.
 */
abstract class ArithmeticNode extends Expression {
  final Expression left;
  final Expression right;
  private final int line;
  private final LuaString event;

  private ArithmeticNode(Expression left, Expression right, int line, String event) {
    this.left = left;
    this.right = right;
    this.line = line;
    this.event = LuaString.of(event);
  }

  static ArithmeticNode of(Syntax.Operator operator, Expression left, Expression right, int line) {
    return switch (operator) {
      case ADD -> new Add(left, right, line);
      case SUBTRACT -> new Subtract(left, right, line);
      case MULTIPLY -> new Multiply(left, right, line);
      case DIVIDE -> new Divide(left, right, line);
      case MODULO -> new Modulo(left, right, line);
      case POWER -> new Power(left, right, line);
      default -> throw new IllegalArgumentException("not arithmetic: " + operator);
    };
  }

  Expression left() {
    return left;
  }

  Expression right() {
    return right;
  }

  LuaString event() {
    return event;
  }

  abstract double apply(double a, double b);

  @Override
  final boolean numeric() {
    return true;
  }

  final double leftOdd(Frame frame) {
    Object a = frame.takeOdd();
    return otherwise(frame, a, right.eval(frame));
  }

  final double rightOdd(Frame frame, double a) {
    return otherwise(frame, LuaNumbers.box(a), frame.takeOdd());
  }

  private double otherwise(Frame frame, @Nullable Object a, @Nullable Object b) {
    try {
      return frame.number(Operations.arithmetic(frame.state, this, a, b));
    } catch (LuaError error) {
      throw error.inOperation(frame.chunk(), line);
    }
  }

  private static final class Add extends ArithmeticNode {
    Add(Expression left, Expression right, int line) {
      super(left, right, line, "__add");
    }

    @Override
    double apply(double a, double b) {
      return a + b;
    }

    @Override
    double number(Frame frame) {
      double a = left.number(frame);
      if (frame.isOdd(a)) {
        return leftOdd(frame);
      }
      double b = right.number(frame);
      return frame.isOdd(b) ? rightOdd(frame, a) : apply(a, b);
    }

    @Override
    @Nullable Object eval(Frame frame) {
      return frame.boxed(number(frame));
    }
  }

  private static final class Subtract extends ArithmeticNode {
    Subtract(Expression left, Expression right, int line) {
      super(left, right, line, "__sub");
    }

    @Override
    double apply(double a, double b) {
      return a - b;
    }

    @Override
    double number(Frame frame) {
      double a = left.number(frame);
      if (frame.isOdd(a)) {
        return leftOdd(frame);
      }
      double b = right.number(frame);
      return frame.isOdd(b) ? rightOdd(frame, a) : apply(a, b);
    }

    @Override
    @Nullable Object eval(Frame frame) {
      return frame.boxed(number(frame));
    }
  }

  private static final class Multiply extends ArithmeticNode {
    Multiply(Expression left, Expression right, int line) {
      super(left, right, line, "__mul");
    }

    @Override
    double apply(double a, double b) {
      return a * b;
    }

    @Override
    double number(Frame frame) {
      double a = left.number(frame);
      if (frame.isOdd(a)) {
        return leftOdd(frame);
      }
      double b = right.number(frame);
      return frame.isOdd(b) ? rightOdd(frame, a) : apply(a, b);
    }

    @Override
    @Nullable Object eval(Frame frame) {
      return frame.boxed(number(frame));
    }
  }

  private static final class Divide extends ArithmeticNode {
    Divide(Expression left, Expression right, int line) {
      super(left, right, line, "__div");
    }

    @Override
    double apply(double a, double b) {
      return a / b;
    }

    @Override
    double number(Frame frame) {
      double a = left.number(frame);
      if (frame.isOdd(a)) {
        return leftOdd(frame);
      }
      double b = right.number(frame);
      return frame.isOdd(b) ? rightOdd(frame, a) : apply(a, b);
    }

    @Override
    @Nullable Object eval(Frame frame) {
      return frame.boxed(number(frame));
    }
  }

  private static final class Modulo extends ArithmeticNode {
    Modulo(Expression left, Expression right, int line) {
      super(left, right, line, "__mod");
    }

    @Override
    double apply(double a, double b) {
      return a - Math.floor(a / b) * b;
    }

    @Override
    double number(Frame frame) {
      double a = left.number(frame);
      if (frame.isOdd(a)) {
        return leftOdd(frame);
      }
      double b = right.number(frame);
      return frame.isOdd(b) ? rightOdd(frame, a) : apply(a, b);
    }

    @Override
    @Nullable Object eval(Frame frame) {
      return frame.boxed(number(frame));
    }
  }

  private static final class Power extends ArithmeticNode {
    Power(Expression left, Expression right, int line) {
      super(left, right, line, "__pow");
    }

    @Override
    double apply(double a, double b) {
      return LuaNumbers.power(a, b);
    }

    @Override
    double number(Frame frame) {
      double a = left.number(frame);
      if (frame.isOdd(a)) {
        return leftOdd(frame);
      }
      double b = right.number(frame);
      return frame.isOdd(b) ? rightOdd(frame, a) : apply(a, b);
    }

    @Override
    @Nullable Object eval(Frame frame) {
      return frame.boxed(number(frame));
    }
  }
}
