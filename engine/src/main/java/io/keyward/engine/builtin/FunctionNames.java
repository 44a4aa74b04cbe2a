package io.keyward.engine.builtin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The libraries of functions that keyspaces have, and those that a Redis has which reads the log or
 * follows. It has one of each name, as long as any keyspace has one: the one that was loaded last,
 * or one of the others when that has gone, unless a library of another name there has a function of
 * the same name. Any thread may ask.
 *
 * <p>That Redis is told by the streams of all homes, which it reads in the order in which they hand
 * over. So a home that has told something speaks until it has handed that over, and nobody else
 * does. A snapshot takes the homes one after the other, and a log goes on in another file at each
 * one's instant: nobody speaks between the first and the last, so that what has been told stands in
 * the former files, what is told later in the next ones, and the snapshot has the set between the
 * two. What cannot be told with the command that has done it is due, and whoever may speak next
 * tells it, first what has been due longest.
 */
public final class FunctionNames {
  /** What that Redis is to be told: a library, or that the one of a name goes. */
  record Telling(String library, @Nullable LibraryText text) {}

  private static final class Name {
    final String library;
    final Map<BuiltinKeyspace, LibraryText> held = new LinkedHashMap<>();

    /** What was loaded last, as long as it is not told. */
    @Nullable LibraryText newest;

    /** What that Redis has. */
    @Nullable LibraryText told;

    /** Where in the files that stands which has said so last. */
    long toldAt;

    /** Whether a function of another library keeps one away that would be told else. */
    boolean blocked;

    boolean due;
    @Nullable Name nextDue;

    Name(String library) {
      this.library = library;
    }

    @Nullable LibraryText heldAs(LibraryText text) {
      for (LibraryText each : held.values()) {
        if (each.isSame(text)) {
          return each;
        }
      }
      return null;
    }
  }

  private final Map<String, Name> names = new LinkedHashMap<>();

  /** The library of each function that that Redis has. */
  private final Map<String, String> functions = new HashMap<>();

  /**
   * How many libraries that Redis has whose functions are not known, since no keyspace has them.
   */
  private int unknown;

  /*
   * Those that may have to be told; linked, so that what a keyspace has lost is noted without
   * memory.
   */
  private @Nullable Name firstDue;
  private @Nullable Name lastDue;

  private boolean anyBlocked;
  private final Set<Object> holdingBack = new HashSet<>();
  private @Nullable Home speaker;

  /** The keyspace whose command has told something last, or null if none has. */
  private @Nullable BuiltinKeyspace within;

  private boolean reading;

  /* What keyspaces have. */

  /** A keyspace has a library, maybe in the place of one of its name. */
  public synchronized void gets(BuiltinKeyspace keyspace, LibraryText text) {
    Name name = named(text.library());
    name.held.put(keyspace, text);
    look(name);
  }

  private Name named(String library) {
    return names.computeIfAbsent(library, Name::new);
  }

  /** A keyspace has a library no longer. */
  public synchronized void loses(BuiltinKeyspace keyspace, String library) {
    Name name = names.get(library);
    if (name != null) {
      name.held.remove(keyspace);
      look(name);
    }
  }

  /** A keyspace has ended. */
  synchronized void forget(BuiltinKeyspace keyspace) {
    for (Name name : names.values()) {
      if (name.held.remove(keyspace) != null) {
        look(name);
      }
    }
  }

  /** Has it found out whether this is to be told. */
  private void look(Name name) {
    if (name.due) {
      return;
    }
    name.due = true;
    if (lastDue == null) {
      firstDue = name;
    } else {
      lastDue.nextDue = name;
    }
    lastDue = name;
  }

  private void takeFirst(Name first) {
    firstDue = first.nextDue;
    if (firstDue == null) {
      lastDue = null;
    }
    first.nextDue = null;
    first.due = false;
  }

  /* What is told. */

