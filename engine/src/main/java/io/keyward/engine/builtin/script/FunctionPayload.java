package io.keyward.engine.builtin.script;

import io.keyward.engine.CommandException;
import io.keyward.engine.builtin.dump.Payload;
import io.keyward.engine.builtin.rdb.MalformedRdbException;
import io.keyward.engine.builtin.rdb.RdbInput;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.rdb.RdbType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** What FUNCTION DUMP gives and FUNCTION RESTORE takes: the texts of libraries in RDB format. */
final class FunctionPayload {
  private static final CommandException BROKEN =
      CommandException.error("failed loading the given functions payload");

  private FunctionPayload() {}

  static byte[] write(Collection<Library> libraries) {
    RdbOutput out = new RdbOutput(1024, RdbType.OLDEST_WRITTEN, false);
    for (Library library : libraries) {
      out.writeByte(RdbType.FUNCTION);
      out.writeString(library.code(), 0, library.code().length);
    }
    Payload.close(out);
    return Arrays.copyOf(out.bytes(), out.length());
  }

  /**
   * The texts of the libraries in a payload.
   *
   * @throws CommandException if it is not whole or holds something else
   */
  static List<byte[]> read(byte[] bytes) {
    RdbInput in = Payload.open(bytes, 0, bytes.length);
    List<byte[]> codes = new ArrayList<>();
    try {
      while (in.remaining() > 0) {
        switch (in.readByte()) {
          case RdbType.FUNCTION -> codes.add(in.readString());
          case RdbType.FUNCTION_PRE_RELEASE ->
              throw CommandException.error("Pre-GA function format not supported");
          default -> throw CommandException.error("given type is not a function");
        }
      }
    } catch (MalformedRdbException malformed) {
      throw BROKEN;
    }
    return codes;
  }
}
