package io.keyward.engine.builtin;

import java.util.Arrays;
import java.util.Set;

/** The text of a library of functions with the names that it takes. */
public final class LibraryText {
  private final String library;
  private final Set<String> functions;
  private final byte[] code;

  /**
   * @param functions its functions' names in lower case; empty if they are not known
   * @param code not to be changed
   */
  public LibraryText(String library, Set<String> functions, byte[] code) {
    this.library = library;
    this.functions = functions;
    this.code = code;
  }

  public String library() {
    return library;
  }

  Set<String> functions() {
    return functions;
  }

  /** The whole text, not to be changed. */
  public byte[] code() {
    return code;
  }

  boolean isSame(LibraryText other) {
    return this == other || Arrays.equals(code, other.code);
  }
}