  /**
   * A command has loaded a library that the keyspace has.
   *
   * @return whether that Redis is told by what the command writes; else it is due
   */
  public synchronized boolean tells(BuiltinKeyspace keyspace, LibraryText text) {
    Name name = named(text.library());
    if (reading) {
      name.told = text;
      return false;
    }
    name.newest = text;
    look(name);
    return maySpeak(keyspace.home(), keyspace)
        && fits(text)
        && hasTold(keyspace, new Telling(text.library(), text));
  }

  /**
   * A command has deleted a library.
   *
   * @return whether that Redis is told by what the command writes; else it is due, if it is to be
   */
  public synchronized boolean tellsLoss(BuiltinKeyspace keyspace, String library) {
    Name name = names.get(library);
    if (name == null || name.told == null || !name.held.isEmpty()) {
      return false;
    }
    if (reading) {
      name.told = null;
      return false;
    }
    return maySpeak(keyspace.home(), keyspace) && hasTold(keyspace, new Telling(library, null));
  }

  private boolean hasTold(BuiltinKeyspace keyspace, Telling telling) {
    try {
      tell(named(telling.library()), telling.text(), keyspace.home(), keyspace);
      return true;
    } catch (OutOfMemoryError full) {
      return false;
    }
  }

  /**
   * Whether a home may speak.
   *
   * @param by the keyspace whose command does, or null if no command is in the middle there
   */
  private boolean maySpeak(Home home, @Nullable BuiltinKeyspace by) {
    return holdingBack.isEmpty()
        && !reading
        && (speaker == null
            || (speaker == home
                && (within == null || within == by || !within.slices().inTheMiddle())));
  }

  /** What a home is to tell now, which it then does; null if nothing. */
  synchronized @Nullable Telling next(Home home, @Nullable BuiltinKeyspace by) {
    Name name = firstDue;
    while (name != null && maySpeak(home, by)) {
      LibraryText wanted = wanted(name);
      if (!isSame(wanted, name.told)) {
        Telling telling = new Telling(name.library, wanted);
        tell(name, wanted, home, by);
        // It is looked at again: one that is gone may make room for another of its name.
        takeFirst(name);
        look(name);
        return telling;
      }
      takeFirst(name);
      if (name.told == null && name.held.isEmpty()) {
        names.remove(name.library);
      }
      name = firstDue;
    }
    return null;
  }

  private static boolean isSame(@Nullable LibraryText one, @Nullable LibraryText other) {
    return (one == null || other == null) ? one == other : one.isSame(other);
  }

  /** What that Redis is to have of a name. */
  private @Nullable LibraryText wanted(Name name) {
    LibraryText newest = name.newest;
    if (newest != null && name.heldAs(newest) == null) {
      newest = null;
      name.newest = null;
    }
    LibraryText found = newest != null && fits(newest) ? newest : null;
    LibraryText told = name.told;
    if (found == null && told != null && isKnown(told)) {
      found = name.heldAs(told);
    }
    Iterator<LibraryText> others = name.held.values().iterator();
    while (found == null && others.hasNext()) {
      LibraryText other = others.next();
      found = fits(other) ? other : null;
    }
    name.blocked = found == null ? !name.held.isEmpty() : (newest != null && found != newest);
    anyBlocked |= name.blocked;
    return found;
  }

  private boolean fits(LibraryText text) {
    if (unknown > 0) {
      return false;
    }
    for (String function : text.functions()) {
      String owner = functions.get(function);
      if (owner != null && !owner.equals(text.library())) {
        return false;
      }
    }
    return true;
  }

  private static boolean isKnown(LibraryText text) {
    return !text.functions().isEmpty();
  }

  /** Takes it that a home tells that Redis to have this of a name from now on. */
  private void tell(
      Name name, @Nullable LibraryText text, Home home, @Nullable BuiltinKeyspace by) {
    LibraryText former = name.told;
    if (text != null) {
      learn(text, former);
    }
    if (former != null) {
      unlearn(former, text);
    }
    name.told = text;
    if (name.newest == text) {
      name.newest = null;
    }
    speaker = home;
    within = by;
  }

