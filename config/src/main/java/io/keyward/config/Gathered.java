package io.keyward.config;

import io.keyward.config.directive.Directive;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the sources gave so far: a later source replaces what an earlier one gave. */
final class Gathered {
  private final Map<Setting, Given> settings = new EnumMap<>(Setting.class);
  private final Map<Directive, Given> directives = new EnumMap<>(Directive.class);
  private final List<Problem> problems = new ArrayList<>();
  private @Nullable YamlGroup operator;
  private @Nullable YamlGroup tenants;

  void give(Setting setting, Given given) {
    settings.put(setting, given);
  }

  void give(Directive directive, Given given) {
    Given earlier = directives.get(directive);
    if (directive == Directive.CLIENT_OUTPUT_BUFFER_LIMIT && earlier != null) {
      // Each mention names some classes of clients; those it leaves out keep what they have.
      directives.put(directive, new Given(earlier.text() + " " + given.text(), given.origin()));
    } else if (directive == Directive.SAVE && earlier != null && adds(earlier, given)) {
      directives.put(directive, new Given(earlier.text() + " " + given.text(), given.origin()));
    } else {
      directives.put(directive, given);
    }
  }

  /** Whether an option names further save points than the one before it; an empty one ends them. */
  private static boolean adds(Given earlier, Given given) {
    return earlier.origin() instanceof Origin.Option
        && given.origin() instanceof Origin.Option
        && !given.text().isBlank();
  }

  void operator(YamlGroup group) {
    operator = group;
  }

  void tenants(YamlGroup group) {
    tenants = group;
  }

  /** The file's {@code operator}, or null. */
  @Nullable YamlGroup operator() {
    return operator;
  }

  /** The file's {@code tenants}, or null. */
  @Nullable YamlGroup tenants() {
    return tenants;
  }

  void wrong(Problem problem) {
    problems.add(problem);
  }

  Given setting(Setting setting, String byDefault) {
    Given given = settings.get(setting);
    return given == null ? new Given(byDefault, new Origin.Default()) : given;
  }

  Given directive(Directive directive) {
    Given given = directives.get(directive);
    return given == null ? new Given(directive.defaultText(), new Origin.Default()) : given;
  }

  Map<Directive, Given> directives() {
    return directives;
  }

  List<Problem> problems() {
    return problems;
  }
}
