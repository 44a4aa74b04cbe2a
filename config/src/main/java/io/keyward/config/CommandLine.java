package io.keyward.config;

import io.keyward.config.directive.AbsentDirective;
import io.keyward.config.directive.Directive;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A command line in the style of redis-server: {@code [keyward.yaml] [--name value …]}.
 *
 * <p>The values of an option run to the next word that begins with {@code --}.
 *
 * @param file the configuration file, if the first argument names one
 * @param options the options in order
 */
record CommandLine(@Nullable Path file, List<Option> options) {

  /** An option's name without dashes, and its values. */
  record Option(String name, List<String> values) {}

  static CommandLine parse(List<String> arguments) {
    boolean hasFile = !arguments.isEmpty() && !arguments.getFirst().startsWith("-");
    List<Option> options = new ArrayList<>();
    for (String argument : arguments.subList(hasFile ? 1 : 0, arguments.size())) {
      if (argument.startsWith("--") || options.isEmpty()) {
        // redis-server also takes "--port 6380" as one argument.
        List<String> words = List.of(argument.replaceFirst("^--", "").strip().split(" ", 2));
        options.add(new Option(words.getFirst(), new ArrayList<>(words.subList(1, words.size()))));
      } else {
        options.getLast().values().add(argument);
      }
    }
    return new CommandLine(hasFile ? Path.of(arguments.getFirst()) : null, options);
  }

  void giveTo(Gathered gathered) {
    for (Option option : options) {
      String written = option.name().startsWith("-") ? option.name() : "--" + option.name();
      Origin origin = new Origin.Option(written);
      Given given = new Given(String.join(" ", option.values()), origin);
      Optional<Directive> directive = Directive.named(option.name());
      Optional<Setting> setting = Setting.ofOption(option.name());
      boolean empty = option.values().isEmpty() && directive.orElse(null) != Directive.SAVE;
      if (directive.isEmpty() && setting.isEmpty()) {
        gathered.wrong(unknown(option, written));
      } else if (empty) {
        gathered.wrong(
            Problem.of(
                option.name(),
                given,
                "its value is missing",
                directive
                    .map(known -> "give " + known.expects())
                    .orElse("write --" + option.name() + " value")));
      } else if (directive.isPresent()
          && option.values().size() > 1
          && !directive.get().takesSeveralWords()) {
        gathered.wrong(
            new Problem(
                option.name(),
                directive.get().secret() ? Problem.HIDDEN : given.text(),
                origin.place(),
                "it takes a single value",
                "give " + directive.get().expects() + ", quoted if it holds blanks"));
      } else if (directive.isPresent()) {
        gathered.give(directive.get(), given);
      } else {
        gathered.give(setting.orElseThrow(), given);
      }
    }
  }

  private static Problem unknown(Option option, String written) {
    return AbsentDirective.named(option.name())
        .map(absent -> problem(written, absent.reason(), absent.remedy()))
        .orElseGet(() -> problem(written, "there is no such option", remedy(option)));
  }

  private static Problem problem(String written, String reason, String remedy) {
    return new Problem(written, "…", "command line", reason, remedy);
  }

  private static String remedy(Option option) {
    return Suggestion.remedy(
        option.name(),
        Stream.concat(
                Arrays.stream(Directive.values()).map(Directive::directiveName),
                Arrays.stream(Setting.values()).map(Setting::option))
            .sorted()
            .toList());
  }
}
