package io.keyward.engine.builtin.acl;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.acl.RuleException.Fault;
import io.keyward.engine.command.Category;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Which commands a selector allows: a bit for each {@link Command#index()}, and the rules that led
 * there, so that they can be told again in their order.
 */
final class CommandRights {
  private final CommandTable table;
  private final long[] allowed;

  /** Commands that are allowed with certain first arguments alone, by their index. */
  private final Map<Integer, List<String>> firstArguments;

  /** Rules since the last {@code +@all} or {@code -@all}, such as {@code -@admin}. */
  private final List<String> rules;

  private boolean beginsWithAll;
  private boolean all;

  CommandRights(CommandTable table) {
    this.table = table;
    allowed = new long[(table.numbered().size() + Long.SIZE - 1) / Long.SIZE];
    firstArguments = new HashMap<>();
    rules = new ArrayList<>();
  }

  private CommandRights(CommandRights source) {
    table = source.table;
    allowed = source.allowed.clone();
    firstArguments = new HashMap<>();
    source.firstArguments.forEach(
        (index, arguments) -> firstArguments.put(index, new ArrayList<>(arguments)));
    rules = new ArrayList<>(source.rules);
    beginsWithAll = source.beginsWithAll;
    all = source.all;
  }

  CommandRights copy() {
    return new CommandRights(this);
  }

  /** Whether every command is allowed and none has been taken away since. */
  boolean all() {
    return all;
  }

  /** Whether a command is allowed with the arguments of the request. */
  boolean allows(Command command, Request request) {
    int index = command.index();
    return all
        || (allowed[index / Long.SIZE] & (1L << index)) != 0
        || (!firstArguments.isEmpty() && allowsFirstArgument(index, request));
  }

  private boolean allowsFirstArgument(int index, Request request) {
    List<String> arguments = firstArguments.get(index);
    return arguments != null
        && request.count() > 1
        && arguments.stream().anyMatch(request.text(1)::equalsIgnoreCase);
  }

  /** {@code +@all} or {@code -@all}. */
  void everything(boolean allow) {
    Arrays.fill(allowed, allow ? -1L : 0);
    firstArguments.clear();
    rules.clear();
    beginsWithAll = allow;
    all = allow;
  }

  /** {@code +@category} or {@code -@category}; the name comes without the {@code @}. */
  void category(String name, boolean allow) throws RuleException {
    Category category = Category.named(name);
    if (category == null) {
      throw new RuleException(Fault.UNKNOWN_COMMAND);
    }
    remember("@" + name, allow);
    for (Command command : table.numbered()) {
      if (command.categories().contains(category)) {
        change(command, allow);
      }
    }
  }

  /** {@code +command} or {@code -command}, with {@code |subcommand} or without. */
  void command(String name, boolean allow) throws RuleException {
    Command command = table.findFullName(name);
    if (command != null) {
      change(command, allow);
      remember(command.fullName(), allow);
      return;
    }
    int bar = name.lastIndexOf('|');
    Command container = bar < 0 || !allow ? null : table.findFullName(name.substring(0, bar));
    if (container == null) {
      throw new RuleException(Fault.UNKNOWN_COMMAND);
    }
    firstArgument(container, name, name.substring(bar + 1));
  }

  /** {@code +command|argument}: the command is allowed if this is its first argument. */
  private void firstArgument(Command command, String name, String argument) throws RuleException {
    if (command.fullName().indexOf('|') >= 0) {
      throw new RuleException(Fault.ARGUMENT_OF_SUBCOMMAND);
    }
    if (argument.isEmpty()) {
      throw new RuleException(Fault.SYNTAX);
    }
    if (!command.subcommands().isEmpty()) {
      throw new RuleException(Fault.UNKNOWN_COMMAND);
    }
    List<String> arguments =
        firstArguments.computeIfAbsent(command.index(), index -> new ArrayList<>());
    if (arguments.stream().noneMatch(argument::equalsIgnoreCase)) {
      arguments.add(argument);
    }
    remember(name, true);
  }

  private void change(Command command, boolean allow) {
    set(command, allow);
    firstArguments.remove(command.index());
    command.subcommands().values().forEach(child -> set(child, allow));
  }

  private void set(Command command, boolean allow) {
    int word = command.index() / Long.SIZE;
    long bit = 1L << command.index();
    if (allow) {
      allowed[word] |= bit;
    } else {
      allowed[word] &= ~bit;
      all = false;
    }
  }

  /** Adds a rule behind the others; it replaces what was said of the same command or its parts. */
  private void remember(String name, boolean allow) {
    String rule = name.toLowerCase(Locale.ROOT);
    rules.removeIf(
        former ->
            former.startsWith(rule, 1)
                && (former.length() == rule.length() + 1
                    || former.charAt(rule.length() + 1) == '|'));
    rules.add((allow ? "+" : "-") + rule);
  }

  /** About as many characters as {@link #text} has. */
  long textLength() {
    long length = 0;
    for (String rule : rules) {
      length += rule.length() + 1;
    }
    return length;
  }

  /** The rules that lead here, beginning with {@code +@all} or {@code -@all}. */
  String text() {
    String first = beginsWithAll ? "+@all" : "-@all";
    return rules.isEmpty() ? first : first + " " + String.join(" ", rules);
  }
}
