package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/** A function written in Java. */
public final class NativeFunction extends LuaFunction {
  /** What it does. */
  @FunctionalInterface
  public interface Body {
    /**
     * Returns one value or {@link Values}.
     *
     * @throws LuaError if the arguments are not what is expected, among other reasons
     */
    @Nullable Object call(LuaState state, @Nullable Object[] arguments);
  }

  private final Body body;

  public NativeFunction(Body body) {
    super(null);
    this.body = body;
  }

  @Override
  public @Nullable Object call(LuaState state, @Nullable Object... arguments) {
    return body.call(state, arguments);
  }
}
