package io.keyward.engine.builtin;

import java.util.List;

/**
 * What decides of a keyspace whether the files can tell that one holds what another one does.
 *
 * @param kept whether its own keys are written to files, where there are any
 * @param listened whether a log is written now
 * @param named whether it has a prefix
 * @param pinned the namespaces of which nothing is written
 */
public record CloneTerms(boolean kept, boolean listened, boolean named, List<String> pinned) {
  /** Keeps a copy, so that the record cannot change. */
  public CloneTerms {
    pinned = List.copyOf(pinned);
  }

  /** Whether it can be told of this one: if the same keys of both are written, or none of it. */
  public boolean canTellCloneOf(CloneTerms source) {
    boolean written = kept && listened;
    return !written || (source.kept && pinned.equals(source.pinned) && named && source.named);
  }
}
