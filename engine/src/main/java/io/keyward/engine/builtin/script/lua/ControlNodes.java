package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/** Blocks, branches, calls as statements and returns. */
final class ControlNodes {
  private ControlNodes() {}

  static final class Perform extends Statement {
    private final Expression call;

    Perform(Expression call) {
      this.call = call;
    }

    @Override
    int run(Frame frame) {
      call.evalAll(frame);
      return NORMAL;
    }
  }

  static final class Block extends Statement {
    private final Statement[] body;

    Block(Statement[] body) {
      this.body = body;
    }

    @Override
    int run(Frame frame) {
      return run(body, frame);
    }
  }

  static final class If extends Statement {
    private final Expression[] conditions;
    private final Statement[][] branches;
    private final Statement[] otherwise;

    If(Expression[] conditions, Statement[][] branches, Statement[] otherwise) {
      this.conditions = conditions;
      this.branches = branches;
      this.otherwise = otherwise;
    }

    @Override
    int run(Frame frame) {
      for (int i = 0; i < conditions.length; i++) {
        if (conditions[i].test(frame)) {
          return run(branches[i], frame);
        }
      }
      return run(otherwise, frame);
    }
  }

  static final class Break extends Statement {
    @Override
    int run(Frame frame) {
      return BREAK;
    }
  }

  static final class ReturnOne extends Statement {
    private final Expression value;

    ReturnOne(Expression value) {
      this.value = value;
    }

    @Override
    int run(Frame frame) {
      frame.result = value.eval(frame);
      return RETURN;
    }
  }

  static final class ReturnCall extends Statement {
    private final CallNode call;

    ReturnCall(CallNode call) {
      this.call = call;
    }

    @Override
    int run(Frame frame) {
      return call.leave(frame);
    }
  }

  static final class ReturnSeveral extends Statement {
    private final Expression[] values;

    ReturnSeveral(Expression[] values) {
      this.values = values;
    }

    @Override
    int run(Frame frame) {
      @Nullable Object[] all = Expression.all(values, frame);
      frame.result = Values.of(values.length == 1 ? all.clone() : all);
      return RETURN;
    }
  }
}
