package io.keyward.config.directive;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Values that are lists: words with blanks between them, which a file may give as a list too. */
sealed interface SeveralWords extends Kind {
  @Override
  default boolean takesSeveralWords() {
    return true;
  }

  /** Options of SHUTDOWN, in the order of SHUTDOWN's own syntax; "default" stands for none. */
  record ShutdownOptions() implements SeveralWords {
    private static final List<String> OPTIONS = List.of("save", "nosave", "now", "force");

    @Override
    public Value parse(String text, String current) throws RefusedException {
      List<String> given = split(text.toLowerCase(Locale.ROOT));
      for (String word : given) {
        if (!OPTIONS.contains(word) && !word.equals("default")) {
          throw new RefusedException(
              "argument(s) must be one of the following: default, save, nosave, now, force");
        }
      }
      if (given.contains("save") && given.contains("nosave")) {
        throw new RefusedException("shutdown options SAVE and NOSAVE can't be used simultaneously");
      }
      List<String> options = OPTIONS.stream().filter(given::contains).toList();
      if (given.isEmpty()) {
        throw new RefusedException(
            "argument(s) must be one of the following: default, save, nosave, now, force");
      }
      return Value.of(options.isEmpty() ? List.of("default") : options);
    }

    @Override
    public String expects() {
      return "default, or of save, nosave, now and force those that SHUTDOWN is to have";
    }
  }

  /** Addresses to listen at. */
  record BindAddresses(int most) implements SeveralWords {
    @Override
    public Value parse(String text, String current) throws RefusedException {
      List<String> words = split(text);
      if (words.size() > most) {
        throw new RefusedException("Too many bind addresses specified.");
      }
      return Value.of(words);
    }

    @Override
    public String expects() {
      return "up to " + most + " addresses with blanks between them";
    }
  }

  /** Pairs of seconds and changes after which to save, or nothing. */
  record SavePoints() implements SeveralWords {
    @Override
    public Value parse(String text, String current) throws RefusedException {
      List<String> words = split(text);
      boolean valid = words.size() % 2 == 0;
      for (int i = 0; i < words.size() && valid; i++) {
        boolean seconds = i % 2 == 0;
        valid = Numbers.isWholeNumber(words.get(i)) && !(seconds && words.get(i).equals("0"));
      }
      if (!valid) {
        throw new RefusedException("Invalid save parameters");
      }
      return Value.of(words);
    }

    @Override
    public String expects() {
      return "pairs of seconds and changes such as \"3600 1 300 100\", or \"\"";
    }
  }

  /** Limits for classes of clients; classes that are not named keep theirs. */
  record BufferLimits() implements SeveralWords {
    @Override
    public Value parse(String text, String current) throws RefusedException {
      OutputBufferLimits limits = OutputBufferLimits.UNLIMITED.with(split(current));
      return Value.of(limits.with(split(text)).words());
    }

    @Override
    public String expects() {
      return "class, hard limit, soft limit and soft seconds, such as \"pubsub 32mb 8mb 60\"";
    }
  }

  /** Percentiles between 0 and 100. */
  record Percentiles() implements SeveralWords {
    private static final int DECIMALS = 6;
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}(\\.[0-9]{1,18})?");

    @Override
    public Value parse(String text, String current) throws RefusedException {
      List<String> words = new ArrayList<>();
      for (String word : split(text)) {
        if (!NUMBER.matcher(word).matches()) {
          throw new RefusedException("Invalid latency-tracking-info-percentiles parameters");
        }
        BigDecimal percentile = new BigDecimal(word);
        if (percentile.signum() < 0 || percentile.compareTo(BigDecimal.valueOf(100)) > 0) {
          throw new RefusedException(
              "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]");
        }
        words.add(
            percentile
                .setScale(DECIMALS, RoundingMode.HALF_EVEN)
                .stripTrailingZeros()
                .toPlainString());
      }
      return Value.of(words);
    }

    @Override
    public String expects() {
      return "numbers from 0 to 100 such as \"50 99 99.9\"";
    }
  }

  private static List<String> split(String text) {
    String trimmed = text.strip();
    return trimmed.isEmpty() ? List.of() : List.of(trimmed.split("\\s+"));
  }
}
