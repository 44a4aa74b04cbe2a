package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/** One call of a Lua function: its variables, its further arguments, and what it is to return. */
final class Frame {
  final LuaState state;
  final Closure closure;
  final @Nullable Object[] slots;
  final @Nullable Object[] further;
  final @Nullable Frame caller;

  @Nullable Object result = Values.NONE;
  @Nullable Closure tail;
  @Nullable Object[] tailSlots = {};
  @Nullable Object[] tailFurther = {};

  Frame(
      LuaState state,
      Closure closure,
      @Nullable Object[] slots,
      @Nullable Object[] further,
      @Nullable Frame caller) {
    this.state = state;
    this.closure = closure;
    this.slots = slots;
    this.further = further;
    this.caller = caller;
  }

  String chunk() {
    return closure.body.chunk;
  }

  /** The error that code on a line has met. */
  LuaError error(int line, String text) {
    return LuaError.at(chunk(), line, text);
  }

  /** Where global names of the running function are looked up. */
  LuaTable environment() {
    LuaTable own = closure.environment();
    return own == null ? state.globals() : own;
  }
}
