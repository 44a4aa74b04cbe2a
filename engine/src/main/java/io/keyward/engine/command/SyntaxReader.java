package io.keyward.engine.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringTokenizer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a command's syntax text into arguments.
 *
 * <pre>
 * sequence     := { element }
 * element      := WORD | value[:type] | "&lt;" alternatives "&gt;" | "[" alternatives "]" | "[" sequence "...]"
 * alternatives := sequence { "|" sequence }
 * </pre>
 *
 * A word in capitals or signs is written as it is. Brackets hold what may be left out; with dots
 * they repeat what stands before them: {@code key value [key value ...]}. A value's type follows
 * from its name unless it is given: {@code increment:double}.
 */
final class SyntaxReader {
  private static final Pattern TYPED =
      Pattern.compile("(\\S+?):(string|integer|double|key|pattern|unix-time)(?=[\\s\\]>]|$)");

  private final String syntax;
  private final List<String> words = new ArrayList<>();
  private int at;

  private SyntaxReader(String syntax) {
    this.syntax = syntax;
    StringTokenizer tokens = new StringTokenizer(syntax, " []<>|", true);
    while (tokens.hasMoreTokens()) {
      String word = tokens.nextToken();
      if (!word.isBlank()) {
        words.add(word);
      }
    }
  }

  /**
   * The arguments that a syntax text describes.
   *
   * @throws IllegalArgumentException if the text is not in the notation
   */
  static List<Argument> read(String syntax) {
    SyntaxReader reader = new SyntaxReader(syntax);
    List<Argument> all = reader.sequence();
    if (reader.at < reader.words.size()) {
      throw reader.wrong("unexpected " + reader.words.get(reader.at));
    }
    return withTokens(all, false);
  }

  /** The text as people read it, without types. */
  static String untyped(String syntax) {
    return TYPED.matcher(syntax).replaceAll("$1");
  }

  private IllegalArgumentException wrong(String reason) {
    return new IllegalArgumentException(reason + " in the syntax: " + syntax);
  }

  private boolean skip(String word) {
    if (at < words.size() && words.get(at).equals(word)) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(String word) {
    if (!skip(word)) {
      throw wrong("no " + word);
    }
  }

  /** The elements up to what ends them, each word in capitals still on its own. */
  private List<Argument> sequence() {
    List<Argument> found = new ArrayList<>();
    while (at < words.size() && !List.of("]", ">", "|", "...").contains(words.get(at))) {
      if (skip("[")) {
        inBrackets(found);
      } else if (skip("<")) {
        found.add(alternatives(sequence()));
        expect(">");
      } else {
        found.add(single(words.get(at++)));
      }
    }
    return found;
  }

  private void inBrackets(List<Argument> before) {
    List<Argument> inside = sequence();
    if (skip("...")) {
      int start = before.size() - inside.size();
      if (start < 0 || !before.subList(start, before.size()).equals(inside)) {
        throw wrong("dots that do not repeat what stands before them");
      }
      before.subList(start, before.size()).clear();
      before.add(together(inside).repeated());
    } else {
      before.add(alternatives(inside).asOptional());
    }
    expect("]");
  }

  private Argument alternatives(List<Argument> first) {
    List<Argument> choices = new ArrayList<>();
    choices.add(together(first));
    while (skip("|")) {
      choices.add(together(sequence()));
    }
    return choices.size() == 1 ? choices.getFirst() : Argument.oneOf(choices);
  }

  private Argument together(List<Argument> sequence) {
    if (sequence.isEmpty()) {
      throw wrong("nothing between brackets or bars");
    }
    List<Argument> members = withTokens(sequence, true);
    return members.size() == 1 ? members.getFirst() : Argument.block(members);
  }

  /**
   * Makes words the tokens of what follows them: of all the rest where the sequence stands in
   * brackets and begins with the word, otherwise of what cannot be left out.
   */
  private static List<Argument> withTokens(List<Argument> sequence, boolean inside) {
    List<Argument> joined = new ArrayList<>();
    for (int i = 0; i < sequence.size(); ) {
      Argument first = sequence.get(i++);
      int start = i;
      if (first.bareWord() && inside && start == 1) {
        i = sequence.size();
      } else if (first.bareWord()) {
        while (i < sequence.size() && sequence.get(i).takesToken()) {
          i++;
        }
      }
      if (start == i) {
        joined.add(first);
      } else {
        joined.add(led(first, withTokens(sequence.subList(start, i), false)));
      }
    }
    return joined;
  }

  private static Argument led(Argument word, List<Argument> rest) {
    if (rest.size() > 1) {
      return Argument.block(rest).after(word.token());
    }
    Argument only = rest.getFirst();
    return only.takesToken() ? only.after(word.token()) : Argument.block(List.of(word, only));
  }

  private static Argument single(String word) {
    if (word.chars().noneMatch(c -> c >= 'a' && c <= 'z')) {
      return Argument.word(word);
    }
    Matcher typed = TYPED.matcher(word);
    return typed.matches()
        ? Argument.value(
            typed.group(1),
            ArgumentType.valueOf(typed.group(2).toUpperCase(Locale.ROOT).replace('-', '_')))
        : Argument.value(word, typeOf(word));
  }

  private static ArgumentType typeOf(String name) {
    return switch (name) {
      case "key", "key1", "key2", "newkey", "source", "src", "sourcekey" -> ArgumentType.KEY;
      case "destination", "dst", "destkey" -> ArgumentType.KEY;
      case "pattern" -> ArgumentType.PATTERN;
      case "score", "min", "max", "weight", "timeout" -> ArgumentType.DOUBLE;
      case "longitude", "latitude", "radius", "width", "height" -> ArgumentType.DOUBLE;
      case "count", "numkeys", "numfields", "numids", "num-matches", "numreplicas" ->
          ArgumentType.INTEGER;
      case "cursor", "offset", "index", "index1", "index2", "rank", "limit" -> ArgumentType.INTEGER;
      case "start", "stop", "end", "len", "min-match-len", "bit", "bits" -> ArgumentType.INTEGER;
      case "increment", "decrement", "retrycount", "frequency", "version" -> ArgumentType.INTEGER;
      case "entries-read", "entries-added", "protover", "client-id" -> ArgumentType.INTEGER;
      case "db", "destination-db", "port", "cluster-bus-port" -> ArgumentType.INTEGER;
      case "slot", "start-slot", "end-slot", "config-epoch" -> ArgumentType.INTEGER;
      case "ttl", "seconds", "milliseconds", "ms", "min-idle-time" -> ArgumentType.INTEGER;
      case "unix-time-seconds", "unix-time-milliseconds", "unix-time-ms" -> ArgumentType.UNIX_TIME;
      default -> ArgumentType.STRING;
    };
  }
}
