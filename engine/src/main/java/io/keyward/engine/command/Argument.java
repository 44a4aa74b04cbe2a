package io.keyward.engine.command;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * An argument of a command, or a group of them, in the terms of COMMAND DOCS.
 *
 * @param token the word that stands before it, or that it is if it is a {@link
 *     ArgumentType#PURE_TOKEN}; empty for none
 * @param repeatsToken whether the token comes again with each repetition
 * @param members what a block consists of, or what one of is to be given
 */
public record Argument(
    String name,
    ArgumentType type,
    String token,
    boolean optional,
    boolean multiple,
    boolean repeatsToken,
    List<Argument> members) {

  /** A value of the client's own. */
  static Argument value(String name, ArgumentType type) {
    return new Argument(name, type, "", false, false, false, List.of());
  }

  /** A word to be written as it is. */
  static Argument word(String token) {
    String name = token.toLowerCase(Locale.ROOT);
    return new Argument(name, ArgumentType.PURE_TOKEN, token, false, false, false, List.of());
  }

  static Argument oneOf(List<Argument> choices) {
    return group(ArgumentType.ONEOF, "-or-", choices);
  }

  /** Several arguments that come together. */
  static Argument block(List<Argument> members) {
    return group(ArgumentType.BLOCK, "-", members);
  }

  private static Argument group(ArgumentType type, String between, List<Argument> members) {
    // Two names tell groups apart well enough.
    String name =
        members.stream().limit(2).map(Argument::name).collect(Collectors.joining(between));
    return new Argument(name, type, "", false, false, false, List.copyOf(members));
  }

  Argument asOptional() {
    return new Argument(name, type, token, true, multiple, repeatsToken, members);
  }

  Argument repeated() {
    return new Argument(name, type, token, optional, true, !token.isEmpty(), members);
  }

  /** The same after a word, which is not repeated with it; only without a token of its own. */
  Argument after(String word) {
    return new Argument(name, type, word, optional, multiple, repeatsToken, members);
  }

  /** Whether a word that stands before it can become its token. */
  boolean takesToken() {
    return token.isEmpty() && !optional;
  }

  /** Whether it is a word and nothing else. */
  boolean bareWord() {
    return type == ArgumentType.PURE_TOKEN && !optional && !multiple;
  }
}
