package io.keyward.engine.builtin.snapshot;

import io.keyward.engine.builtin.script.FunctionTexts;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/**
 * The names of libraries and functions that a file has.
 *
 * <p>Keyspaces have them each for itself, but a Redis that reads the file has one of each name, and
 * refuses a file with two.
 */
public final class LibraryNames {
  private final Set<String> libraries = new HashSet<>();
  private final Set<String> functions = new HashSet<>();

  /** Takes the names of a library, or none and returns false if one of them is taken. */
  boolean take(FunctionTexts.Named library) {
    if (libraries.contains(library.library())
        || !Collections.disjoint(functions, library.functions())) {
      return false;
    }
    libraries.add(library.library());
    functions.addAll(library.functions());
    return true;
  }
}
