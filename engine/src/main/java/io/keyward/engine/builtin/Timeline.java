package io.keyward.engine.builtin;

/** A held value whose entries are named by the time at which they were added. */
public interface Timeline {
  /** The number of entries. */
  long entries();

  /**
   * When the first entry was added, in milliseconds since 1970, if ids are times; 0 if there is
   * none.
   */
  long oldestMillis();

  /** When the last entry was added, in milliseconds since 1970, if ids are times. */
  long newestMillis();

  /** The number of consumer groups. */
  int groupCount();
}
