package io.keyward.engine.builtin.script.lua;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code string.format}, with the conversions of C's printf that Lua lets through. */
final class StringFormat {
  private final LuaState state;
  private final LuaString format;
  private final @Nullable Object[] arguments;
  private final ByteBuilder out;
  private int at;
  private int argument;

  private boolean left;
  private boolean plus;
  private boolean space;
  private boolean alternate;
  private boolean zero;
  private int width;
  private int precision;

  private StringFormat(LuaState state, @Nullable Object[] arguments) {
    this.state = state;
    this.arguments = arguments;
    this.format = Arguments.string(arguments, 0);
    this.out = new ByteBuilder(state);
  }

  static LuaString format(LuaState state, @Nullable Object[] arguments) {
    return new StringFormat(state, arguments).run();
  }

  private LuaString run() {
    while (at < format.length()) {
      int c = format.at(at++);
      if (c != '%') {
        out.add(c);
      } else if (at < format.length() && format.at(at) == '%') {
        out.add('%');
        at++;
      } else {
        conversion();
      }
    }
    return out.string();
  }

  private int next() {
    return at < format.length() ? format.at(at) : 0;
  }

  private void flags() {
    left = false;
    plus = false;
    space = false;
    alternate = false;
    zero = false;
    int count = 0;
    while (true) {
      switch (next()) {
        case '-' -> left = true;
        case '+' -> plus = true;
        case ' ' -> space = true;
        case '#' -> alternate = true;
        case '0' -> zero = true;
        default -> {
          return;
        }
      }
      at++;
      if (++count > 5) {
        throw LuaError.message("invalid format (repeated flags)");
      }
    }
  }

  private int digits() {
    int value = 0;
    for (int i = 0; i < 2 && next() >= '0' && next() <= '9'; i++) {
      value = value * 10 + next() - '0';
      at++;
    }
    if (next() >= '0' && next() <= '9') {
      throw LuaError.message("invalid format (width or precision too long)");
    }
    return value;
  }

  private void conversion() {
    flags();
    width = digits();
    precision = -1;
    if (next() == '.') {
      at++;
      precision = digits();
    }
    int kind = next();
    at++;
    if (++argument >= arguments.length) {
      throw LuaError.argument(argument + 1, "no value");
    }
    switch (kind) {
      case 'c' -> pad(String.valueOf((char) (Arguments.integer(arguments, argument) & 0xff)));
      case 'd', 'i' -> integer(Arguments.number(arguments, argument));
      case 'u' -> digits(Long.toUnsignedString(whole()), "");
      case 'o' -> digits(Long.toOctalString(whole()), alternate ? "0" : "");
      case 'x' -> digits(Long.toHexString(whole()), alternate ? "0x" : "");
      case 'X' -> digits(Long.toHexString(whole()).toUpperCase(Locale.ROOT), alternate ? "0X" : "");
      case 'e', 'E', 'f', 'g', 'G' -> real(kind, Arguments.number(arguments, argument));
      case 'q' -> quoted(Arguments.string(arguments, argument));
      case 's' -> string(Arguments.string(arguments, argument));
      default ->
          throw LuaError.message(
              "invalid option '%"
                  + (kind == 0 ? "" : String.valueOf((char) kind))
                  + "' to 'format'");
    }
  }

  private long whole() {
    double value = Arguments.number(arguments, argument);
    return value >= 0x1p63 ? (long) (value - 0x1p63) + Long.MIN_VALUE : (long) value;
  }

  private void string(LuaString text) {
    if (precision < 0 && (text.length() >= 100 || width == 0)) {
      out.add(text);
      return;
    }
    int length = precision < 0 ? text.length() : Math.min(precision, text.length());
    pad(LuaString.of(text.bytes(), 0, length).toString());
  }

  private void pad(String text) {
    int missing = width - text.length();
    if (missing > 0 && !left) {
      out.add(" ".repeat(missing));
    }
    out.add(text);
    if (missing > 0 && left) {
      out.add(" ".repeat(missing));
    }
  }

  private void integer(double number) {
    long value = (long) number;
    if (Double.isNaN(number)) {
      value = Long.MIN_VALUE;
    }
    String magnitude = value < 0 ? Long.toString(value).substring(1) : Long.toString(value);
    digits(magnitude, value < 0 ? "-" : plus ? "+" : space ? " " : "");
  }

  private void digits(String magnitude, String prefix) {
    String shown = precision == 0 && magnitude.equals("0") ? "" : magnitude;
    int least = precision;
    if (precision < 0 && zero && !left) {
      least = width - prefix.length();
    }
    pad(prefix + "0".repeat(Math.max(0, least - shown.length())) + shown);
  }

  private void real(int kind, double value) {
    boolean negative = Double.doubleToRawLongBits(value) < 0 && !Double.isNaN(value);
    String sign = negative ? "-" : plus ? "+" : space ? " " : "";
    double magnitude = Math.abs(value);
    boolean finite = !Double.isNaN(value) && !Double.isInfinite(value);
    int digits = precision < 0 ? 6 : precision;
    String text;
    if (!finite) {
      text = Double.isNaN(value) ? "nan" : "inf";
    } else {
      text =
          switch (kind | 0x20) {
            case 'f' ->
                new BigDecimal(magnitude).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
            case 'e' -> exponential(magnitude, digits);
            default -> LuaNumbers.general(magnitude, digits, alternate);
          };
      if (alternate && digits == 0 && text.indexOf('.') < 0 && text.indexOf('e') < 0) {
        text += ".";
      }
    }
    if (kind == 'E' || kind == 'G') {
      text = text.toUpperCase(Locale.ROOT);
    }
    int zeros = finite && zero && !left ? width - sign.length() - text.length() : 0;
    pad(sign + "0".repeat(Math.max(0, zeros)) + text);
  }

  private static String exponential(double magnitude, int digits) {
    if (magnitude == 0) {
      return "0" + (digits > 0 ? "." + "0".repeat(digits) : "") + "e+00";
    }
    BigDecimal rounded =
        new BigDecimal(magnitude).round(new MathContext(digits + 1, RoundingMode.HALF_EVEN));
    int exponent = rounded.precision() - rounded.scale() - 1;
    String unscaled = rounded.unscaledValue().toString();
    unscaled =
        unscaled.length() <= digits
            ? unscaled + "0".repeat(digits + 1 - unscaled.length())
            : unscaled.substring(0, digits + 1);
    int size = Math.abs(exponent);
    return unscaled.charAt(0)
        + (digits > 0 ? "." + unscaled.substring(1) : "")
        + "e"
        + (exponent < 0 ? "-" : "+")
        + (size < 10 ? "0" : "")
        + size;
  }

  private void quoted(LuaString text) {
    state.charge(text.length());
    out.add('"');
    for (int i = 0; i < text.length(); i++) {
      int c = text.at(i);
      switch (c) {
        case '"', '\\', '\n' -> {
          out.add('\\');
          out.add(c);
        }
        case '\r' -> out.add("\\r");
        case 0 -> out.add("\\000");
        default -> out.add(c);
      }
    }
    out.add('"');
  }
}
