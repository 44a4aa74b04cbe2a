package io.keyward.engine.command;

import java.util.Set;

/**
 * Where some of a command's keys stand and what becomes of them, in the terms of Redis's key
 * specifications.
 */
public record KeySpec(Set<KeyFlag> flags, Begin begin, Find find, String notes) {
  /** The command tells what a key holds. */
  public static final int READ = 1;

  /** The command changes what a key holds. */
  public static final int WRITE = 2;

  /** What a command does to a key. */
  public enum KeyFlag {
    RW("RW"),
    RO("RO"),
    OW("OW"),
    RM("RM"),
    ACCESS("access"),
    UPDATE("update"),
    INSERT("insert"),
    DELETE("delete"),
    NOT_KEY("not_key"),
    INCOMPLETE("incomplete"),
    VARIABLE_FLAGS("variable_flags");

    private final String wireName;

    KeyFlag(String wireName) {
      this.wireName = wireName;
    }

    public String wireName() {
      return wireName;
    }
  }

  /** Where the keys begin. */
  public sealed interface Begin {
    /** At a fixed argument. */
    record Index(int position) implements Begin {}

    /** After a word that is looked for from an argument on, backwards if that is negative. */
    record Keyword(String word, int startFrom) implements Begin {}

    /** Not to be told. */
    record Unknown() implements Begin {}
  }

  /** Which arguments are keys, counted from where they begin. */
  public sealed interface Find {
    /**
     * Up to {@code lastKey} (negative: counted from the end), every {@code step}; with {@code
     * limit} above 1 and {@code lastKey} -1 only the first 1/limit of what is left.
     */
    record Range(int lastKey, int step, int limit) implements Find {}

    /** As many as the argument {@code countAt} says, from {@code firstKey} on. */
    record Count(int countAt, int firstKey, int step) implements Find {}

    /** Not to be told. */
    record Unknown() implements Find {}
  }

  /** What flags say of the data: {@link #READ}, {@link #WRITE}, both added, or 0. */
  public static int access(Set<KeyFlag> flags) {
    boolean writes =
        flags.contains(KeyFlag.INSERT)
            || flags.contains(KeyFlag.UPDATE)
            || flags.contains(KeyFlag.DELETE);
    return (flags.contains(KeyFlag.ACCESS) ? READ : 0) | (writes ? WRITE : 0);
  }

  /** Keys from {@code first} to {@code last}, every {@code step}. */
  public static KeySpec range(int first, int last, int step, KeyFlag... flags) {
    int relativeLast = last < 0 ? last : last - first;
    return new KeySpec(
        Set.of(flags), new Begin.Index(first), new Find.Range(relativeLast, step, 0), "");
  }

  /** As many keys as the argument {@code countAt} says, beginning right after it. */
  public static KeySpec counted(int countAt, KeyFlag... flags) {
    return new KeySpec(Set.of(flags), new Begin.Index(countAt), new Find.Count(0, 1, 1), "");
  }
}
