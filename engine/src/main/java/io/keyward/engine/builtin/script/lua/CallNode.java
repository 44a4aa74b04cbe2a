package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/** A call of a function or, with a method's name, of a method. */
final class CallNode extends Expression {
  private final Expression callee;
  private final @Nullable LuaString method;
  private final Expression[] arguments;
  private final boolean open;
  private final int line;
  private final @Nullable String name;

  CallNode(
      Expression callee,
      @Nullable LuaString method,
      Expression[] arguments,
      int line,
      @Nullable String name) {
    this.callee = callee;
    this.method = method;
    this.arguments = arguments;
    this.open = arguments.length > 0 && arguments[arguments.length - 1].several();
    this.line = line;
    this.name = name;
  }

  @Override
  boolean several() {
    return true;
  }

  @Override
  @Nullable Object eval(Frame frame) {
    return Values.first(evalAll(frame));
  }

  @Override
  @Nullable Object evalAll(Frame frame) {
    if (method == null) {
      return invoke(frame, callee.eval(frame), null);
    }
    Object self = callee.eval(frame);
    return invoke(frame, method(frame, self, method), self);
  }

  private @Nullable Object invoke(Frame frame, @Nullable Object function, @Nullable Object self) {
    if (function instanceof Closure closure && !closure.body.variadic && !open) {
      @Nullable Object[] slots = slots(frame, closure, self);
      try {
        return closure.run(frame.state, slots, Closure.NO_VALUES);
      } catch (LuaError error) {
        throw error.passing(frame.chunk(), line, name, method != null);
      }
    }
    @Nullable Object[] values = values(frame, self);
    LuaFunction target = function instanceof LuaFunction plain ? plain : callable(frame, function);
    try {
      return target.call(frame.state, values);
    } catch (LuaError error) {
      throw error.passing(frame.chunk(), line, name, method != null);
    }
  }

  private LuaFunction callable(Frame frame, @Nullable Object value) {
    try {
      return Operations.callable(frame.state, value, method == null ? callee : this);
    } catch (LuaError error) {
      throw error.inOperation(frame.chunk(), line);
    }
  }

  /** Leaves the call to the frame's own caller, as a call that is a function's last act. */
  int leave(Frame frame) {
    Object self = method == null ? null : callee.eval(frame);
    Object function = method == null ? callee.eval(frame) : method(frame, self, method);
    if (!open && function instanceof Closure closure && !closure.body.variadic) {
      frame.tailSlots = slots(frame, closure, self);
      frame.tail = closure;
      return Statement.TAIL;
    }
    frame.result = invoke(frame, function, self);
    return Statement.RETURN;
  }

  private @Nullable Object[] slots(Frame frame, Closure closure, @Nullable Object self) {
    FunctionBody body = closure.body;
    @Nullable Object[] slots = new @Nullable Object[body.slots];
    int at = 0;
    if (method != null && body.parameters > 0) {
      slots[at++] = self;
    }
    for (Expression argument : arguments) {
      Object value = argument.eval(frame);
      if (at < body.parameters) {
        slots[at++] = value;
      }
    }
    return slots;
  }

  private @Nullable Object[] values(Frame frame, @Nullable Object self) {
    if (method == null) {
      return all(arguments, frame);
    }
    @Nullable Object[] given = all(arguments, frame);
    @Nullable Object[] values = new @Nullable Object[given.length + 1];
    values[0] = self;
    System.arraycopy(given, 0, values, 1, given.length);
    return values;
  }

  private @Nullable Object method(Frame frame, @Nullable Object self, LuaString wanted) {
    try {
      return Operations.index(frame.state, self, wanted, callee);
    } catch (LuaError error) {
      throw error.inOperation(frame.chunk(), line);
    }
  }

  @Override
  @Nullable String description() {
    return method == null ? null : "method '" + method + "'";
  }
}
