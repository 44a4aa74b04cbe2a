package io.keyward.engine.builtin.server;

import static io.keyward.engine.command.CommandFlag.ADMIN;
import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandGroup.SERVER;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.ClientState;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.acl.AccessControl;
import io.keyward.engine.builtin.acl.AccessLog;
import io.keyward.engine.builtin.acl.Denial;
import io.keyward.engine.builtin.acl.User;
import io.keyward.engine.command.Category;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.Handler;
import java.security.SecureRandom;
import java.util.HexFormat;

/** ACL: who may do what in the keyspace, and what has been refused. */
final class AclCommands {
  private static final long DEFAULT_COUNT = 10;
  private static final int DEFAULT_BITS = 256;
  private static final int MOST_BITS = 4096;
  private static final CommandException BAD_BITS =
      CommandException.error(
          "ACL GENPASS argument must be the number of bits for the output password, a positive"
              + " number up to "
              + MOST_BITS);
  private static final SecureRandom random = new SecureRandom();

  private AclCommands() {}

  static void declare(CommandTable table) {
    CommandBuilder acl =
        Command.named("acl", SERVER)
            .since("6.0.0")
            .summary("Manages users and what they may do.")
            .complexity("Depends on subcommand.")
            .arity(-2);
    declareQueries(acl);
    AclUserCommands.declare(acl);
    AclFileCommands.declare(acl);
    table.add(acl.withHelp("6.0.0"));
  }

  private static void declareQueries(CommandBuilder acl) {
    acl.subcommand(
            open("cat", -2, AclCommands::categories)
                .summary("Lists the categories, or the commands of one.")
                .complexity("O(1) since the categories and commands are a fixed set.")
                .syntax("[category]"))
        .subcommand(
            open("genpass", -2, AclCommands::generatePassword)
                .summary("Makes up a password of so many bits, 256 if none are given.")
                .complexity("O(1)")
                .syntax("[bits]"))
        .subcommand(
            open("whoami", 2, AclCommands::whoAmI)
                .summary("Returns the name of the connection's user.")
                .complexity("O(1)"))
        .subcommand(
            administrative("log", -2, AclCommands::log)
                .summary("Tells what has been refused lately, or forgets it.")
                .complexity("O(N) with N being the number of entries shown.")
                .syntax("[count | RESET]"))
        .subcommand(
            administrative("dryrun", -4, AclCommands::dryRun)
                .since("7.0.0")
                .summary("Tells whether a user may execute a command, without executing it.")
                .complexity("O(1).")
                .syntax("username command [arg [arg ...]]"));
  }

  private static CommandBuilder open(String name, int arity, Handler handler) {
    return Command.named(name, SERVER)
        .since("6.0.0")
        .arity(arity)
        .flags(NOSCRIPT, LOADING, STALE)
        .handler(handler);
  }

  static CommandBuilder administrative(String name, int arity, Handler handler) {
    return open(name, arity, handler).flags(ADMIN);
  }

  static AccessControl access(Request request) {
    return Database.of(request).keyspace().access();
  }

  private static void whoAmI(Request request, Reply reply) {
    reply.bulk(ClientState.of(request.client()).user().name());
  }

  private static void categories(Request request, Reply reply) {
    if (request.count() > 3) {
      throw Errors.misusedSubcommand(request);
    }
    if (request.count() == 2) {
      reply.array(Category.values().length);
      for (Category category : Category.values()) {
        reply.bulk(category.wireName());
      }
      return;
    }
    Category category = Category.named(request.text(2));
    if (category == null) {
      throw CommandException.error("Unknown category '" + shortened(request.text(2)) + "'");
    }
    int position = reply.beginArray();
    int found = 0;
    for (Command command : Database.of(request).keyspace().table().numbered()) {
      if (command.categories().contains(category)) {
        reply.bulk(command.fullName());
        found++;
      }
    }
    reply.endArray(position, found);
  }

  private static String shortened(String text) {
    return text.length() <= 128 ? text : text.substring(0, 128);
  }

  private static void generatePassword(Request request, Reply reply) {
    if (request.count() > 3) {
      throw Errors.misusedSubcommand(request);
    }
    long bits = request.count() == 2 ? DEFAULT_BITS : request.integer(2);
    if (bits <= 0 || bits > MOST_BITS) {
      throw BAD_BITS;
    }
    byte[] bytes = new byte[MOST_BITS / Byte.SIZE];
    random.nextBytes(bytes);
    reply.bulk(HexFormat.of().formatHex(bytes).substring(0, (int) (bits + 3) / 4));
  }

  private static void log(Request request, Reply reply) {
    AccessLog log = access(request).log();
    if (request.count() > 3) {
      throw Errors.misusedSubcommand(request);
    }
    if (request.count() == 3 && request.is(2, "RESET")) {
      log.clear();
      reply.ok();
      return;
    }
    long count = request.count() == 2 ? DEFAULT_COUNT : request.integer(2);
    long shown = Math.clamp(count, 0, log.size());
    reply.array(shown);
    for (AccessLog.Entry entry : log.newestFirst()) {
      if (shown-- <= 0) {
        break;
      }
      write(entry, request.now(), reply);
    }
  }

  private static void write(AccessLog.Entry entry, long now, Reply reply) {
    reply.map(10);
    reply.bulk("count");
    reply.integer(entry.count());
    reply.bulk("reason");
    reply.bulk(entry.reason().wireName());
    reply.bulk("context");
    reply.bulk(entry.context().wireName());
    reply.bulk("object");
    reply.bulk(entry.object());
    reply.bulk("username");
    reply.bulk(entry.user());
    reply.bulk("age-seconds");
    reply.number((now - entry.updated()) / 1000.0);
    reply.bulk("client-info");
    reply.bulk(entry.client().strip());
    reply.bulk("entry-id");
    reply.integer(entry.id());
    reply.bulk("timestamp-created");
    reply.integer(entry.created());
    reply.bulk("timestamp-last-updated");
    reply.integer(entry.updated());
  }

  private static void dryRun(Request request, Reply reply) {
    AccessControl access = access(request);
    User user = access.user(request.text(2));
    if (user == null) {
      throw CommandException.error("User '" + request.text(2) + "' not found");
    }
    Request tried = new Request();
    tried.begin(request.bytes());
    tried.store(request.store());
    for (int i = 3; i < request.count(); i++) {
      tried.add(request.offset(i), request.length(i));
    }
    Command command = Database.of(request).keyspace().table().findWhole(tried);
    if (command == null) {
      throw CommandException.error("Command '" + request.text(3) + "' not found");
    }
    if (!command.accepts(tried.count())) {
      throw Errors.wrongArity(command.fullName());
    }
    Denial denial = access.check(user, tried, command);
    if (denial == null) {
      reply.ok();
    } else {
      reply.bulk(denial.fullText(command, tried));
    }
  }
}
