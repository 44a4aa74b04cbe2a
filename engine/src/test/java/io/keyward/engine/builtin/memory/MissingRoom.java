package io.keyward.engine.builtin.memory;

/** Where what {@link FaultyAllocations} has loaded asks for memory. */
public final class MissingRoom {
  private static long left;
  private static boolean lasting;
  private static OutOfMemoryError met;

  private MissingRoom() {}

  /**
   * Has memory be missing when it is taken so many times from now.
   *
   * @param lasts whether it stays so
   */
  public static void in(long times, boolean lasts) {
    left = times;
    lasting = lasts;
    met = null;
  }

  /** There is memory again; returns what has been thrown first for want of it, or null. */
  public static OutOfMemoryError end() {
    left = 0;
    return met;
  }

  /** Something takes memory. */
  public static void take() {
    if (left == 0) {
      return;
    }
    if (left > 1) {
      left--;
      return;
    }
    left = lasting ? 1 : 0;
    OutOfMemoryError full = new OutOfMemoryError("none is given");
    met = met == null ? full : met;
    throw full;
  }
}
