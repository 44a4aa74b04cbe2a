package io.keyward.config.directive;

/** The event classes of {@code notify-keyspace-events}, one bit each. */
public final class KeyspaceEvents {
  /** {@code K}: publish on {@code __keyspace@<db>__:<key>}. */
  public static final int KEYSPACE = 1;

  /** {@code E}: publish on {@code __keyevent@<db>__:<event>}. */
  public static final int KEYEVENT = 1 << 1;

  /** {@code g}: commands that are no type's own, such as DEL, EXPIRE and RENAME. */
  public static final int GENERIC = 1 << 2;

  /** {@code $}: string commands. */
  public static final int STRING = 1 << 3;

  /** {@code l}: list commands. */
  public static final int LIST = 1 << 4;

  /** {@code s}: set commands. */
  public static final int SET = 1 << 5;

  /** {@code h}: hash commands. */
  public static final int HASH = 1 << 6;

  /** {@code z}: sorted set commands. */
  public static final int SORTED_SET = 1 << 7;

  /** {@code x}: a key's time to live ran out. */
  public static final int EXPIRED = 1 << 8;

  /** {@code e}: a key was evicted. */
  public static final int EVICTED = 1 << 9;

  /** {@code t}: stream commands. */
  public static final int STREAM = 1 << 10;

  /** {@code m}: a key that does not exist was read. */
  public static final int MISS = 1 << 11;

  /** {@code d}: events of modules. */
  public static final int MODULE = 1 << 12;

  /** {@code n}: a key was created. */
  public static final int NEW = 1 << 13;

  /** {@code A}: every class but misses and new keys. */
  public static final int ALL =
      GENERIC | STRING | LIST | SET | HASH | SORTED_SET | EXPIRED | EVICTED | STREAM | MODULE;

  /** Letters in the order in which CONFIG GET shows them. */
  private static final String LETTERS = "g$lshzxetdnKEm";

  private static final int[] BITS = {
    GENERIC,
    STRING,
    LIST,
    SET,
    HASH,
    SORTED_SET,
    EXPIRED,
    EVICTED,
    STREAM,
    MODULE,
    NEW,
    KEYSPACE,
    KEYEVENT,
    MISS
  };

  private KeyspaceEvents() {}

  /**
   * Reads class letters into bits.
   *
   * @throws RefusedException at a letter that names no class
   */
  public static int parse(String letters) throws RefusedException {
    int bits = 0;
    for (int i = 0; i < letters.length(); i++) {
      char letter = letters.charAt(i);
      int at = LETTERS.indexOf(letter);
      if (letter == 'A') {
        bits |= ALL;
      } else if (at >= 0) {
        bits |= BITS[at];
      } else {
        throw new RefusedException("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
      }
    }
    return bits;
  }

  /** Writes bits as class letters, {@code A} standing for all that it covers. */
  public static String format(int bits) {
    StringBuilder letters = new StringBuilder();
    boolean all = (bits & ALL) == ALL;
    if (all) {
      letters.append('A');
    }
    for (int i = 0; i < BITS.length; i++) {
      boolean covered = all && ((BITS[i] & (ALL | NEW)) != 0);
      if (!covered && (bits & BITS[i]) != 0) {
        letters.append(LETTERS.charAt(i));
      }
    }
    return letters.toString();
  }
}
