package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/** A coroutine: a function that may stop in the middle and go on later. */
final class Coroutine {
  enum Status {
    SUSPENDED,
    RUNNING,
    NORMAL,
    DEAD
  }

  final LuaFunction function;
  Status status = Status.SUSPENDED;
  @Nullable SideStack stack;
  @Nullable Coroutine resumer;
  @Nullable Frame top;
  @Nullable Frame resumerTop;
  int depth;
  int units;
  int mostUnits;
  @Nullable Object[] first = Closure.NO_VALUES;

  Coroutine(LuaFunction function) {
    this.function = function;
    this.mostUnits = LuaState.UNITS_IN_COROUTINE;
  }
}
