package io.keyward.engine.builtin.rdb;

/** A big value on its way into RDB format piece by piece. */
public interface PiecewiseValue {
  /**
   * Writes the next piece: a few kilobytes, or one element if that is bigger.
   *
   * @return whether it was the last
   */
  boolean writePiece();

  /**
   * Whether the value may be changed between two pieces without any harm to what is written; else
   * whoever wants to change it has to have all of it written first.
   */
  boolean steady();

  /** Whether a part could not be written for want of memory. */
  default boolean broken() {
    return false;
  }
}
