package io.keyward.engine.builtin.script.lua;

import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The {@code math} table.
 *
 * <p>Random numbers come from the 48-bit linear congruence of {@code drand48}, so that a seed gives
 * the same numbers as it does in Redis.
 */
public final class MathLibrary {
  private static final long MULTIPLIER = 0x5DEECE66DL;
  private static final long MASK = (1L << 48) - 1;

  private long random = 0x1234_ABCD_330EL;

  private MathLibrary() {}

  /** Puts the table into the state's globals. */
  public static void install(LuaState state) {
    LuaTable math = state.table();
    MathLibrary own = new MathLibrary();
    plain(math, "abs", Math::abs);
    plain(math, "acos", Math::acos);
    plain(math, "asin", Math::asin);
    plain(math, "atan", Math::atan);
    plain(math, "ceil", Math::ceil);
    plain(math, "cos", Math::cos);
    plain(math, "cosh", Math::cosh);
    plain(math, "deg", x -> x / (Math.PI / 180.0));
    plain(math, "exp", Math::exp);
    plain(math, "floor", Math::floor);
    plain(math, "log", Math::log);
    plain(math, "log10", Math::log10);
    plain(math, "rad", x -> x * (Math.PI / 180.0));
    plain(math, "sin", Math::sin);
    plain(math, "sinh", Math::sinh);
    plain(math, "sqrt", Math::sqrt);
    plain(math, "tan", Math::tan);
    plain(math, "tanh", Math::tanh);
    BaseLibrary.add(
        math, "atan2", (s, a) -> LuaNumbers.box(Math.atan2(number(a, 0), number(a, 1))));
    BaseLibrary.add(math, "fmod", (s, a) -> LuaNumbers.box(number(a, 0) % number(a, 1)));
    BaseLibrary.add(math, "mod", (s, a) -> LuaNumbers.box(number(a, 0) % number(a, 1)));
    BaseLibrary.add(
        math, "pow", (s, a) -> LuaNumbers.box(LuaNumbers.power(number(a, 0), number(a, 1))));
    BaseLibrary.add(
        math,
        "ldexp",
        (s, a) -> LuaNumbers.box(Math.scalb(number(a, 0), (int) Arguments.integer(a, 1))));
    BaseLibrary.add(math, "frexp", (s, a) -> fractionAndExponent(number(a, 0)));
    BaseLibrary.add(math, "modf", (s, a) -> wholeAndFraction(number(a, 0)));
    BaseLibrary.add(math, "max", (s, a) -> extreme(a, 1));
    BaseLibrary.add(math, "min", (s, a) -> extreme(a, -1));
    BaseLibrary.add(math, "random", (s, a) -> own.random(a));
    BaseLibrary.add(
        math,
        "randomseed",
        (s, a) -> {
          own.random = (((long) (int) Arguments.integer(a, 0) << 16) | 0x330E) & MASK;
          return Values.NONE;
        });
    math.set(LuaString.of("pi"), Math.PI);
    math.set(LuaString.of("huge"), Double.POSITIVE_INFINITY);
    state.globals().set(LuaString.of("math"), math);
  }

  private static void plain(LuaTable math, String name, DoubleUnaryOperator function) {
    BaseLibrary.add(math, name, (s, a) -> LuaNumbers.box(function.applyAsDouble(number(a, 0))));
  }

  private static double number(@Nullable Object[] arguments, int index) {
    return Arguments.number(arguments, index);
  }

  private static @Nullable Object fractionAndExponent(double value) {
    if (value == 0 || Double.isNaN(value) || Double.isInfinite(value)) {
      return Values.of(LuaNumbers.box(value), LuaNumbers.box(0));
    }
    int exponent = Math.getExponent(value) + 1;
    double fraction = value / LuaNumbers.power(2, exponent);
    while (Math.abs(fraction) < 0.5) {
      fraction *= 2;
      exponent--;
    }
    return Values.of(LuaNumbers.box(fraction), LuaNumbers.box(exponent));
  }

  private static @Nullable Object wholeAndFraction(double value) {
    double whole = value < 0 ? Math.ceil(value) : Math.floor(value);
    double fraction = Double.isInfinite(value) ? 0 : value - whole;
    return Values.of(LuaNumbers.box(whole), LuaNumbers.box(fraction));
  }

  private static Double extreme(@Nullable Object[] arguments, int sign) {
    double best = number(arguments, 0);
    for (int i = 1; i < arguments.length; i++) {
      double next = number(arguments, i);
      if (sign > 0 ? next > best : next < best) {
        best = next;
      }
    }
    return LuaNumbers.box(best);
  }

  private double nextFraction() {
    random = (random * MULTIPLIER + 0xB) & MASK;
    long bits = random >>> 17;
    return (double) (bits % Integer.MAX_VALUE) / Integer.MAX_VALUE;
  }

  private Double random(@Nullable Object[] arguments) {
    double fraction = nextFraction();
    return switch (arguments.length) {
      case 0 -> fraction;
      case 1 -> {
        int most = (int) Arguments.integer(arguments, 0);
        if (most < 1) {
          throw LuaError.argument(1, "interval is empty");
        }
        yield LuaNumbers.box(Math.floor(fraction * most) + 1);
      }
      case 2 -> {
        int least = (int) Arguments.integer(arguments, 0);
        int most = (int) Arguments.integer(arguments, 1);
        if (least > most) {
          throw LuaError.argument(2, "interval is empty");
        }
        yield LuaNumbers.box(Math.floor(fraction * ((double) most - least + 1)) + least);
      }
      default -> throw LuaError.message("wrong number of arguments");
    };
  }
}
