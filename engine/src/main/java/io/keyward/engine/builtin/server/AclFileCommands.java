package io.keyward.engine.builtin.server;

import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Aside;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.acl.AccessControl;
import io.keyward.engine.builtin.acl.AccessFile;
import io.keyward.engine.builtin.acl.RuleException;
import io.keyward.engine.builtin.acl.User;
import io.keyward.engine.command.CommandBuilder;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** ACL LOAD and SAVE: the users in the file that {@code aclfile} names. */
final class AclFileCommands {
  private static final Logger log = LoggerFactory.getLogger(AclFileCommands.class);
  private static final CommandException NO_FILE =
      CommandException.error(
          "This Redis instance is not configured to use an ACL file. Start it with --aclfile"
              + " <path> to keep users in one");
  private static final CommandException NOT_SAVED =
      CommandException.error(
          "There was an error trying to save the ACLs. Please check the server logs for more"
              + " information");

  private AclFileCommands() {}

  static void declare(CommandBuilder acl) {
    acl.subcommand(
            AclCommands.administrative("load", 2, AclFileCommands::load)
                .summary("Reads the users again from their file.")
                .complexity("O(N). Where N is the number of configured users."))
        .subcommand(
            AclCommands.administrative("save", 2, AclFileCommands::save)
                .summary("Writes the users to their file.")
                .complexity("O(N). Where N is the number of configured users.")
                .tips("request_policy:all_nodes", "response_policy:all_succeeded"));
  }

  private static AccessFile file(AccessControl access) {
    AccessFile file = access.file();
    if (file == null) {
      throw NO_FILE;
    }
    return file;
  }

  /** What has been read, or why not. */
  private sealed interface Content {
    record Text(String text) implements Content {}

    record Failure(String reason) implements Content {}
  }

  private static void load(Request request, Reply reply) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    AccessFile file = file(keyspace.access());
    Request asking = request.copy();
    Aside.run(
        request,
        reply,
        () -> read(file),
        (content, to) -> {
          switch (content) {
            case Content.Failure(String reason) -> throw CommandException.error(reason);
            case Content.Text(String text) -> {
              apply(keyspace, file, text, asking);
              to.ok();
            }
          }
        });
  }

  private static Content read(AccessFile file) {
    try {
      return new Content.Text(file.read());
    } catch (IOException failed) {
      return new Content.Failure(file.failure(failed));
    }
  }

  /** Connections of users that were there before are closed, but for the default one's. */
  private static void apply(
      BuiltinKeyspace keyspace, AccessFile file, String text, Request asking) {
    AccessControl access = keyspace.access();
    Set<User> former;
    try {
      former = new HashSet<>(file.load(text, access));
    } catch (RuleException wrong) {
      throw CommandException.error(wrong.reason());
    }
    former.remove(access.defaultUser());
    AclUserCommands.closeConnections(keyspace, asking, former);
  }

  private static void save(Request request, Reply reply) {
    AccessControl access = AclCommands.access(request);
    AccessFile file = file(access);
    String text = AccessFile.text(access.users());
    Aside.run(
        request,
        reply,
        () -> {
          try {
            file.write(text);
            return null;
          } catch (IOException failed) {
            log.warn("ACL SAVE failed: {}", failed.toString());
            return NOT_SAVED;
          }
        });
  }
}
