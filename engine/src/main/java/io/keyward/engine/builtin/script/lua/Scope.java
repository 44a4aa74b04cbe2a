package io.keyward.engine.builtin.script.lua;

import io.keyward.engine.builtin.script.lua.Syntax.Capture;
import io.keyward.engine.builtin.script.lua.Syntax.Variable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The variables in sight while one function is parsed. */
final class Scope {
  private static final int MOST_LOCALS = 200;
  private static final int MOST_OUTER = 60;

  final @Nullable Scope outer;
  final List<Capture> captures = new ArrayList<>();
  private final List<Variable> active = new ArrayList<>();
  private int slots;
  boolean variadic;
  int loops;

  Scope(@Nullable Scope outer) {
    this.outer = outer;
  }

  /** How many variables are in sight: to be given to {@link #leave}. */
  int enter() {
    return active.size();
  }

  void leave(int before) {
    while (active.size() > before) {
      active.removeLast();
    }
  }

  /** A variable that is declared, but not in sight before {@link #see}. */
  Variable declare(LuaString name, int pending, Lexer lexer) {
    int slot = active.size() + pending;
    if (slot >= MOST_LOCALS) {
      throw LuaError.at(lexer.chunk(), lexer.line(), "function has more than 200 local variables");
    }
    slots = Math.max(slots, slot + 1);
    return new Variable(name, slot);
  }

  void see(Variable variable) {
    active.add(variable);
  }

  int slots() {
    return slots;
  }

  @Nullable Variable local(LuaString name) {
    for (int i = active.size() - 1; i >= 0; i--) {
      if (active.get(i).name.equals(name)) {
        return active.get(i);
      }
    }
    return null;
  }

  /** The index among the captures of a variable of an outer function, or -1 for a global. */
  int capture(LuaString name, Lexer lexer) {
    for (int i = 0; i < captures.size(); i++) {
      if (captures.get(i).name().equals(name)) {
        Variable known = captures.get(i).local();
        Scope around = outer;
        if (around != null && known == around.local(name)) {
          return i;
        }
      }
    }
    Scope around = outer;
    if (around == null) {
      return -1;
    }
    Variable local = around.local(name);
    int further = -1;
    if (local != null) {
      local.captured = true;
    } else {
      further = around.capture(name, lexer);
      if (further < 0) {
        return -1;
      }
    }
    if (captures.size() >= MOST_OUTER) {
      throw LuaError.at(lexer.chunk(), lexer.line(), "function has more than 60 upvalues");
    }
    captures.add(new Capture(name, local, further));
    return captures.size() - 1;
  }
}
