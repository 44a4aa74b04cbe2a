package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/** The {@code table} table. */
public final class TableLibrary {
  private TableLibrary() {}

  /** Puts the table into the state's globals. */
  public static void install(LuaState state) {
    LuaTable table = state.table();
    BaseLibrary.add(table, "concat", TableLibrary::concat);
    BaseLibrary.add(table, "insert", TableLibrary::insert);
    BaseLibrary.add(table, "remove", TableLibrary::remove);
    BaseLibrary.add(table, "sort", TableSort::sort);
    BaseLibrary.add(table, "maxn", TableLibrary::maxn);
    BaseLibrary.add(table, "getn", (s, a) -> LuaNumbers.box(Arguments.table(a, 0).length()));
    BaseLibrary.add(
        table,
        "setn",
        (s, a) -> {
          throw LuaError.message("'setn' is obsolete");
        });
    BaseLibrary.add(table, "foreach", TableLibrary::forEach);
    BaseLibrary.add(table, "foreachi", TableLibrary::forEachIndex);
    state.globals().set(LuaString.of("table"), table);
  }

  private static LuaString concat(LuaState state, @Nullable Object[] arguments) {
    LuaString separator = Arguments.string(arguments, 1, LuaString.EMPTY);
    LuaTable table = Arguments.table(arguments, 0);
    long from = Arguments.integer(arguments, 2, 1);
    long to = Arguments.integer(arguments, 3, table.length());
    ByteBuilder text = new ByteBuilder(state);
    for (long i = from; i <= to; i++) {
      Object value = table.get(LuaNumbers.box((double) i));
      LuaString piece = Operations.stringOf(value);
      if (piece == null) {
        throw LuaError.message(
            "invalid value ("
                + Operations.typeName(value)
                + ") at index "
                + i
                + " in table for 'concat'");
      }
      text.add(piece);
      if (i < to) {
        text.add(separator);
      }
      state.step();
    }
    return text.string();
  }

  private static @Nullable Object insert(LuaState state, @Nullable Object[] arguments) {
    LuaTable table = Arguments.table(arguments, 0);
    int end = table.length() + 1;
    switch (arguments.length) {
      case 2 -> table.set(end, arguments[1]);
      case 3 -> {
        int at = (int) Arguments.integer(arguments, 1);
        int last = Math.max(end, at);
        for (int i = last; i > at; i--) {
          state.step();
          table.set(i, table.get(i - 1));
        }
        state.step();
        table.set(at, arguments[2]);
      }
      default -> throw LuaError.message("wrong number of arguments to 'insert'");
    }
    return Values.NONE;
  }

  private static @Nullable Object remove(LuaState state, @Nullable Object[] arguments) {
    LuaTable table = Arguments.table(arguments, 0);
    int length = table.length();
    long at = Arguments.integer(arguments, 1, length);
    if (at < 1 || at > length) {
      return Values.NONE;
    }
    Object removed = table.get((int) at);
    for (int i = (int) at; i < length; i++) {
      state.step();
      table.set(i, table.get(i + 1));
    }
    state.step();
    table.set(length, null);
    return removed;
  }

  private static Double maxn(LuaState state, @Nullable Object[] arguments) {
    LuaTable table = Arguments.table(arguments, 0);
    double most = 0;
    int cursor = table.entryFrom(0);
    while (cursor != Integer.MIN_VALUE) {
      state.step();
      if (table.keyAt(cursor) instanceof Double key && key > most) {
        most = key;
      }
      cursor = table.entryFrom(LuaTable.after(cursor));
    }
    return LuaNumbers.box(most);
  }

  private static @Nullable Object forEach(LuaState state, @Nullable Object[] arguments) {
    LuaTable table = Arguments.table(arguments, 0);
    LuaFunction function = Arguments.function(arguments, 1);
    int cursor = table.entryFrom(0);
    while (cursor != Integer.MIN_VALUE) {
      Object result =
          Values.first(function.call(state, table.keyAt(cursor), table.valueAt(cursor)));
      if (result != null) {
        return result;
      }
      state.step();
      cursor = table.entryFrom(LuaTable.after(cursor));
    }
    return Values.NONE;
  }

  private static @Nullable Object forEachIndex(LuaState state, @Nullable Object[] arguments) {
    LuaTable table = Arguments.table(arguments, 0);
    LuaFunction function = Arguments.function(arguments, 1);
    int length = table.length();
    for (int i = 1; i <= length; i++) {
      Object result = Values.first(function.call(state, LuaNumbers.box(i), table.get(i)));
      if (result != null) {
        return result;
      }
      state.step();
    }
    return Values.NONE;
  }
}
