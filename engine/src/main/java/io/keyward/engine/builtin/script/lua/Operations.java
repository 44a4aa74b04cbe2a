package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/** What Lua's operators do when a plain table, number or string is not enough: metamethods. */
public final class Operations {
  private static final int MOST_HOPS = 100;
  private static final LuaString INDEX = LuaString.of("__index");
  private static final LuaString NEW_INDEX = LuaString.of("__newindex");
  private static final LuaString CALL = LuaString.of("__call");
  private static final LuaString CONCAT = LuaString.of("__concat");
  private static final LuaString EQ = LuaString.of("__eq");
  private static final LuaString LT = LuaString.of("__lt");
  private static final LuaString LE = LuaString.of("__le");
  private static final LuaString TO_STRING = LuaString.of("__tostring");
  static final LuaString UNARY_MINUS = LuaString.of("__unm");

  private Operations() {}

  /** The name of a value's type. */
  public static String typeName(@Nullable Object value) {
    return switch (value) {
      case null -> "nil";
      case Boolean b -> "boolean";
      case Double d -> "number";
      case LuaString s -> "string";
      case LuaTable t -> "table";
      case LuaFunction f -> "function";
      case Coroutine c -> "thread";
      default -> "userdata";
    };
  }

  static @Nullable LuaTable metatable(LuaState state, @Nullable Object value) {
    return switch (value) {
      case LuaTable table -> table.metatable();
      case LuaString s -> state.strings();
      case UserData data -> data.metatable();
      case null, default -> null;
    };
  }

  static @Nullable Object metamethod(LuaState state, @Nullable Object value, LuaString event) {
    LuaTable meta = metatable(state, value);
    return meta == null ? null : meta.get(event);
  }

  private static String named(@Nullable Object value, @Nullable Expression expression) {
    String description = expression == null ? null : expression.description();
    return description == null
        ? "a " + typeName(value) + " value"
        : description + " (a " + typeName(value) + " value)";
  }

  /** {@code object[key]}; the expression names the object in an error. */
  static @Nullable Object index(
      LuaState state, @Nullable Object object, @Nullable Object key, @Nullable Expression named) {
    Object present = object;
    for (int hop = 0; hop < MOST_HOPS; hop++) {
      Object handler;
      if (present instanceof LuaTable table) {
        Object value = table.get(key);
        LuaTable meta = table.metatable();
        if (value != null || meta == null) {
          return value;
        }
        handler = meta.get(INDEX);
        if (handler == null) {
          return null;
        }
      } else {
        handler = metamethod(state, present, INDEX);
        if (handler == null) {
          throw LuaError.runtime("attempt to index " + named(present, hop == 0 ? named : null));
        }
      }
      if (handler instanceof LuaFunction function) {
        return Values.first(function.call(state, present, key));
      }
      present = handler;
    }
    throw LuaError.runtime("loop in gettable");
  }

  /** {@code object[key]}, metamethods included. */
  public static @Nullable Object index(
      LuaState state, @Nullable Object object, @Nullable Object key) {
    return index(state, object, key, null);
  }

  static void setIndex(
      LuaState state,
      @Nullable Object object,
      @Nullable Object key,
      @Nullable Object value,
      @Nullable Expression named) {
    Object present = object;
    for (int hop = 0; hop < MOST_HOPS; hop++) {
      Object handler;
      if (present instanceof LuaTable table) {
        LuaTable meta = table.metatable();
        handler = meta == null ? null : meta.get(NEW_INDEX);
        if (handler == null || table.get(key) != null) {
          table.set(key, value);
          return;
        }
      } else {
        handler = metamethod(state, present, NEW_INDEX);
        if (handler == null) {
          throw LuaError.runtime("attempt to index " + named(present, hop == 0 ? named : null));
        }
      }
      if (handler instanceof LuaFunction function) {
        function.call(state, present, key, value);
        return;
      }
      present = handler;
    }
    throw LuaError.runtime("loop in settable");
  }

  /** What is called when a value that may be no function is called. */
  static LuaFunction callable(LuaState state, @Nullable Object value, @Nullable Expression named) {
    if (value instanceof LuaFunction function) {
      return function;
    }
    if (metamethod(state, value, CALL) instanceof LuaFunction function) {
      return new NativeFunction(
          (s, arguments) -> {
            @Nullable Object[] all = new @Nullable Object[arguments.length + 1];
            all[0] = value;
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            return function.call(s, all);
          });
    }
    throw LuaError.runtime("attempt to call " + named(value, named));
  }

  /** Calls a value. */
  public static @Nullable Object call(
      LuaState state, @Nullable Object function, @Nullable Object... arguments) {
    return callable(state, function, null).call(state, arguments);
  }

  static @Nullable Object arithmetic(
      LuaState state, ArithmeticNode node, @Nullable Object left, @Nullable Object right) {
    Double a = LuaNumbers.of(left);
    Double b = LuaNumbers.of(right);
    if (a != null && b != null) {
      return LuaNumbers.box(node.apply(a, b));
    }
    Object handler = metamethod(state, left, node.event());
    if (handler == null) {
      handler = metamethod(state, right, node.event());
    }
    if (handler == null) {
      boolean second = a != null;
      throw LuaError.runtime(
          "attempt to perform arithmetic on "
              + named(second ? right : left, second ? node.right() : node.left()));
    }
    return Values.first(call(state, handler, left, right));
  }

