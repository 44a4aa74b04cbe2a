package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/**
 * One call of a Lua function: its variables, its further arguments, and what it is to return.
 *
 * <p>What arithmetic gives a variable stays a plain number until somebody asks for an object, so
 * that loops that count and add leave nothing to the collector. An expression that is asked for a
 * plain number and has another value says so by NaN and leaves the value here.
 */
final class Frame {
  private enum Mark {
    /** Stands in a slot whose value is the number of that slot, and for no odd value. */
    NUMBER
  }

  private static final double[] NO_NUMBERS = {};

  final LuaState state;
  final Closure closure;
  final @Nullable Object[] slots;
  final @Nullable Object[] further;
  final @Nullable Frame caller;

  private final double[] numbers;
  private @Nullable Object odd = Mark.NUMBER;

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
    numbers = closure.body.numeric ? new double[slots.length] : NO_NUMBERS;
  }

  /** The value of a variable that no closure uses. */
  @Nullable Object get(int slot) {
    Object value = slots[slot];
    if (value != Mark.NUMBER) {
      return value;
    }
    Object boxed = LuaNumbers.box(numbers[slot]);
    slots[slot] = boxed;
    return boxed;
  }

  /** Whether a variable's value is a plain number. */
  boolean isNumber(int slot) {
    return slots[slot] == Mark.NUMBER;
  }

  /** As {@link #get}, for who wants a plain number. */
  double number(int slot) {
    Object value = slots[slot];
    return value == Mark.NUMBER ? numbers[slot] : number(value);
  }

  /** Sets a variable that no closure uses; the function's body says that it is numeric. */
  void set(int slot, double number) {
    if (isOdd(number)) {
      slots[slot] = takeOdd();
    } else {
      numbers[slot] = number;
      slots[slot] = Mark.NUMBER;
    }
  }

  /** The plain number of a value, or NaN and the value is odd. */
  double number(@Nullable Object value) {
    if (value instanceof Double number) {
      return number;
    }
    odd = value;
    return Double.NaN;
  }

  /** Whether what an expression has just given as a plain number stands for an odd value. */
  boolean isOdd(double number) {
    return Double.isNaN(number) && odd != Mark.NUMBER;
  }

  /** The odd value, which is to be taken before anything else is evaluated. */
  @Nullable Object takeOdd() {
    Object value = odd;
    odd = Mark.NUMBER;
    return value;
  }

  /** The object that an expression has just given as a plain number. */
  @Nullable Object boxed(double number) {
    return isOdd(number) ? takeOdd() : LuaNumbers.box(number);
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
