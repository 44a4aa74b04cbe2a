package io.keyward.engine.command;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Request;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every command there is, found by name in any case without allocation.
 *
 * <p>Open addressing over a hash of the name's lower-cased bytes; made once at start and not
 * changed after {@link #seal()}.
 */
public final class CommandTable {
  private static final List<CommandGroup> COMMON =
      List.of(CommandGroup.CONNECTION, CommandGroup.STRING, CommandGroup.GENERIC);

  private final Map<String, Command> byName = new LinkedHashMap<>();
  private final List<Command> byIndex = new ArrayList<>();
  private @Nullable Command[] slots = new Command[0];

  /** Adds a declaration with its subcommands. */
  public void add(CommandBuilder declaration) {
    Command command = declaration.build();
    if (byName.putIfAbsent(command.name(), command) != null) {
      throw new IllegalStateException("declared twice: " + command.name());
    }
    byIndex.add(command);
    byIndex.addAll(command.subcommands().values());
  }

  /**
   * Builds the look-up; no command is added after this. The commands that nearly every client sends
   * get the least numbers, so that what is kept for each command that a keyspace has met is short.
   */
  public CommandTable seal() {
    byIndex.sort(Comparator.comparingInt(CommandTable::rank));
    for (int index = 0; index < byIndex.size(); index++) {
      byIndex.get(index).index(index);
    }
    int capacity = Integer.highestOneBit(Math.max(8, byName.size() * 4));
    slots = new Command[capacity];
    for (Command command : byName.values()) {
      int at = hash(command.name()) & (capacity - 1);
      while (slots[at] != null) {
        at = (at + 1) & (capacity - 1);
      }
      slots[at] = command;
    }
    return this;
  }

  private static int rank(Command command) {
    int common = COMMON.indexOf(command.group());
    return common < 0 ? COMMON.size() : common;
  }

  /** The command that argument 0 names, or null. */
  public @Nullable Command find(Request request) {
    return find(request.bytes(), request.offset(0), request.length(0));
  }

  /** The command that a request names, with its subcommand if it has any and one is given. */
  public @Nullable Command findWhole(Request request) {
    Command command = find(request);
    return command == null || command.subcommands().isEmpty() || request.count() == 1
        ? command
        : findSubcommand(command, request.bytes(), request.offset(1), request.length(1));
  }

  /** The command of this name in any case, or null. */
  public @Nullable Command find(byte[] bytes, int offset, int length) {
    int mask = slots.length - 1;
    int at = hash(bytes, offset, length) & mask;
    while (true) {
      Command command = slots[at];
      if (command == null || matches(command.name(), bytes, offset, length)) {
        return command;
      }
      at = (at + 1) & mask;
    }
  }

  /** The subcommand of this name in any case, or null. */
  public static @Nullable Command findSubcommand(
      Command parent, byte[] bytes, int offset, int length) {
    for (Command child : parent.subcommands().values()) {
      if (matches(child.name(), bytes, offset, length)) {
        return child;
      }
    }
    return null;
  }

  /** The command of this name in lower case, or null. */
  public @Nullable Command find(String name) {
    return byName.get(name);
  }

  /** The command of this full name in any case, such as {@code get} or {@code client|list}. */
  public @Nullable Command findFullName(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    int bar = wanted.indexOf('|');
    Command command = byName.get(bar < 0 ? wanted : wanted.substring(0, bar));
    return command == null || bar < 0
        ? command
        : command.subcommands().get(wanted.substring(bar + 1));
  }

  /** Every command, subcommands left out, in the order of declaration. */
  public Collection<Command> commands() {
    return Collections.unmodifiableCollection(byName.values());
  }

  /** Every command and subcommand by its {@link Command#index()}. */
  public List<Command> numbered() {
    return Collections.unmodifiableList(byIndex);
  }

  private static int lower(int c) {
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
  }

  private static int hash(byte[] bytes, int offset, int length) {
    int hash = length;
    for (int i = 0; i < length; i++) {
      hash = hash * 31 + lower(bytes[offset + i]);
    }
    return hash ^ (hash >>> 15);
  }

  private static int hash(String name) {
    int hash = name.length();
    for (int i = 0; i < name.length(); i++) {
      hash = hash * 31 + lower(name.charAt(i));
    }
    return hash ^ (hash >>> 15);
  }

  private static boolean matches(String name, byte[] bytes, int offset, int length) {
    if (name.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (lower(bytes[offset + i]) != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Finds the declaration for a request's name, whatever the number of its arguments.
   *
   * @throws CommandException if there is no such command
   */
  public Command resolve(Request request) {
    Command command = find(request);
    if (command == null) {
      throw unknown(request);
    }
    if (!command.subcommands().isEmpty() && request.count() > 1) {
      Command child =
          findSubcommand(command, request.bytes(), request.offset(1), request.length(1));
      if (child == null) {
        throw CommandException.error(
            "unknown subcommand '"
                + Errors.shownName(request.text(1))
                + "'. Try "
                + command.name().toUpperCase(Locale.ROOT)
                + " HELP.");
      }
      command = child;
    }
    request.command(command);
    return command;
  }

  private static CommandException unknown(Request request) {
    StringBuilder arguments = new StringBuilder();
    for (int i = 1; i < request.count() && arguments.length() < 128; i++) {
      String shown = shortened(request.text(i), 128 - arguments.length());
      arguments.append('\'').append(shown).append("' ");
    }
    return CommandException.error(
        "unknown command '"
            + Errors.shownName(request.text(0))
            + "', with args beginning with: "
            + arguments);
  }

  private static String shortened(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most);
  }
}
