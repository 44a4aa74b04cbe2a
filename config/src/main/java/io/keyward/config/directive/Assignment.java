package io.keyward.config.directive;

/**
 * A directive's name and the text it is to be set to, as a client sent them.
 *
 * @param name the directive's name or alias, in upper or lower case
 * @param text the new value
 */
public record Assignment(String name, String text) {
  /** Shows the name alone: the value may be a password. */
  @Override
  public String toString() {
    return "Assignment[" + name + "]";
  }
}
