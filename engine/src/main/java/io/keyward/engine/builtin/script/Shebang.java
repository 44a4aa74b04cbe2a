package io.keyward.engine.builtin.script;

import io.keyward.engine.CommandException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/**
 * What a script declares in a first line such as {@code #!lua flags=no-writes,allow-oom}.
 *
 * @param present whether there is such a line; without one a script is judged by the commands that
 *     it calls
 * @param length bytes of the line, its end left aside
 */
record Shebang(boolean present, Set<Flag> flags, int length) {
  enum Flag {
    NO_WRITES("no-writes"),
    ALLOW_OOM("allow-oom"),
    ALLOW_STALE("allow-stale"),
    NO_CLUSTER("no-cluster"),
    ALLOW_CROSS_SLOT_KEYS("allow-cross-slot-keys");

    private final String wireName;

    Flag(String wireName) {
      this.wireName = wireName;
    }

    String wireName() {
      return wireName;
    }

    /** The flag of that name, or null. */
    static @Nullable Flag named(String name) {
      for (Flag flag : values()) {
        if (flag.wireName.equals(name)) {
          return flag;
        }
      }
      return null;
    }
  }

  private static final Shebang NONE = new Shebang(false, Set.of(), 0);

  boolean has(Flag flag) {
    return flags.contains(flag);
  }

  /** Whether what is declared leaves it open that the script writes. */
  boolean mayWrite() {
    return !has(Flag.NO_WRITES);
  }

  /**
   * Reads the first line of a script.
   *
   * @throws CommandException if it begins with {@code #!} and is not as it should be
   */
  static Shebang of(byte[] text) {
    if (text.length < 2 || text[0] != '#' || text[1] != '!') {
      return NONE;
    }
    int end = 0;
    while (end < text.length && text[end] != '\n') {
      end++;
    }
    if (end == text.length) {
      throw CommandException.error("Invalid script shebang");
    }
    StringTokenizer words =
        new StringTokenizer(new String(text, 0, end, StandardCharsets.ISO_8859_1));
    String engine = words.nextToken();
    if (!engine.equals("#!lua")) {
      throw CommandException.error("Unexpected engine in script shebang: " + engine);
    }
    EnumSet<Flag> flags = EnumSet.noneOf(Flag.class);
    while (words.hasMoreTokens()) {
      String option = words.nextToken();
      if (!option.startsWith("flags=")) {
        throw CommandException.error("Unknown lua shebang option: " + option);
      }
      StringTokenizer names = new StringTokenizer(option.substring(6), ",");
      while (names.hasMoreTokens()) {
        flags.add(flag(names.nextToken()));
      }
    }
    return new Shebang(true, flags, end);
  }

  private static Flag flag(String name) {
    Flag flag = Flag.named(name);
    if (flag == null) {
      throw CommandException.error("Unexpected flag in script shebang: " + name);
    }
    return flag;
  }
}
