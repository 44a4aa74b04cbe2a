package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/** Anything that can be called. */
public abstract class LuaFunction {
  private @Nullable LuaTable environment;

  LuaFunction(@Nullable LuaTable environment) {
    this.environment = environment;
  }

  /**
   * Calls with these arguments.
   *
   * @return one value or {@link Values}
   */
  public abstract @Nullable Object call(LuaState state, @Nullable Object... arguments);

  /** Where global names are looked up. */
  @Nullable LuaTable environment() {
    return environment;
  }

  void environment(LuaTable other) {
    environment = other;
  }
}