  private void learn(LibraryText text, @Nullable LibraryText former) {
    try {
      text.functions().forEach(function -> functions.put(function, text.library()));
    } catch (OutOfMemoryError full) {
      forgetFunctions(text, former);
      throw full;
    }
  }

  private void unlearn(LibraryText former, @Nullable LibraryText next) {
    if (isKnown(former)) {
      forgetFunctions(former, next);
    } else {
      unknown--;
    }
    if (anyBlocked) {
      anyBlocked = false;
      names.values().stream().filter(each -> each.blocked).forEach(this::look);
    }
  }

  /** Forgets the functions of one that are not those of another. */
  private void forgetFunctions(LibraryText text, @Nullable LibraryText but) {
    for (String function : text.functions()) {
      if (but == null || !but.functions().contains(function)) {
        functions.remove(function);
      }
    }
  }

  /**
   * A home has handed over all that it has told.
   *
   * @return whether it may go on with something that has come to be due meanwhile
   */
  synchronized boolean handedOver(Home home) {
    if (speaker == home) {
      speaker = null;
      within = null;
    }
    return firstDue != null && maySpeak(home, null);
  }

  /** Whether a home has something to tell or to hand over. */
  synchronized boolean concerns(Home home) {
    return speaker == home || (firstDue != null && maySpeak(home, null));
  }

  /* Snapshots, and files that are read. */

  /** Has nothing told any more until it is said that it may {@link #goOn}. */
  public synchronized void holdBack(Object who) {
    holdingBack.add(who);
  }

  /** Lets be told what is due, unless others hold it back. */
  public synchronized void goOn(Object who) {
    holdingBack.remove(who);
  }

  /** Whether that Redis has this. */
  public synchronized boolean isTold(LibraryText text) {
    Name name = names.get(text.library());
    return name != null && name.told != null && name.told.isSame(text);
  }

  /** What that Redis has but for these names. */
  public synchronized List<LibraryText> toldBut(Set<String> libraries) {
    List<LibraryText> found = new ArrayList<>();
    for (Name name : names.values()) {
      if (name.told != null && !libraries.contains(name.library)) {
        found.add(name.told);
      }
    }
    return found;
  }

  /** Files are read from now on that tell what that Redis has. */
  public synchronized void beginToRead() {
    reading = true;
  }

  /**
   * A file has told that Redis what it has of a name; loops read parts of it in any order.
   *
   * @param place in the files
   */
  public synchronized void read(String library, @Nullable LibraryText text, long place) {
    Name name = reading ? named(library) : null;
    if (name != null && place >= name.toldAt) {
      name.toldAt = place;
      name.told = text;
      look(name);
    }
  }

  /** A file that tells nobody anything has given a keyspace a library. */
  public synchronized void loads(BuiltinKeyspace keyspace, LibraryText text) {
    if (!reading && holdingBack.isEmpty()) {
      boolean _ = tells(keyspace, text);
    }
  }

  /** The files have been read. */
  public synchronized void endReading() {
    reading = false;
    names.values().forEach(this::learnRead);
    for (Name name = firstDue; name != null; name = firstDue) {
      takeFirst(name);
    }
    for (Name name : names.values()) {
      if (!isSame(wanted(name), name.told)) {
        look(name);
      }
    }
  }

  private void learnRead(Name name) {
    LibraryText told = name.told;
    name.toldAt = 0;
    if (told == null) {
      return;
    }
    LibraryText held = name.heldAs(told);
    name.told = held == null ? told : held;
    if (isKnown(name.told)) {
      name.told.functions().forEach(function -> functions.put(function, name.library));
    } else {
      unknown++;
    }
  }
}
