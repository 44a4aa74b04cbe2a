package io.keyward.engine.builtin.persistence;

/** What a snapshot is written for, which says what INFO tells of it. */
public enum Occasion {
  /** In the background, by BGSAVE or a save point: counted, and if it fails writes stop. */
  BACKGROUND,
  /** For SAVE, which tells its client if it fails: counted. */
  COMMAND,
  /** Within a reload or the end of the process, which tell what became of it. */
  STEP
}
