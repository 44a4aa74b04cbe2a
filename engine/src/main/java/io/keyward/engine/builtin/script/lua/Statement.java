package io.keyward.engine.builtin.script.lua;

/** A compiled statement. */
abstract class Statement {
  static final int NORMAL = 0;
  static final int BREAK = 1;
  static final int RETURN = 2;

  /** The function returns what another call, noted in the frame, will return. */
  static final int TAIL = 3;

  /** Executes and tells how control goes on. */
  abstract int run(Frame frame);

  static int run(Statement[] statements, Frame frame) {
    for (Statement statement : statements) {
      int signal = statement.run(frame);
      if (signal != NORMAL) {
        return signal;
      }
    }
    return NORMAL;
  }
}
