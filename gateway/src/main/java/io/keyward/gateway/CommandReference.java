package io.keyward.gateway;

import io.keyward.config.ConfigurationException;
import io.keyward.config.Settings;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandGroup;
import io.keyward.engine.command.CommandTable;
import io.keyward.gateway.server.StartException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Every command in Markdown, as the declarations tell it: the text of engine/COMMANDS.md. */
final class CommandReference {
  private static final String HEAD =
      """
      # Commands

      Made by `gateway/run commands > engine/COMMANDS.md` from the declarations of the commands; a test fails when it is not current.
      *Since* is the version of Redis (or Valkey) that brought the command; the differences are those from Redis 7.2.
      What is missing is said in the [README](../README.md#what-is-not-there-yet).
      """;

  private CommandReference() {}

  /** The whole page, the same at each call. */
  static String text() throws ConfigurationException, StartException {
    CommandTable table = Gateway.commands(Settings.load(List.of(), Map.of()));
    StringBuilder page = new StringBuilder(HEAD);
    for (CommandGroup group : CommandGroup.values()) {
      List<Command> commands =
          table.numbered().stream()
              .filter(command -> command.group() == group && command.subcommands().isEmpty())
              .sorted(Comparator.comparing(Command::fullName))
              .toList();
      if (!commands.isEmpty()) {
        page.append("\n## ").append(title(group)).append("\n\n");
        page.append("| command | since | what it does | differences |\n|---|---|---|---|\n");
        commands.forEach(command -> row(page, command));
      }
    }
    return page.toString();
  }

  private static String title(CommandGroup group) {
    String words = group.wireName().replace('-', ' ');
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }

  private static void row(StringBuilder page, Command command) {
    String name = command.fullName().replace('|', ' ').toUpperCase(Locale.ROOT);
    String[] cells = {"`" + name + "`", command.since(), command.summary(), command.difference()};
    for (String cell : cells) {
      page.append('|')
          .append(cell.isEmpty() ? "" : " ")
          .append(cell.replace("|", "\\|"))
          .append(' ');
    }
    page.append("|\n");
  }
}
