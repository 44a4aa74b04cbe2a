package io.keyward.engine.builtin.script.lua;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A function written in Lua, with the outer variables that it uses. */
public final class Closure extends LuaFunction {
  static final @Nullable Object[] NO_VALUES = {};

  final FunctionBody body;
  final Cell[] outer;

  Closure(FunctionBody body, Cell[] outer, LuaTable environment) {
    super(environment);
    this.body = body;
    this.outer = outer;
  }

  /** About how many bytes the compiled text takes. */
  public long footprint() {
    return body.footprint();
  }

  /** The same function as it was when it was read, whatever {@code setfenv} has done since. */
  public Closure renewed(LuaState state) {
    return new Closure(body, outer, state.globals());
  }

  /** The same function, which has no outer variables, with a table of its own for global names. */
  public Closure in(LuaTable environment) {
    return new Closure(body, outer, environment);
  }

  @Override
  public @Nullable Object call(LuaState state, @Nullable Object... arguments) {
    int parameters = body.parameters;
    @Nullable Object[] slots = Arrays.copyOf(arguments, body.slots);
    @Nullable Object[] further = NO_VALUES;
    if (arguments.length > parameters) {
      Arrays.fill(slots, parameters, Math.min(slots.length, arguments.length), null);
      if (body.variadic) {
        further = Arrays.copyOfRange(arguments, parameters, arguments.length);
      }
    }
    return run(state, slots, further);
  }

  /** Runs with parameters already in their slots. */
  @Nullable Object run(LuaState state, @Nullable Object[] slots, @Nullable Object[] further) {
    Closure running = this;
    @Nullable Object[] variables = slots;
    @Nullable Object[] rest = further;
    while (true) {
      FunctionBody code = running.body;
      if (--state.fuel < 0) {
        state.tick();
      }
      if (state.units + code.weight > state.mostUnits || state.depth >= LuaState.MOST_CALLS) {
        return state.deeper(running, variables, rest);
      }
      state.units += code.weight;
      state.depth++;
      Frame caller = state.top;
      Frame frame = new Frame(state, running, variables, rest, caller);
      state.top = frame;
      for (int slot : code.capturedParameters) {
        variables[slot] = new Cell(variables[slot]);
      }
      int signal = Statement.run(code.statements, frame);
      state.top = caller;
      state.depth--;
      state.units -= code.weight;
      Closure tail = frame.tail;
      if (signal != Statement.TAIL || tail == null) {
        return signal == Statement.RETURN ? frame.result : Values.NONE;
      }
      running = tail;
      variables = frame.tailSlots;
      rest = frame.tailFurther;
    }
  }
}
