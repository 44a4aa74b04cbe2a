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

  /** Zero of any unit. */
  private static final Pattern NOTHING = Pattern.compile("0+[a-zA-Z]{0,2}");

  /** So many digits that they may be more than an amount of its unit holds. */
  private static final Pattern MUCH = Pattern.compile("[1-9][0-9]{8,}[a-zA-Z]{0,2}");

  /** What can be counted in nanoseconds, with room to add to: 146 years. */
  private static final long MOST_MILLIS = Long.MAX_VALUE / 2_000_000;

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
              Limit.Unit unit = limit.get().unit();
              long amount = amount(unit, given.text());
              if (amount < 1) {
                wrong(group, name, given, unit.expects(), "no limit");
              } else {
                limits.put(limit.get(), amount);
              }
            });
    return limits;
  }

  /**
   * Notes that what is given is no amount.
   *
   * @param without what holds if the field is left out, which 0 or very much may be meant to say
   */
  private static void wrong(
      YamlGroup group, String name, Given given, String expects, String without) {
    boolean nothing = NOTHING.matcher(given.text()).matches();
    boolean much = MUCH.matcher(given.text()).matches();
    String reason = "it is not " + expects + (much ? ", or too much" : "");
    group.wrong(
        name,
        given,
        nothing ? "0 is too little" : reason,
        (nothing || much ? "leave it out for " + without + ", or give " : "give ") + expects);
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
      wrong(group, "retire-after", given, Limit.Unit.TIME.expects(), "never");
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
    long milliseconds = Long.parseLong(time.group(1)) * unit;
    return milliseconds <= MOST_MILLIS ? milliseconds : -1;
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
