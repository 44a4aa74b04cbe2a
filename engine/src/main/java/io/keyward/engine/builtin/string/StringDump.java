package io.keyward.engine.builtin.string;

import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.NewValue;
import io.keyward.engine.builtin.rdb.RdbInput;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.rdb.RdbType;

/** A string in RDB format. */
public final class StringDump {
  private StringDump() {}

  /** Writes type and value. */
  public static void write(Entry entry, RdbOutput out) {
    out.writeByte(RdbType.STRING);
    if (entry.encoding() == Encoding.INT) {
      out.writeIntegerText(entry.integer());
    } else {
      out.writeString(entry.bytes(), entry.stringOffset(), entry.stringLength());
    }
  }

  /** Reads a value whose type has been read. */
  public static NewValue read(RdbInput in) {
    return NewValue.string(in.readString());
  }
}
