package io.keyward.config;

import io.keyward.config.directive.Directive;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Reads the environment; a variable that is set to nothing counts as not set. */
final class EnvironmentVariables {
  private static final String OWN = "KEYWARD_";
  private static final String PREFIX = "REDIS_KEY_PREFIX";
  private static final String PREFIX_VAR = "REDIS_KEY_PREFIX_VAR";
  static final String PASSWORD = "REDIS_PASSWORD";

  /** Read by the launcher, not here. */
  private static final String JAVA_OPTIONS = "KEYWARD_JAVA_OPTS";

  private static final Set<String> OF_AN_UPSTREAM = Set.of("REDIS_URI", "REDIS_CA");

  private final Map<String, String> environment;
  private final Gathered gathered;

  private EnvironmentVariables(Map<String, String> environment, Gathered gathered) {
    this.environment =
        environment.entrySet().stream()
            .filter(entry -> !entry.getValue().isEmpty())
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    this.gathered = gathered;
  }

  static void read(Map<String, String> environment, Gathered gathered) {
    new EnvironmentVariables(environment, gathered).read();
  }

  private void read() {
    for (Setting setting : Setting.values()) {
      String value = environment.get(setting.variable());
      if (value != null) {
        gathered.give(setting, new Given(value, new Origin.Variable(setting.variable())));
      }
    }
    readIndirectPrefix();
    String password = environment.get(PASSWORD);
    if (password != null) {
      gathered.give(Directive.REQUIREPASS, new Given(password, new Origin.Variable(PASSWORD)));
    }
    for (String name : new TreeSet<>(environment.keySet())) {
      if (OF_AN_UPSTREAM.contains(name)) {
        wrong(
            name,
            Problem.HIDDEN,
            "it belongs to an upstream server, and this version has the built-in engine alone",
            "unset it for the gateway; applications set REDIS_URI to the gateway's address");
      } else if (name.startsWith(OWN) && !known().contains(name)) {
        wrong(name, Problem.HIDDEN, "there is no such variable", Suggestion.remedy(name, known()));
      }
    }
  }

  private void readIndirectPrefix() {
    String source = environment.get(PREFIX_VAR);
    if (source == null) {
      return;
    }
    if (environment.containsKey(PREFIX)) {
      wrong(
          PREFIX_VAR,
          source,
          "REDIS_KEY_PREFIX is set as well, and the two contradict each other",
          "set only one of REDIS_KEY_PREFIX and REDIS_KEY_PREFIX_VAR");
      return;
    }
    String prefix = environment.get(source);
    if (prefix == null) {
      wrong(
          PREFIX_VAR,
          source,
          "the variable that it names is not set or empty",
          "set " + source + " to the prefix, or unset REDIS_KEY_PREFIX_VAR");
      return;
    }
    gathered.give(
        Setting.PREFIX,
        new Given(prefix, new Origin.Variable(source + " (named by " + PREFIX_VAR + ")")));
  }

  private static List<String> known() {
    return Arrays.stream(Setting.values())
        .map(Setting::variable)
        .filter(name -> name.startsWith(OWN))
        .collect(
            Collectors.collectingAndThen(
                Collectors.toCollection(TreeSet::new),
                names -> {
                  names.add(JAVA_OPTIONS);
                  return List.copyOf(names);
                }));
  }

  private void wrong(String name, String value, String reason, String remedy) {
    gathered.wrong(new Problem(name, value, new Origin.Variable(name).place(), reason, remedy));
  }
}
