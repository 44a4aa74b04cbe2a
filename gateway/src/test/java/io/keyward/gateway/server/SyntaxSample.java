package io.keyward.gateway.server;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Draws requests from the syntax that a command declares: words in capitals stand for themselves,
 * others for values that a {@link Values} gives, {@code [...]} may be left out, {@code <a | b>} is
 * a choice, and {@code ...} repeats.
 */
final class SyntaxSample {
  /** Gives values for the names in a syntax. */
  interface Values {
    String of(String name);
  }

  private static final Pattern TOKEN = Pattern.compile("\\[|]|<|>|\\||[^\\s\\[\\]<>|]+");

  private final RandomGenerator random;
  private final Values values;
  private final List<String> tokens = new ArrayList<>();
  private int at;

  private SyntaxSample(String syntax, RandomGenerator random, Values values) {
    this.random = random;
    this.values = values;
    Matcher found = TOKEN.matcher(syntax);
    while (found.find()) {
      tokens.add(found.group());
    }
  }

  /** One way of writing the arguments. */
  static List<String> draw(String syntax, RandomGenerator random, Values values) {
    SyntaxSample sample = new SyntaxSample(syntax, random, values);
    List<String> drawn = new ArrayList<>();
    while (sample.at < sample.tokens.size()) {
      drawn.addAll(sample.alternatives());
      // A closing bracket too many would stop the walk.
      sample.at++;
    }
    return drawn;
  }

  /** The words that stand for themselves, each of which makes another form of the command. */
  static Set<String> words(String syntax) {
    Set<String> words = new HashSet<>();
    Matcher found = TOKEN.matcher(syntax);
    while (found.find()) {
      if (Character.isUpperCase(found.group().charAt(0)) && isWord(found.group())) {
        words.add(found.group());
      }
    }
    return words;
  }

  /** Everything up to a closing bracket: one of the alternatives between bars. */
  private List<String> alternatives() {
    List<List<String>> all = new ArrayList<>();
    all.add(sequence());
    while (at < tokens.size() && tokens.get(at).equals("|")) {
      at++;
      all.add(sequence());
    }
    return all.get(random.nextInt(all.size()));
  }

  private List<String> sequence() {
    List<String> drawn = new ArrayList<>();
    while (at < tokens.size()) {
      String token = tokens.get(at);
      if (token.equals("]") || token.equals(">") || token.equals("|")) {
        break;
      }
      at++;
      switch (token) {
        case "[" -> {
          List<String> inner = alternatives();
          at++;
          if (random.nextBoolean()) {
            drawn.addAll(inner);
          }
        }
        case "<" -> {
          drawn.addAll(alternatives());
          at++;
        }
        case "..." -> {}
        default -> drawn.add(value(token));
      }
    }
    return drawn;
  }

  private String value(String token) {
    return isWord(token) ? token : values.of(token);
  }

  private static boolean isWord(String token) {
    return token.equals(token.toUpperCase(Locale.ROOT));
  }
}
