package io.keyward.engine.builtin;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The libraries of functions that keyspaces have of which a Redis that reads the log or follows has
 * one of each name: there as long as any keyspace has one. Any thread may ask.
 */
public final class FunctionNames {
  private record Holder(BuiltinKeyspace keyspace, String library) {}

  /** For each library the names of its functions in lower case. */
  private final Map<Holder, Set<String>> shown = new HashMap<>();

  /**
   * A keyspace has got a library, which may have taken the place of one of the same name.
   *
   * @param functions its functions' names in lower case
   * @return whether that Redis can have it too, or has a function of one of these names in a
   *     library of another name
   */
  public synchronized boolean gets(
      BuiltinKeyspace keyspace, String library, Set<String> functions) {
    Holder holder = new Holder(keyspace, library);
    shown.remove(holder);
    for (Map.Entry<Holder, Set<String>> other : shown.entrySet()) {
      if (!other.getKey().library().equals(library)
          && !Collections.disjoint(other.getValue(), functions)) {
        return false;
      }
    }
    shown.put(holder, functions);
    return true;
  }

  /** A keyspace has ended. */
  synchronized void forget(BuiltinKeyspace keyspace) {
    shown.keySet().removeIf(holder -> holder.keyspace() == keyspace);
  }

  /**
   * A keyspace has a library no longer.
   *
   * @return whether that Redis is not to have one of this name any more either
   */
  public synchronized boolean losesLast(BuiltinKeyspace keyspace, String library) {
    return shown.remove(new Holder(keyspace, library)) != null
        && shown.keySet().stream().noneMatch(holder -> holder.library().equals(library));
  }
}
