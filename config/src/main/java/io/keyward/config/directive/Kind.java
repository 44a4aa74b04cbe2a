package io.keyward.config.directive;

import io.keyward.config.file.OwnFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What values a directive takes, and how they are read and shown. */
sealed interface Kind
    permits Kind.WholeNumber,
        Kind.Clamped,
        Kind.Memory,
        Kind.MemoryOrPercent,
        Kind.RaisedMemory,
        Kind.FileMode,
        Kind.YesNo,
        Kind.OneOf,
        Kind.Text,
        Kind.BaseName,
        Kind.Folder,
        Kind.EventClasses,
        SeveralWords {
  /**
   * Checks a value.
   *
   * @param text what the user wrote; several arguments are joined with blanks
   * @param current the text of the present value, which some kinds build upon
   * @throws RefusedException with the reason in Redis's words
   */
  Value parse(String text, String current) throws RefusedException;

  /** What to give, for the remedy in an error, such as "yes or no". */
  String expects();

  /** The value as CONFIG GET shows it. */
  default String shown(String text) {
    return text;
  }

  /** True if the value is a list, so that a file may give it as one. */
  default boolean takesSeveralWords() {
    return false;
  }

  /** An integer between two bounds, both allowed. */
  static Kind integer(long least, long most) {
    return new WholeNumber(least, most);
  }

  /** A size in bytes that is not below a bound. */
  static Kind memory(long least) {
    return new Memory(least, Long.MAX_VALUE);
  }

  static Kind yesNo() {
    return new YesNo();
  }

  static Kind text() {
    return new Text();
  }

  /** One of some words. */
  static Kind oneOf(String... names) {
    return new OneOf(List.of(names));
  }

  /** An integer between two bounds, both allowed. */
  record WholeNumber(long least, long most) implements Kind {
    @Override
    public Value parse(String text, String current) throws RefusedException {
      if (!Numbers.isDecimal(text)) {
        throw new RefusedException("argument couldn't be parsed into an integer");
      }
      return Value.of(within(Long.parseLong(text), least, most));
    }

    @Override
    public String expects() {
      return "a whole number from " + least + " to " + most;
    }
  }

  /** An integer that is moved to the nearer bound when it lies outside. */
  record Clamped(int least, int most) implements Kind {
    @Override
    public Value parse(String text, String current) throws RefusedException {
      long number = new WholeNumber(0, Integer.MAX_VALUE).parse(text, current).number();
      return Value.of(Math.clamp(number, least, most));
    }

    @Override
    public String expects() {
      return "a whole number from " + least + " to " + most;
    }
  }

  /** A size in bytes between two bounds, written with or without a unit. */
  record Memory(long least, long most) implements Kind {
    @Override
    public Value parse(String text, String current) throws RefusedException {
      long bytes = Numbers.parseMemory(text);
      if (bytes < 0) {
        throw new RefusedException("argument must be a memory value");
      }
      return Value.of(within(bytes, least, most));
    }

    @Override
    public String expects() {
      return "a size such as 1048576, 512kb, 100mb or 2gb"
          + (least > 0 ? ", at least " + least + " bytes" : "");
    }
  }

  /** A size in bytes that is raised to the least one where it is smaller. */
  record RaisedMemory(long least) implements Kind {
    @Override
    public Value parse(String text, String current) throws RefusedException {
      long bytes = new Memory(1, Long.MAX_VALUE).parse(text, current).number();
      return Value.of(Math.max(least, bytes));
    }

    @Override
    public String expects() {
      return "a size such as 1048576, 512kb, 100mb or 2gb; less than "
          + least
          + " bytes counts as that";
    }
  }

  /** A size in bytes, or a percentage of another one: then the number is negative. */
  record MemoryOrPercent() implements Kind {
    @Override
    public Value parse(String text, String current) throws RefusedException {
      if (text.matches("[0-9]{1,18}%")) {
        long percent = Long.parseLong(text.substring(0, text.length() - 1));
        if (percent > 100) {
          throw new RefusedException("percentage argument must be less or equal to 100");
        }
        return Value.of(text, -percent);
      }
      long bytes = Numbers.parseMemory(text);
      if (bytes < 0) {
        throw new RefusedException("argument must be a memory or percent value");
      }
      return Value.of(bytes);
    }

    @Override
    public String expects() {
      return "a size such as 100mb, or a percentage such as 5%";
    }
  }

  /** A file mode in octal. */
  record FileMode() implements Kind {
    private static final int MOST = 0777;

    @Override
    public Value parse(String text, String current) throws RefusedException {
      if (!text.matches("[0-7]{1,10}")) {
        throw new RefusedException("argument couldn't be parsed as an octal number");
      }
      long mode = Long.parseLong(text, 8);
      if (mode > MOST) {
        throw new RefusedException("argument must be between 0 and 777 inclusive");
      }
      return Value.of(Long.toOctalString(mode), mode);
    }

    @Override
    public String expects() {
      return "an octal file mode such as 700; 0 = as the umask has it";
    }
  }

  /** Yes or no. */
  record YesNo() implements Kind {
    @Override
    public Value parse(String text, String current) throws RefusedException {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "yes" -> Value.of("yes", 1);
        case "no" -> Value.of("no", 0);
        default -> throw new RefusedException("argument must be 'yes' or 'no'");
      };
    }

    @Override
    public String expects() {
      return "yes or no";
    }
  }

  /** One of several names; its number is its position in the list. */
  record OneOf(List<String> names) implements Kind {
    @Override
    public Value parse(String text, String current) throws RefusedException {
      for (int i = 0; i < names.size(); i++) {
        if (names.get(i).equalsIgnoreCase(text)) {
          return Value.of(names.get(i), i);
        }
      }
      throw new RefusedException("argument(s) must be one of the following: " + listed());
    }

    @Override
    public String expects() {
      return "one of " + listed();
    }

    private String listed() {
      return String.join(", ", names);
    }
  }

  /** Any text. */
  record Text() implements Kind {
    @Override
    public Value parse(String text, String current) {
      return Value.of(text);
    }

    @Override
    public String expects() {
      return "text";
    }
  }

  /** A file's name without folders; {@code what} is how Redis's reason calls it. */
  record BaseName(String directive, String what, boolean mayBeEmpty) implements Kind {
    @Override
    public Value parse(String text, String current) throws RefusedException {
      if (text.isEmpty() && !mayBeEmpty) {
        throw new RefusedException(directive + " can't be empty");
      }
      if (text.indexOf('/') >= 0 || text.indexOf('\\') >= 0 || text.indexOf('\0') >= 0) {
        throw new RefusedException(directive + " can't be a path, just a " + what);
      }
      if (text.equals(".") || text.equals("..")) {
        throw new RefusedException(directive + " can't be a folder that is there already");
      }
      if (OwnFile.takes(text)) {
        throw new RefusedException(
            directive
                + " can't be "
                + text
                + ": in dir the gateway keeps files of its own as "
                + OwnFile.names());
      }
      return Value.of(text);
    }

    @Override
    public String expects() {
      return "a " + what + " without slashes that no other file in dir has";
    }
  }

  /** A folder, which CONFIG GET shows with the whole way to it. */
  record Folder() implements Kind {
    @Override
    public Value parse(String text, String current) throws RefusedException {
      if (text.isEmpty() || text.indexOf('\0') >= 0) {
        throw new RefusedException("No such file or directory");
      }
      return Value.of(text);
    }

    @Override
    public String shown(String text) {
      return Path.of(text).toAbsolutePath().normalize().toString();
    }

    @Override
    public String expects() {
      return "a folder";
    }
  }

  /** Classes of keyspace events, as {@link KeyspaceEvents} bits. */
  record EventClasses() implements Kind {
    @Override
    public Value parse(String text, String current) throws RefusedException {
      int bits = KeyspaceEvents.parse(text);
      return Value.of(KeyspaceEvents.format(bits), bits);
    }

    @Override
    public String expects() {
      return "letters out of Ag$lshzxeKEtmdn, or \"\" for no events";
    }
  }

  private static long within(long number, long least, long most) throws RefusedException {
    if (number < least || number > most) {
      throw new RefusedException(
          "argument must be between " + least + " and " + most + " inclusive");
    }
    return number;
  }
}
