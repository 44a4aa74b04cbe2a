package io.keyward.engine.builtin.server;

import io.keyward.engine.Reply;
import io.keyward.engine.command.Argument;
import io.keyward.engine.command.ArgumentType;
import io.keyward.engine.command.Command;
import java.util.List;
import java.util.stream.Stream;

/** A command's declaration in the shape of COMMAND DOCS. */
final class CommandDocs {
  private final Reply reply;
  private final Command command;
  private final boolean keysAreSpecified;
  private int keysWritten;

  private CommandDocs(Reply reply, Command command, List<Argument> arguments) {
    this.reply = reply;
    this.command = command;
    // More specifications than keys: some of them are for what is no argument of its own (SORT BY).
    keysAreSpecified =
        !command.keySpecs().isEmpty() && command.keySpecs().size() <= keys(arguments);
  }

  private static long keys(List<Argument> arguments) {
    return arguments.stream()
        .mapToLong(each -> each.type() == ArgumentType.KEY ? 1 : keys(each.members()))
        .sum();
  }

  /** Writes the name and what is known of it: two elements of a map. */
  static void write(Reply reply, Command command) {
    List<Argument> arguments = command.arguments();
    boolean hasComplexity = !command.complexity().isEmpty();
    boolean hasChildren = !command.subcommands().isEmpty();
    reply.bulk(command.fullName());
    reply.map(3L + count(hasComplexity, !arguments.isEmpty(), hasChildren));
    reply.bulk("summary");
    reply.bulk(command.summary());
    reply.bulk("since");
    reply.bulk(command.since());
    reply.bulk("group");
    reply.bulk(command.group().wireName());
    if (hasComplexity) {
      reply.bulk("complexity");
      reply.bulk(command.complexity());
    }
    if (!arguments.isEmpty()) {
      new CommandDocs(reply, command, arguments).write(arguments);
    }
    if (hasChildren) {
      reply.bulk("subcommands");
      reply.map(command.subcommands().size());
      command.subcommands().values().forEach(child -> write(reply, child));
    }
  }

  private static long count(Boolean... present) {
    return Stream.of(present).filter(each -> each).count();
  }

  private void write(List<Argument> arguments) {
    reply.bulk("arguments");
    reply.array(arguments.size());
    arguments.forEach(this::write);
  }

  private void write(Argument argument) {
    List<String> flags =
        Stream.of(
                argument.optional() ? "optional" : "",
                argument.multiple() ? "multiple" : "",
                argument.repeatsToken() ? "multiple_token" : "")
            .filter(flag -> !flag.isEmpty())
            .toList();
    boolean group = argument.type() == ArgumentType.ONEOF || argument.type() == ArgumentType.BLOCK;
    boolean value = !group && argument.type() != ArgumentType.PURE_TOKEN;
    boolean key = keysAreSpecified && argument.type() == ArgumentType.KEY;
    boolean hasToken = !argument.token().isEmpty();
    reply.map(2L + count(value, key, hasToken, !flags.isEmpty(), group));
    reply.bulk("name");
    reply.bulk(argument.name());
    reply.bulk("type");
    reply.bulk(argument.type().wireName());
    if (value) {
      reply.bulk("display_text");
      reply.bulk(argument.name());
    }
    if (key) {
      reply.bulk("key_spec_index");
      reply.integer(Math.min(keysWritten++, command.keySpecs().size() - 1));
    }
    if (hasToken) {
      reply.bulk("token");
      reply.bulk(argument.token());
    }
    if (!flags.isEmpty()) {
      reply.bulk("flags");
      reply.set(flags.size());
      flags.forEach(reply::simple);
    }
    if (group) {
      write(argument.members());
    }
  }
}
