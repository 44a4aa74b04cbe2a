package io.keyward.gateway.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A pattern of a command, from which commands are drawn.
 *
 * <pre>
 * word        stands for itself
 * {name}      a word of that kind, see {@link Words}
 * (a b|c)     one of these
 * [a]         this, or nothing
 * [a]*        this, nought to three times
 * </pre>
 */
final class CommandTemplate {
  private static final int MOST_REPEATS = 3;

  /** A part of the pattern: adds words to a command. */
  private interface Part {
    void draw(Random random, List<String> into);
  }

  private final List<Part> parts;
  private final String name;
  private final String pattern;
  private int at;

  CommandTemplate(String text) {
    pattern = text;
    name = Words.words(pattern).getFirst().toLowerCase(Locale.ROOT);
    parts = sequence();
    if (at < pattern.length()) {
      throw new IllegalArgumentException("unbalanced at " + at + ": " + pattern);
    }
  }

  /** The command's name in lower case. */
  String name() {
    return name;
  }

  /** A command of this pattern. */
  List<String> draw(Random random) {
    List<String> words = new ArrayList<>();
    parts.forEach(part -> part.draw(random, words));
    return words;
  }

  private List<Part> sequence() {
    List<Part> found = new ArrayList<>();
    while (at < pattern.length()) {
      char c = pattern.charAt(at);
      if (c == ')' || c == ']' || c == '|') {
        break;
      }
      if (c == ' ') {
        at++;
      } else if (c == '(') {
        found.add(choice());
      } else if (c == '[') {
        found.add(option());
      } else {
        found.add(word());
      }
    }
    return found;
  }

  private Part choice() {
    List<List<Part>> choices = new ArrayList<>();
    do {
      at++;
      choices.add(sequence());
    } while (pattern.charAt(at) == '|');
    at++;
    return (random, into) ->
        choices.get(random.nextInt(choices.size())).forEach(part -> part.draw(random, into));
  }

  private Part option() {
    at++;
    List<Part> inner = sequence();
    at++;
    boolean repeated = at < pattern.length() && pattern.charAt(at) == '*';
    if (repeated) {
      at++;
    }
    return (random, into) -> {
      int times = random.nextInt(repeated ? MOST_REPEATS + 1 : 2);
      for (int i = 0; i < times; i++) {
        inner.forEach(part -> part.draw(random, into));
      }
    };
  }

  private Part word() {
    int from = at;
    while (at < pattern.length() && " ()[]|".indexOf(pattern.charAt(at)) < 0) {
      at++;
    }
    String word = pattern.substring(from, at);
    if (word.startsWith("{")) {
      String kind = word.substring(1, word.length() - 1);
      return (random, into) -> into.add(Words.draw(kind, random));
    }
    return (random, into) -> into.add(word);
  }

  @Override
  public String toString() {
    return pattern;
  }
}
