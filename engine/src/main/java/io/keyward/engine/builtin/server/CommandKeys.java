package io.keyward.engine.builtin.server;

import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandFlag;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.KeySpec.KeyFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;

/** COMMAND GETKEYS and GETKEYSANDFLAGS: the keys of a request that is given as arguments. */
final class CommandKeys {
  private static final CommandException INVALID_COMMAND =
      CommandException.error("Invalid command specified");
  private static final CommandException NO_KEYS =
      CommandException.error("The command has no key arguments");
  private static final CommandException WRONG_COUNT =
      CommandException.error("Invalid number of arguments specified for command");
  private static final CommandException INVALID_ARGUMENTS =
      CommandException.error("Invalid arguments specified for command");

  private CommandKeys() {}

  static void write(Request request, Reply reply, CommandTable table, boolean withFlags) {
    Slices slices = Database.of(request).keyspace().slices();
    Request asked = new Request();
    // The bytes of the request move at a check point; where they stand in it does not count.
    asked.begin(slices.divided() ? request.bytes().clone() : request.bytes());
    asked.store(request.store());
    for (int i = 2; i < request.count(); i++) {
      asked.add(request.offset(i), request.length(i));
    }
    Command command = resolve(asked, table);
    List<Integer> positions = new ArrayList<>();
    try {
      command.keys(asked, positions::add);
    } catch (CommandException malformed) {
      positions.clear();
    }
    if (positions.isEmpty() && !command.has(CommandFlag.NO_MANDATORY_KEYS)) {
      throw INVALID_ARGUMENTS;
    }
    IntFunction<Set<KeyFlag>> flags = command.keyFlags(asked);
    reply.array(positions.size());
    for (int position : positions) {
      slices.step();
      if (withFlags) {
        reply.array(2);
      }
      reply.bulk(asked.bytes(), asked.offset(position), asked.length(position));
      if (withFlags) {
        CommandInfo.keyFlags(reply, flags.apply(position));
      }
    }
  }

  private static Command resolve(Request asked, CommandTable table) {
    Command command = table.find(asked);
    if (command != null && !command.subcommands().isEmpty() && asked.count() > 1) {
      command =
          CommandTable.findSubcommand(command, asked.bytes(), asked.offset(1), asked.length(1));
    }
    if (command == null) {
      throw INVALID_COMMAND;
    }
    if (command.keySpecs().stream().allMatch(spec -> spec.flags().contains(KeyFlag.NOT_KEY))) {
      throw NO_KEYS;
    }
    if (!command.accepts(asked.count())) {
      throw WRONG_COUNT;
    }
    return command;
  }
}
