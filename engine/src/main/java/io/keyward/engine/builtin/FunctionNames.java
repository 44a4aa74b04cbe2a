package io.keyward.engine.builtin;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The libraries of functions that keyspaces have of which a Redis that reads the log or follows has
 * one of each name: there as long as any keyspace has one. Any thread may ask.
 */
public final class FunctionNames {
  /** What there is of a name. */
  private static final class Name {
    final Set<BuiltinKeyspace> holders = new HashSet<>();

    /** Whose library that Redis has; null if none, or one that its keyspace has no longer. */
    @Nullable BuiltinKeyspace shown;

    /** The functions of the library that it has, in lower case; empty if it has none. */
    Set<String> functions = Set.of();
  }

  private final Map<String, Name> names = new HashMap<>();

  /**
   * A keyspace has got a library, which may have taken the place of one of the same name.
   *
   * @param functions its functions' names in lower case
   * @return whether that Redis can have it too, or has a function of one of these names in a
   *     library of another name
   */
  public synchronized boolean gets(
      BuiltinKeyspace keyspace, String library, Set<String> functions) {
    for (Map.Entry<String, Name> other : names.entrySet()) {
      if (!other.getKey().equals(library)
          && !Collections.disjoint(other.getValue().functions, functions)) {
        hides(keyspace, library);
        return false;
      }
    }
    shows(keyspace, library, functions);
    return true;
  }

  /** A keyspace has got a library that, as a file tells, that Redis has too. */
  public synchronized void shows(BuiltinKeyspace keyspace, String library, Set<String> functions) {
    Name name = keeps(keyspace, library);
    name.shown = keyspace;
    name.functions = functions;
  }

  /** A keyspace has got a library that, as a file tells, that Redis has not. */
  public synchronized void hides(BuiltinKeyspace keyspace, String library) {
    Name name = keeps(keyspace, library);
    if (name.shown == keyspace) {
      name.shown = null;
    }
  }

  private Name keeps(BuiltinKeyspace keyspace, String library) {
    Name name = names.computeIfAbsent(library, absent -> new Name());
    name.holders.add(keyspace);
    return name;
  }

  /** Whether that Redis has this keyspace's library of a name. */
  public synchronized boolean isShown(BuiltinKeyspace keyspace, String library) {
    Name name = names.get(library);
    return name != null && name.shown == keyspace;
  }

  /**
   * Lets that Redis have this keyspace's library if it has none that a keyspace still has, and as
   * {@link #gets} says.
   *
   * @return whether it is to be told
   */
  public synchronized boolean takesOver(
      BuiltinKeyspace keyspace, String library, Set<String> functions) {
    Name name = names.get(library);
    return (name == null || name.shown == null) && gets(keyspace, library, functions);
  }

  /**
   * Says that a file will not have a library of a name which no keyspace has as that Redis has it.
   *
   * @return whether it has one, and is to be told
   */
  public synchronized boolean givesUp(String library) {
    Name name = names.get(library);
    if (name == null || name.shown != null || name.functions.isEmpty()) {
      return false;
    }
    name.functions = Set.of();
    return true;
  }

  /** A keyspace has ended. */
  synchronized void forget(BuiltinKeyspace keyspace) {
    Iterator<Name> all = names.values().iterator();
    while (all.hasNext()) {
      Name name = all.next();
      if (isLast(keyspace, name)) {
        all.remove();
      }
    }
  }

  /**
   * A keyspace has a library no longer.
   *
   * @return whether that Redis is not to have one of this name any more either
   */
  public synchronized boolean losesLast(BuiltinKeyspace keyspace, String library) {
    Name name = names.get(library);
    if (name == null || !isLast(keyspace, name)) {
      return false;
    }
    names.remove(library);
    return !name.functions.isEmpty();
  }

  /** Takes a keyspace from those that have one of a name; returns whether it was the last. */
  private static boolean isLast(BuiltinKeyspace keyspace, Name name) {
    boolean held = name.holders.remove(keyspace);
    if (name.shown == keyspace) {
      name.shown = null;
    }
    return held && name.holders.isEmpty();
  }
}
