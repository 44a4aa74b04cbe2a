package io.keyward.engine;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * One of several who have something together that is limited: at the limit, who has most gives up
 * of it. Any thread may ask.
 */
public interface Sharer {
  /** What it has, as it has told last. */
  long has();

  /** Whether it had nothing that may go when it was asked last. */
  boolean exhausted();

  /** Asks it to give up, soon, what is too much for all. */
  void ask();

  /**
   * Who has most of all the others, and something that may go.
   *
   * @param least what it must have more of
   * @return null if nobody has
   */
  static @Nullable Sharer most(Collection<? extends Sharer> all, Sharer self, long least) {
    Sharer found = null;
    long most = least;
    for (Sharer each : all) {
      if (!each.equals(self) && each.has() > most && !each.exhausted()) {
        found = each;
        most = each.has();
      }
    }
    return found;
  }
}
