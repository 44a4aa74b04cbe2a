package io.keyward.config.directive;

/** What sets a directive apart from one that anybody may change at any time. */
sealed interface Trait {

  /** Marks without a parameter. */
  enum Mark implements Trait {
    /** Read once at the start; CONFIG SET refuses it. */
    AT_START,
    /** CONFIG SET refuses it unless enable-protected-configs allows it. */
    PROTECTED,
    /** The value is a secret: it appears in no log and no error. */
    SECRET,
    /** Setting the same value again counts as a change, since the file it names may be new. */
    REREAD,
    /** For tests of what takes long: CONFIG GET shows it by its name alone. */
    HIDDEN
  }

  /** A second name, from older releases of Redis. */
  record Alias(String name) implements Trait {}

  /** Nothing honours another value than the default yet; {@code reason} says so and what to do. */
  record OnlyDefault(String reason) implements Trait {}
}
