package io.keyward.engine.builtin.script.lua;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The coroutines of one state, each on a thread of its own from its first resumption on. */
final class Coroutines {
  private static final int MOST = 128;

  private final LuaState state;
  private final List<Coroutine> started = new ArrayList<>();
  private @Nullable Coroutine running;

  Coroutines(LuaState state) {
    this.state = state;
  }

  @Nullable Coroutine running() {
    return running;
  }

  List<Coroutine> started() {
    return started;
  }

  /**
   * Lets a coroutine go on with these values.
   *
   * @return what it yields or returns
   * @throws LuaError if it fails; it is dead then
   */
  @Nullable Object resume(Coroutine coroutine, @Nullable Object[] values) {
    SideStack stack = coroutine.stack;
    if (stack == null) {
      started.removeIf(known -> known.status == Coroutine.Status.DEAD);
      if (started.size() >= MOST) {
        throw LuaError.message("too many coroutines");
      }
      stack =
          SideStack.coroutine(state, () -> coroutine.function.call(state, firstValues(coroutine)));
      coroutine.stack = stack;
      started.add(coroutine);
      coroutine.first = values;
    }
    Coroutine resumer = running;
    if (resumer != null) {
      resumer.status = Coroutine.Status.NORMAL;
    }
    coroutine.resumer = resumer;
    coroutine.status = Coroutine.Status.RUNNING;
    running = coroutine;
    Frame top = state.top;
    int depth = state.depth;
    int units = state.units;
    int mostUnits = state.mostUnits;
    coroutine.resumerTop = top;
    state.top = coroutine.top;
    state.depth = coroutine.depth;
    state.units = coroutine.units;
    state.mostUnits = coroutine.mostUnits;
    boolean failed = true;
    try {
      Object result = stack.resume(Values.of(values));
      failed = false;
      return result;
    } finally {
      coroutine.status =
          failed || stack.ended() ? Coroutine.Status.DEAD : Coroutine.Status.SUSPENDED;
      coroutine.top = failed ? null : state.top;
      coroutine.resumerTop = null;
      coroutine.depth = state.depth;
      coroutine.units = state.units;
      coroutine.mostUnits = state.mostUnits;
      state.top = top;
      state.depth = depth;
      state.units = units;
      state.mostUnits = mostUnits;
      running = resumer;
      if (resumer != null) {
        resumer.status = Coroutine.Status.RUNNING;
      }
    }
  }

  private static @Nullable Object[] firstValues(Coroutine coroutine) {
    @Nullable Object[] values = coroutine.first;
    coroutine.first = Closure.NO_VALUES;
    return values;
  }

  /** Stops the running coroutine until it is resumed with what this returns. */
  @Nullable Object suspend(@Nullable Object[] values) {
    Coroutine now = running;
    SideStack stack = now == null ? null : now.stack;
    if (stack == null) {
      throw LuaError.message("attempt to yield across metamethod/C-call boundary");
    }
    return stack.suspend(Values.of(values));
  }

  /** Ends every coroutine that has begun and not come to its end. */
  void endAll() {
    running = null;
    for (Coroutine coroutine : started) {
      SideStack stack = coroutine.stack;
      if (stack != null) {
        stack.stop();
      }
      coroutine.status = Coroutine.Status.DEAD;
    }
    started.clear();
  }
}
