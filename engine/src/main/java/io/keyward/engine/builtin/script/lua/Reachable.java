package io.keyward.engine.builtin.script.lua;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Adds up the bytes of everything that a running script can still reach. */
final class Reachable {
  private final LuaState state;

  Reachable(LuaState state) {
    this.state = state;
  }

  /** The bytes, or something above {@code enough} as soon as that is passed. */
  long bytes(long enough) {
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    ArrayDeque<Object> open = new ArrayDeque<>();
    frames(state.top, seen, open);
    for (Coroutine coroutine : state.coroutines().started()) {
      frames(coroutine.top, seen, open);
      frames(coroutine.resumerTop, seen, open);
    }
    visit(state.globals(), seen, open);
    long total = 0;
    while (!open.isEmpty() && total <= enough) {
      state.step();
      total += size(open.remove(), seen, open);
    }
    return total;
  }

  private static void frames(@Nullable Frame top, Set<Object> seen, ArrayDeque<Object> open) {
    for (Frame frame = top; frame != null && seen.add(frame); frame = frame.caller) {
      visit(frame.closure, seen, open);
      for (int slot = 0; slot < frame.slots.length; slot++) {
        if (!frame.isNumber(slot)) {
          visit(frame.slots[slot], seen, open);
        }
      }
      for (Object value : frame.further) {
        visit(value, seen, open);
      }
    }
  }

  private static void visit(@Nullable Object value, Set<Object> seen, ArrayDeque<Object> open) {
    if (value != null && !(value instanceof Double) && seen.add(value)) {
      open.add(value);
    }
  }

  /** What a number takes, in a key or value of a table; other values are counted by themselves. */
  private static long boxed(@Nullable Object value) {
    return value instanceof Double ? LuaTable.BOXED_NUMBER : 0;
  }

  private static long size(Object value, Set<Object> seen, ArrayDeque<Object> open) {
    return switch (value) {
      case LuaString string -> 40L + string.length();
      case LuaTable table -> {
        visit(table.metatable(), seen, open);
        long boxes = 0;
        int cursor = table.entryFrom(0);
        while (cursor != Integer.MIN_VALUE) {
          boxes += boxed(table.keyAt(cursor)) + boxed(table.valueAt(cursor));
          visit(table.keyAt(cursor), seen, open);
          visit(table.valueAt(cursor), seen, open);
          cursor = table.entryFrom(LuaTable.after(cursor));
        }
        yield table.footprint() + boxes;
      }
      case Closure closure -> {
        visit(closure.environment(), seen, open);
        for (Cell cell : closure.outer) {
          visit(cell, seen, open);
        }
        long body = seen.add(closure.body) ? closure.footprint() : 0;
        yield 32 + 8L * closure.outer.length + body;
      }
      case Cell cell -> {
        visit(cell.value, seen, open);
        yield 16;
      }
      case Coroutine coroutine -> {
        visit(coroutine.function, seen, open);
        yield 1024;
      }
      default -> 16;
    };
  }
}
