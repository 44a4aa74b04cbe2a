package io.keyward.config;

/**
 * A value as somebody wrote it, not yet checked.
 *
 * @param text the value; the words of a list are joined with blanks
 * @param origin where it was written
 */
record Given(String text, Origin origin) {
  /** Shows the origin alone: the value may be a password. */
  @Override
  public String toString() {
    return "Given[" + origin.place() + "]";
  }
}
