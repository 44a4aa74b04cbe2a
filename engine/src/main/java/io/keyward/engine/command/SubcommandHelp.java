package io.keyward.engine.command;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import java.util.Locale;
import java.util.Map;

/** Answers HELP of a command with subcommands from their declarations. */
final class SubcommandHelp implements Handler {
  private final String parent;
  private final Map<String, Command> subcommands;

  SubcommandHelp(String parent, Map<String, Command> subcommands) {
    this.parent = parent.toUpperCase(Locale.ROOT);
    this.subcommands = subcommands;
  }

  @Override
  public void execute(Request request, Reply reply) {
    reply.array(1 + 2L * subcommands.size());
    reply.simple(parent + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
    for (Command subcommand : subcommands.values()) {
      String name = subcommand.name().toUpperCase(Locale.ROOT);
      reply.simple(subcommand.syntax().isEmpty() ? name : name + " " + subcommand.syntax());
      reply.simple("    " + subcommand.summary());
    }
  }
}
