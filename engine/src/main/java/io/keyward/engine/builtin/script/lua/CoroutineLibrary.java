package io.keyward.engine.builtin.script.lua;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The {@code coroutine} table. */
public final class CoroutineLibrary {
  private CoroutineLibrary() {}

  /** Puts the table into the state's globals. */
  public static void install(LuaState state) {
    LuaTable coroutine = state.table();
    BaseLibrary.add(coroutine, "create", CoroutineLibrary::create);
    BaseLibrary.add(coroutine, "resume", CoroutineLibrary::resume);
    BaseLibrary.add(coroutine, "yield", (s, a) -> s.coroutines().suspend(a));
    BaseLibrary.add(coroutine, "running", (s, a) -> s.coroutines().running());
    BaseLibrary.add(
        coroutine,
        "status",
        (s, a) -> LuaString.of(argument(a).status.name().toLowerCase(Locale.ROOT)));
    BaseLibrary.add(coroutine, "wrap", CoroutineLibrary::wrap);
    state.globals().set(LuaString.of("coroutine"), coroutine);
  }

  private static Coroutine argument(@Nullable Object[] arguments) {
    if (Arguments.value(arguments, 0) instanceof Coroutine coroutine) {
      return coroutine;
    }
    throw LuaError.argument(1, "coroutine expected");
  }

  private static Coroutine create(LuaState state, @Nullable Object[] arguments) {
    if (Arguments.value(arguments, 0) instanceof Closure closure) {
      state.charge(1024);
      return new Coroutine(closure);
    }
    throw LuaError.argument(1, "Lua function expected");
  }

  private static @Nullable String refusal(Coroutine coroutine) {
    return coroutine.status == Coroutine.Status.SUSPENDED
        ? null
        : "cannot resume "
            + (coroutine.status == Coroutine.Status.DEAD ? "dead" : "non-suspended")
            + " coroutine";
  }

  private static @Nullable Object resume(LuaState state, @Nullable Object[] arguments) {
    Coroutine coroutine = argument(arguments);
    String refusal = refusal(coroutine);
    if (refusal != null) {
      return Values.of(false, LuaString.of(refusal));
    }
    try {
      @Nullable Object[] results =
          Values.all(
              state
                  .coroutines()
                  .resume(coroutine, Arrays.copyOfRange(arguments, 1, arguments.length)));
      @Nullable Object[] all = new @Nullable Object[results.length + 1];
      all[0] = true;
      System.arraycopy(results, 0, all, 1, results.length);
      return Values.of(all);
    } catch (LuaError error) {
      return Values.of(false, error.value());
    }
  }

  private static Object wrap(LuaState state, @Nullable Object[] arguments) {
    Coroutine coroutine = create(state, arguments);
    return new NativeFunction(
        (s, values) -> {
          String refusal = refusal(coroutine);
          if (refusal != null) {
            throw LuaError.message(refusal);
          }
          return s.coroutines().resume(coroutine, values);
        });
  }
}
