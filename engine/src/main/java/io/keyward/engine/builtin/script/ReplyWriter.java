package io.keyward.engine.builtin.script;

import io.keyward.engine.Reply;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.script.lua.LuaString;
import io.keyward.engine.builtin.script.lua.LuaTable;
import org.jspecify.annotations.Nullable;

/** Makes a reply of the value that a script returns. */
final class ReplyWriter {
  private static final int MOST_LEVELS = 1000;
  private static final LuaString OK = LuaString.of("ok");
  private static final LuaString DOUBLE = LuaString.of("double");
  private static final LuaString BIG_NUMBER = LuaString.of("big_number");
  private static final LuaString VERBATIM = LuaString.of("verbatim_string");
  private static final LuaString FORMAT = LuaString.of("format");
  private static final LuaString STRING = LuaString.of("string");
  private static final LuaString MAP = LuaString.of("map");
  private static final LuaString SET = LuaString.of("set");

  private final Reply reply;
  private final boolean booleans;
  private final Slices slices;
  private int level;

  /** Writes to a reply; {@code booleans} if the script has asked for RESP3. */
  ReplyWriter(Reply reply, boolean booleans, Slices slices) {
    this.reply = reply;
    this.booleans = booleans;
    this.slices = slices;
  }

  void write(@Nullable Object value) {
    slices.step();
    switch (value) {
      case LuaString text -> reply.bulk(text.bytes());
      case Double number -> reply.integer(number.longValue());
      case Boolean truth -> bool(truth);
      case LuaTable table -> {
        if (++level > MOST_LEVELS) {
          reply.error("ERR reached lua stack limit");
        } else {
          table(table);
        }
        level--;
      }
      case null, default -> reply.nothing();
    }
  }

  private void bool(boolean truth) {
    if (booleans) {
      reply.bool(truth);
    } else if (truth) {
      reply.integer(1);
    } else {
      reply.nothing();
    }
  }

  private static String oneLine(LuaString text) {
    return text.toString().replace('\r', ' ').replace('\n', ' ');
  }

  private void table(LuaTable table) {
    if (special(table)) {
      return;
    }
    int size = 0;
    while (table.get(size + 1) != null) {
      slices.step();
      size++;
    }
    reply.array(size);
    for (int i = 1; i <= size; i++) {
      write(table.get(i));
    }
  }

  private boolean special(LuaTable table) {
    if (table.get(ScriptErrors.ERR) instanceof LuaString line) {
      reply.error(line.toString());
    } else if (table.get(OK) instanceof LuaString line) {
      reply.simple(oneLine(line));
    } else if (table.get(DOUBLE) instanceof Double number) {
      reply.number(number);
    } else if (table.get(BIG_NUMBER) instanceof LuaString digits) {
      reply.bigNumber(oneLine(digits));
    } else if (table.get(VERBATIM) instanceof LuaTable inner
        && inner.get(FORMAT) instanceof LuaString format
        && inner.get(STRING) instanceof LuaString text) {
      reply.verbatim((format + "   ").substring(0, 3), text.bytes());
    } else if (table.get(MAP) instanceof LuaTable entries) {
      map(entries);
    } else if (table.get(SET) instanceof LuaTable members) {
      set(members);
    } else {
      return false;
    }
    return true;
  }

  private int count(LuaTable table) {
    int count = 0;
    for (int at = table.entryFrom(0);
        at != Integer.MIN_VALUE;
        at = table.entryFrom(LuaTable.after(at))) {
      slices.step();
      count++;
    }
    return count;
  }

  private void map(LuaTable entries) {
    reply.map(count(entries));
    for (int at = entries.entryFrom(0);
        at != Integer.MIN_VALUE;
        at = entries.entryFrom(LuaTable.after(at))) {
      write(entries.keyAt(at));
      write(entries.valueAt(at));
    }
  }

  private void set(LuaTable members) {
    reply.set(count(members));
    for (int at = members.entryFrom(0);
        at != Integer.MIN_VALUE;
        at = members.entryFrom(LuaTable.after(at))) {
      write(members.keyAt(at));
    }
  }
}
