package io.keyward.gateway.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Draws sequences of commands from templates, and frames them by a clean start and a look back. */
final class Sequences {
  /** What stands around the commands. */
  enum Wrapping {
    NOTHING,
    TRANSACTION,
    SCRIPT
  }

  /** One in so many commands is spoilt: an argument is missing or stands twice. */
  private static final int SPOILT = 25;

  /**
   * Without their counts some draw one element by chance; what is one argument too many for ZRANK
   * before 7.2 is a score asked for with the rank since.
   */
  private static final Set<String> NEVER_SPOILT =
      Set.of("SPOP", "SRANDMEMBER", "HRANDFIELD", "ZRANDMEMBER", "ZRANK", "ZREVRANK");

  private static final String CALL = "return redis.call(unpack(ARGV))";
  private static final String PROTECTED_CALL =
      "local r = redis.pcall(unpack(ARGV)) if type(r) == 'table' and r.err then return r.err end"
          + " return {type(r), r}";

  private final List<CommandTemplate> templates;
  private final boolean resp3;
  private final Wrapping wrapping;

  Sequences(List<CommandTemplate> templates) {
    this(templates, false, Wrapping.NOTHING);
  }

  private Sequences(List<CommandTemplate> templates, boolean resp3, Wrapping wrapping) {
    this.templates = templates;
    this.resp3 = resp3;
    this.wrapping = wrapping;
  }

  Sequences inProtocol3() {
    return new Sequences(templates, true, wrapping);
  }

  Sequences wrapped(Wrapping by) {
    return new Sequences(
        templates.stream().filter(each -> !Canonical.unordered(each.name())).toList(), resp3, by);
  }

  /** A sequence of commands. */
  List<List<String>> draw(Random random, int length) {
    List<List<String>> commands = new ArrayList<>();
    while (commands.size() < length) {
      List<String> command = templates.get(random.nextInt(templates.size())).draw(random);
      if (random.nextInt(SPOILT) == 0 && !NEVER_SPOILT.contains(command.getFirst())) {
        spoil(command, random);
        if (leavesUnsorted(command)) {
          continue;
        }
      }
      switch (wrapping) {
        case NOTHING -> commands.add(command);
        case TRANSACTION -> transact(commands, command, random);
        case SCRIPT -> commands.add(scripted(command, random));
      }
    }
    return commands;
  }

  private static void spoil(List<String> command, Random random) {
    int at = random.nextInt(command.size());
    if (random.nextBoolean() && at > 0) {
      command.remove(at);
    } else {
      command.add(command.get(at));
    }
  }

  /** Whether it is a SORT that sorts by nothing, and so gives a set in the order of its table. */
  private static boolean leavesUnsorted(List<String> command) {
    int by = command.indexOf("BY") + 1;
    return command.getFirst().startsWith("SORT")
        && by > 0
        && by < command.size()
        && !command.get(by).contains("*");
  }

  private static void transact(List<List<String>> commands, List<String> command, Random random) {
    switch (random.nextInt(12)) {
      case 0, 1 -> commands.add(List.of("MULTI"));
      case 2, 3 -> commands.add(List.of("EXEC"));
      case 4 -> commands.add(List.of(random.nextInt(4) == 0 ? "DISCARD" : "UNWATCH"));
      case 5 -> commands.add(List.of("WATCH", Words.draw("key", random)));
      default -> commands.add(command);
    }
  }

  private static List<String> scripted(List<String> command, Random random) {
    List<String> script = new ArrayList<>();
    script.add("EVAL");
    script.add(random.nextBoolean() ? CALL : PROTECTED_CALL);
    script.add("0");
    script.addAll(command);
    return script;
  }

  /** The commands with what goes before them, so that both servers are empty, and after them. */
  List<List<String>> framed(List<List<String>> commands) {
    List<List<String>> framed = new ArrayList<>(prelude());
    framed.addAll(commands);
    framed.add(List.of("DISCARD"));
    for (String database : List.of("1", "0")) {
      framed.add(List.of("SELECT", database));
      framed.add(List.of("KEYS", "*"));
      Words.KEYS.forEach(key -> look(key, framed));
    }
    return framed;
  }

  /** What goes before the commands. */
  List<List<String>> prelude() {
    return List.of(List.of("UNWATCH"), List.of("SELECT", "0"), List.of("FLUSHALL"), hello());
  }

  private List<String> hello() {
    return List.of("HELLO", resp3 ? "3" : "2");
  }

  /** Reads everything that a key may be: all but one answer that it is of another type. */
  private static void look(String key, List<List<String>> into) {
    into.add(List.of("TYPE", key));
    into.add(List.of("PEXPIRETIME", key));
    into.add(List.of("GET", key));
    into.add(List.of("HGETALL", key));
    into.add(List.of("LRANGE", key, "0", "-1"));
    into.add(List.of("SMEMBERS", key));
    into.add(List.of("ZRANGE", key, "0", "-1", "WITHSCORES"));
    into.add(List.of("XRANGE", key, "-", "+"));
    into.add(List.of("XINFO", "GROUPS", key));
  }
}
