package io.keyward.engine.builtin.server;

import static io.keyward.engine.command.Category.CONNECTION;
import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandGroup.SERVER;

import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.Handler;
import io.keyward.engine.text.Glob;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** COMMAND: what the table of commands says, in Redis's shapes. */
final class CommandCommands {
  /** To tell of a command takes so many of the steps that {@link Slices#expect} counts. */
  private static final long STEPS_OF_ONE = 50;

  private final CommandTable table;

  private CommandCommands(CommandTable table) {
    this.table = table;
  }

  static void declare(CommandTable table) {
    CommandCommands commands = new CommandCommands(table);
    table.add(
        Command.named("command", SERVER)
            .since("2.8.13")
            .summary("Tells about all commands.")
            .complexity("O(N) where N is the total number of Redis commands")
            .arity(-1)
            .flags(LOADING, STALE)
            .categories(CONNECTION)
            .tips("nondeterministic_output_order")
            .handler(commands::all)
            .subcommand(
                child("count", "2.8.13", 2, commands::count)
                    .summary("Counts the commands.")
                    .complexity("O(1)"))
            .subcommand(
                child("info", "2.8.13", -2, commands::info)
                    .summary("Tells arity, flags, keys and categories of commands.")
                    .complexity("O(N) where N is the number of commands to look up")
                    .syntax("[command-name [command-name ...]]")
                    .tips("nondeterministic_output_order"))
            .subcommand(
                child("docs", "7.0.0", -2, commands::docs)
                    .differs("Tells no history.")
                    .summary("Tells purpose and syntax of commands.")
                    .complexity("O(N) where N is the number of commands to look up")
                    .syntax("[command-name [command-name ...]]")
                    .tips("nondeterministic_output_order"))
            .subcommand(
                child("list", "7.0.0", -2, commands::list)
                    .summary("Lists the names of commands.")
                    .complexity("O(N) where N is the total number of Redis commands")
                    .syntax("[FILTERBY <MODULE module-name | ACLCAT category | PATTERN pattern>]")
                    .tips("nondeterministic_output_order"))
            .subcommand(
                child("getkeys", "2.8.13", -3, commands::keys)
                    .summary("Returns the keys of the given request.")
                    .complexity("O(N) where N is the number of arguments to the command")
                    .syntax("command [arg [arg ...]]"))
            .subcommand(
                child("getkeysandflags", "7.0.0", -3, commands::keysAndFlags)
                    .summary("Returns the keys of the given request and what becomes of them.")
                    .complexity("O(N) where N is the number of arguments to the command")
                    .syntax("command [arg [arg ...]]"))
            .withHelp("5.0.0"));
  }

  private static CommandBuilder child(String name, String since, int arity, Handler handler) {
    return Command.named(name, SERVER)
        .since(since)
        .arity(arity)
        .flags(LOADING, STALE)
        .categories(CONNECTION)
        .handler(handler);
  }

  private void all(Request request, Reply reply) {
    reply.array(table.commands().size());
    table.commands().forEach(command -> CommandInfo.write(reply, command));
  }

  private void count(Request request, Reply reply) {
    reply.integer(table.commands().size());
  }

  /** The command that an argument names: {@code get}, {@code client|list}; or null. */
  private @Nullable Command named(Request request, int argument) {
    return table.findFullName(request.text(argument));
  }

  private void info(Request request, Reply reply) {
    if (request.count() == 2) {
      all(request, reply);
      return;
    }
    Slices.expect(request, STEPS_OF_ONE * (request.count() - 2L));
    Slices slices = Database.of(request).keyspace().slices();
    reply.array(request.count() - 2L);
    for (int i = 2; i < request.count(); i++) {
      slices.longStep();
      CommandInfo.write(reply, named(request, i));
    }
  }

  private void docs(Request request, Reply reply) {
    if (request.count() == 2) {
      reply.map(table.commands().size());
      table.commands().forEach(command -> CommandDocs.write(reply, command));
      return;
    }
    Slices.expect(request, STEPS_OF_ONE * (request.count() - 2L));
    Slices slices = Database.of(request).keyspace().slices();
    int position = reply.beginArray();
    int found = 0;
    for (int i = 2; i < request.count(); i++) {
      slices.longStep();
      Command command = named(request, i);
      if (command != null) {
        CommandDocs.write(reply, command);
        found++;
      }
    }
    reply.endMap(position, found);
  }

  private void list(Request request, Reply reply) {
    Predicate<Command> wanted = filter(request);
    int position = reply.beginArray();
    reply.endArray(position, list(table.commands(), wanted, reply));
  }

  private static int list(Collection<Command> commands, Predicate<Command> wanted, Reply reply) {
    int listed = 0;
    for (Command command : commands) {
      if (wanted.test(command)) {
        reply.bulk(command.fullName());
        listed++;
      }
      listed += list(command.subcommands().values(), wanted, reply);
    }
    return listed;
  }

  private static Predicate<Command> filter(Request request) {
    if (request.count() == 2) {
      return command -> true;
    }
    if (request.count() != 5 || !request.is(2, "FILTERBY")) {
      throw Errors.SYNTAX;
    }
    if (request.is(3, "MODULE")) {
      return command -> false;
    }
    if (request.is(3, "ACLCAT")) {
      String category = request.text(4).toLowerCase(Locale.ROOT);
      return command ->
          command.categories().stream().anyMatch(own -> own.wireName().equals(category));
    }
    if (request.is(3, "PATTERN")) {
      byte[] glob = request.copyOf(4);
      return command -> {
        byte[] name = command.fullName().getBytes(StandardCharsets.ISO_8859_1);
        return Glob.matches(glob, 0, glob.length, name, 0, name.length, true);
      };
    }
    throw Errors.SYNTAX;
  }

  private void keys(Request request, Reply reply) {
    CommandKeys.write(request, reply, table, false);
  }

  private void keysAndFlags(Request request, Reply reply) {
    CommandKeys.write(request, reply, table, true);
  }
}
