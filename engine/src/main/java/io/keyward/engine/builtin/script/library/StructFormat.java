package io.keyward.engine.builtin.script.library;

import io.keyward.engine.builtin.script.lua.LuaError;
import io.keyward.engine.builtin.script.lua.LuaString;

/** Walks through a format of {@code struct}: options with their sizes, byte order, alignment. */
final class StructFormat {
  private static final int MOST_INTEGER_BYTES = 32;
  private static final int NATIVE_ALIGNMENT = 8;

  private final LuaString format;
  private int at;
  private boolean littleEndian = true;
  private int alignment = 1;
  private int option;
  private int size;
  private int padding;

  StructFormat(LuaString format) {
    this.format = format;
  }

  /**
   * Goes on to the next option that stands for data.
   *
   * @param position bytes before it, from which its padding follows
   * @return false at the end
   */
  boolean next(long position) {
    while (at < format.length()) {
      option = format.at(at++);
      if (option == 0) {
        return false;
      }
      size = optionSize();
      padding = 0;
      if (size != 0 && option != 'c') {
        int unit = Math.min(size, alignment);
        padding = (int) ((unit - (position & (unit - 1))) & (unit - 1));
      }
      if (size != 0 || option == 'c' || option == 's' || option == 'i' || option == 'I') {
        return true;
      }
      control();
    }
    return false;
  }

  private int optionSize() {
    return switch (option) {
      case 'B', 'b', 'x' -> 1;
      case 'H', 'h' -> 2;
      case 'L', 'l', 'T', 'd' -> 8;
      case 'f' -> 4;
      case 'c' -> number(1);
      case 'i', 'I' -> {
        int bytes = number(4);
        if (bytes > MOST_INTEGER_BYTES) {
          throw LuaError.message(
              "integral size " + bytes + " is larger than limit of " + MOST_INTEGER_BYTES);
        }
        yield bytes;
      }
      default -> 0;
    };
  }

  private boolean digit() {
    return at < format.length() && format.at(at) >= '0' && format.at(at) <= '9';
  }

  private int number(int otherwise) {
    if (!digit()) {
      return otherwise;
    }
    long value = 0;
    while (digit()) {
      value = value * 10 + format.at(at++) - '0';
      if (value > Integer.MAX_VALUE) {
        throw LuaError.message("integral size overflow");
      }
    }
    return (int) value;
  }

  private void control() {
    switch (option) {
      case ' ' -> {}
      case '>' -> littleEndian = false;
      case '<' -> littleEndian = true;
      case '!' -> {
        int wanted = number(NATIVE_ALIGNMENT);
        if (Integer.bitCount(wanted) != 1) {
          throw LuaError.message("alignment " + wanted + " is not a power of 2");
        }
        alignment = wanted;
      }
      default -> throw LuaError.argument(1, "invalid format option '" + (char) option + "'");
    }
  }

  int option() {
    return option;
  }

  /** Bytes that the option takes; 0 where the data tell. */
  int size() {
    return size;
  }

  /** Bytes of zero before it. */
  int padding() {
    return padding;
  }

  boolean littleEndian() {
    return littleEndian;
  }
}
