package io.keyward.config;

import io.keyward.config.directive.Numbers;
import io.keyward.config.tenant.Limit;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads limits, times and numbers of tenants. */
final class Amounts {
  private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,8})(ms|s|m|h|d)");

  private Amounts() {}

  /** What stands under {@code limits}. */
  static Map<Limit, Long> limits(YamlGroup group) {
    Map<Limit, Long> limits = new EnumMap<>(Limit.class);
    group
        .values()
        .forEach(
            (name, given) -> {
              Optional<Limit> limit = Limit.named(name);
              if (limit.isEmpty()) {
                List<String> known = Arrays.stream(Limit.values()).map(Limit::limitName).toList();
                group.wrong(name, given, "there is no such limit", Suggestion.remedy(name, known));
                return;
              }
              long amount = amount(limit.get().unit(), given.text());
              if (amount < 1) {
                String expects = limit.get().unit().expects();
                group.wrong(name, given, "it is not " + expects, "give " + expects);
              } else {
                limits.put(limit.get(), amount);
              }
            });
    return limits;
  }

  /** The amount in bytes, milliseconds or as a number; below 1 if the text is none. */
  private static long amount(Limit.Unit unit, String text) {
    return switch (unit) {
      case BYTES -> Numbers.parseMemory(text);
      case TIME -> milliseconds(text);
      case COUNT -> text.matches("[1-9][0-9]{0,17}") ? Long.parseLong(text) : -1;
      case CHOICE ->
          switch (text) {
            case "refuse" -> Limit.REFUSE;
            case "slow" -> Limit.SLOW;
            default -> -1;
          };
    };
  }

  /** The field {@code retire-after} in milliseconds; 0 if it is not there. */
  static long retireAfter(YamlGroup group) {
    Given given = group.text("retire-after");
    if (given == null) {
      return 0;
    }
    long milliseconds = milliseconds(given.text());
    if (milliseconds < 1) {
      String expects = Limit.Unit.TIME.expects();
      group.wrong("retire-after", given, "it is not " + expects, "give " + expects);
      return 0;
    }
    return milliseconds;
  }

  private static long milliseconds(String text) {
    Matcher time = TIME.matcher(text);
    if (!time.matches()) {
      return -1;
    }
    long unit =
        switch (time.group(2)) {
          case "ms" -> 1;
          case "s" -> 1000;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          default -> 86_400_000;
        };
    return Long.parseLong(time.group(1)) * unit;
  }

  /** A whole number from 0 on. */
  static long number(YamlGroup group, String field, long byDefault, long most) {
    Given given = group.text(field);
    if (given == null) {
      return byDefault;
    }
    if (given.text().matches("[0-9]{1,9}") && Long.parseLong(given.text()) <= most) {
      return Long.parseLong(given.text());
    }
    String range = "a whole number from 0 to " + most;
    group.wrong(field, given, "it is not " + range, "give " + range);
    return byDefault;
  }
}
