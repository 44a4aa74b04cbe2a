package io.keyward.engine.builtin;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The libraries of functions that keyspaces have of which a Redis that reads the log or follows has
 * one of each name: there as long as any keyspace has one. Any thread may ask.
 *
 * <p>It reads what several homes tell in the order in which they hand it over. So a home that has
 * told something speaks until it has handed that over, and what others load meanwhile it is told
 * afterwards. A snapshot takes the homes one after the other: what is loaded between the first
 * instant and the last one is told again, since of two homes one may tell it before its instant,
 * and what the other has done earlier follows behind its own.
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

  private record Telling(BuiltinKeyspace keyspace, String library) {}

  private final Map<String, Name> names = new HashMap<>();

  /** Those that have told something which has not been handed over yet. */
  private final Set<Home> speakers = new HashSet<>();

  /** What is to be told when nobody speaks. */
  private final Map<Telling, Runnable> untold = new LinkedHashMap<>();

  /** What is to be told again when a snapshot has begun on all homes. */
  private final Map<Telling, Runnable> toldBetween = new LinkedHashMap<>();

  private boolean between;

  /**
   * A keyspace has got a library, which may have taken the place of one of the same name.
   *
   * @param functions its functions' names in lower case
   * @param later asks again and tells, if that Redis is not to be told now, or is to be told twice
   * @return whether it can have the library now: not while another home speaks, nor if it has a
   *     function of one of these names in a library of another name
   */
  public synchronized boolean gets(
      BuiltinKeyspace keyspace, String library, Set<String> functions, Runnable later) {
    Telling telling = new Telling(keyspace, library);
    if (othersSpeak(keyspace.home())) {
      hides(keyspace, library);
      untold.put(telling, later);
      return false;
    }
    for (Map.Entry<String, Name> other : names.entrySet()) {
      if (!other.getKey().equals(library)
          && !Collections.disjoint(other.getValue().functions, functions)) {
        hides(keyspace, library);
        return false;
      }
    }
    shows(keyspace, library, functions);
    speakers.add(keyspace.home());
    untold.keySet().removeIf(other -> other.library.equals(library));
    toldBetween.keySet().removeIf(other -> other.library.equals(library));
    if (between) {
      toldBetween.put(telling, later);
    }
    return true;
  }

  private boolean othersSpeak(Home home) {
    return speakers.size() > 1 || (speakers.size() == 1 && !speakers.contains(home));
  }

  /** Whether a home has told something that it has not handed over. */
  synchronized boolean speaks(Home home) {
    return speakers.contains(home);
  }

  /**
   * A home has handed over all that it has told.
   *
   * @return what is to be done now, on any thread
   */
  synchronized List<Runnable> handedOver(Home home) {
    speakers.remove(home);
    return speakers.isEmpty() ? taken(untold) : List.of();
  }

  /** A snapshot begins on one home after the other from now on. */
  public synchronized void snapshotBegins() {
    between = true;
  }

  /**
   * A snapshot has begun on all homes, or will not.
   *
   * @return what is to be done now, on any thread
   */
  public synchronized List<Runnable> snapshotHasBegun() {
    between = false;
    return taken(toldBetween);
  }

  private static List<Runnable> taken(Map<Telling, Runnable> from) {
    List<Runnable> all = List.copyOf(from.values());
    from.clear();
    return all;
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
      BuiltinKeyspace keyspace, String library, Set<String> functions, Runnable later) {
    Name name = names.get(library);
    return (name == null || name.shown == null) && gets(keyspace, library, functions, later);
  }

  /**
   * Says that a file will not have a library of a name which no keyspace has as that Redis has it.
   *
   * @param speaker where it is told
   * @return whether it has one, and is to be told
   */
  public synchronized boolean givesUp(Home speaker, String library) {
    Name name = names.get(library);
    if (name == null || name.shown != null || name.functions.isEmpty()) {
      return false;
    }
    name.functions = Set.of();
    speakers.add(speaker);
    return true;
  }

  /** A keyspace has ended. */
  synchronized void forget(BuiltinKeyspace keyspace) {
    untold.keySet().removeIf(telling -> telling.keyspace == keyspace);
    toldBetween.keySet().removeIf(telling -> telling.keyspace == keyspace);
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
    boolean told = !name.functions.isEmpty();
    if (told) {
      speakers.add(keyspace.home());
    }
    return told;
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