  static @Nullable Object negate(LuaState state, @Nullable Object value, Expression named) {
    Double number = LuaNumbers.of(value);
    if (number != null) {
      return LuaNumbers.box(-number);
    }
    Object handler = metamethod(state, value, UNARY_MINUS);
    if (handler == null) {
      throw LuaError.runtime("attempt to perform arithmetic on " + named(value, named));
    }
    return Values.first(call(state, handler, value, value));
  }

  static Double length(LuaState state, @Nullable Object value, Expression named) {
    if (value instanceof LuaTable table) {
      return LuaNumbers.box(table.length());
    }
    if (value instanceof LuaString string) {
      return LuaNumbers.box(string.length());
    }
    throw LuaError.runtime("attempt to get length of " + named(value, named));
  }

  /** The text of a string or number, else null. */
  static @Nullable LuaString stringOf(@Nullable Object value) {
    return switch (value) {
      case LuaString string -> string;
      case Double number -> LuaNumbers.string(number);
      case null, default -> null;
    };
  }

  static @Nullable Object concat(
      LuaState state,
      @Nullable Object left,
      @Nullable Object right,
      Expression leftNamed,
      Expression rightNamed) {
    LuaString a = stringOf(left);
    LuaString b = stringOf(right);
    if (a != null && b != null) {
      state.charge((long) a.length() + b.length() + 24);
      byte[] joined = new byte[a.length() + b.length()];
      System.arraycopy(a.bytes(), 0, joined, 0, a.length());
      System.arraycopy(b.bytes(), 0, joined, a.length(), b.length());
      return LuaString.of(joined);
    }
    Object handler = metamethod(state, left, CONCAT);
    if (handler == null) {
      handler = metamethod(state, right, CONCAT);
    }
    if (handler == null) {
      throw LuaError.runtime(
          "attempt to concatenate "
              + (a == null ? named(left, leftNamed) : named(right, rightNamed)));
    }
    return Values.first(call(state, handler, left, right));
  }

  /** Equality without metamethods. */
  static boolean rawEquals(@Nullable Object left, @Nullable Object right) {
    if (left instanceof Double a) {
      return right instanceof Double b && a.doubleValue() == b.doubleValue();
    }
    // Tables, functions and the like have no equality beyond identity.
    return left == null ? right == null : left.equals(right);
  }

  static boolean equal(LuaState state, @Nullable Object left, @Nullable Object right) {
    if (rawEquals(left, right)) {
      return true;
    }
    if (!(left instanceof LuaTable && right instanceof LuaTable)
        && !(left instanceof UserData && right instanceof UserData)) {
      return false;
    }
    Object handler = metamethod(state, left, EQ);
    Object other = metamethod(state, right, EQ);
    return handler != null
        && rawEquals(handler, other)
        && Expression.truth(Values.first(call(state, handler, left, right)));
  }

  /** {@code left < right}. */
  static boolean less(LuaState state, @Nullable Object left, @Nullable Object right) {
    if (left instanceof Double a && right instanceof Double b) {
      return a < b;
    }
    if (left instanceof LuaString a && right instanceof LuaString b) {
      return a.compareTo(b) < 0;
    }
    return compareBy(state, LT, left, right);
  }

  static boolean lessOrEqual(LuaState state, @Nullable Object left, @Nullable Object right) {
    if (left instanceof Double a && right instanceof Double b) {
      return a <= b;
    }
    if (left instanceof LuaString a && right instanceof LuaString b) {
      return a.compareTo(b) <= 0;
    }
    Object handler = metamethod(state, left, LE);
    if (handler == null && metamethod(state, left, LT) != null) {
      return !compareBy(state, LT, right, left);
    }
    return compareBy(state, LE, left, right);
  }

  private static boolean compareBy(
      LuaState state, LuaString event, @Nullable Object left, @Nullable Object right) {
    Object handler = metamethod(state, left, event);
    Object other = metamethod(state, right, event);
    if (handler != null && rawEquals(handler, other)) {
      return Expression.truth(Values.first(call(state, handler, left, right)));
    }
    String a = typeName(left);
    String b = typeName(right);
    throw LuaError.runtime(
        a.equals(b)
            ? "attempt to compare two " + a + " values"
            : "attempt to compare " + a + " with " + b);
  }

  /** The text that {@code tostring} gives. */
  public static LuaString text(LuaState state, @Nullable Object value) {
    Object handler = value instanceof LuaString ? null : metamethod(state, value, TO_STRING);
    if (handler != null) {
      if (Values.first(call(state, handler, value)) instanceof LuaString string) {
        return string;
      }
      throw LuaError.message("'tostring' must return a string to 'print'");
    }
    LuaString plain = stringOf(value);
    if (plain != null) {
      return plain;
    }
    return LuaString.of(
        switch (value) {
          case null -> "nil";
          case Boolean truth -> truth ? "true" : "false";
          case UserData data when data.isNull() -> "userdata: (nil)";
          default ->
              (value instanceof NativeFunction ? "function: builtin" : typeName(value))
                  + String.format(": 0x%08x", System.identityHashCode(value));
        });
  }
}
