package io.keyward.engine.builtin.server;

import io.keyward.engine.Reply;
import io.keyward.engine.command.Command;

/** A command's declaration in the shape of COMMAND DOCS. */
final class CommandDocs {
  private CommandDocs() {}

  /** Writes the name and what is known of it: two elements of a map. */
  static void write(Reply reply, Command command) {
    boolean hasComplexity = !command.complexity().isEmpty();
    boolean hasChildren = !command.subcommands().isEmpty();
    reply.bulk(command.fullName());
    reply.map(3L + (hasComplexity ? 1 : 0) + (hasChildren ? 1 : 0));
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
    if (hasChildren) {
      reply.bulk("subcommands");
      reply.map(command.subcommands().size());
      command.subcommands().values().forEach(child -> write(reply, child));
    }
  }
}
