package io.keyward.engine.builtin.connection;

import static io.keyward.engine.command.CommandFlag.ADMIN;
import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandGroup.CONNECTION;

import io.keyward.engine.Client;
import io.keyward.engine.Client.ReplyMode;
import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.SteadyTime;
import io.keyward.engine.builtin.BlockedClients;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.ClientText;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Overview;
import io.keyward.engine.builtin.Pause;
import io.keyward.engine.builtin.tracking.TrackingCommands;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandFlag;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.Handler;
import org.jspecify.annotations.Nullable;

/**
 * CLIENT but for LIST, KILL and tracking: what a connection sets and asks about itself, pauses,
 * unblocking.
 */
final class ClientCommands {
  private static final CommandFlag[] OWN = {NOSCRIPT, LOADING, STALE};
  private static final CommandFlag[] OTHERS = {ADMIN, NOSCRIPT, LOADING, STALE};
  private static final CommandException TIMEOUT_NOT_AN_INTEGER =
      CommandException.error("timeout is not an integer or out of range");
  private static final CommandException TIMEOUT_OUT_OF_RANGE =
      CommandException.error("timeout is out of range");

  private ClientCommands() {}

  static void declare(CommandTable table) {
    CommandBuilder client =
        Command.named("client", CONNECTION)
            .since("2.4.0")
            .summary("Tells about connections and changes them.")
            .complexity("Depends on subcommand.")
            .arity(-2)
            .subcommand(
                own("id", "5.0.0", 2, ClientCommands::id)
                    .summary("Returns the connection's number, never used again."))
            .subcommand(
                own("getname", "2.6.9", 2, ClientCommands::getName)
                    .summary("Returns the connection's name."))
            .subcommand(
                own("setname", "2.6.9", 3, ClientCommands::setName)
                    .summary("Gives the connection a name.")
                    .syntax("connection-name")
                    .tips("request_policy:all_nodes", "response_policy:all_succeeded"))
            .subcommand(
                own("setinfo", "7.2.0", 4, ClientCommands::setInfo)
                    .summary("Tells which client library the connection belongs to.")
                    .syntax("<LIB-NAME libname | LIB-VER libver>")
                    .tips("request_policy:all_nodes", "response_policy:all_succeeded"))
            .subcommand(
                own("reply", "3.2.0", 3, ClientCommands::replyMode)
                    .summary("Sends replies, or none, or skips the next one.")
                    .syntax("<ON | OFF | SKIP>"))
            .subcommand(
                Command.named("no-evict", CONNECTION)
                    .since("7.0.0")
                    .summary("Spares the connection when clients are closed to save memory.")
                    .complexity("O(1)")
                    .syntax("<ON | OFF>")
                    .arity(3)
                    .flags(OTHERS)
                    .handler(ClientCommands::noEvict))
            .subcommand(
                own("no-touch", "7.2.0", 3, ClientCommands::noTouch)
                    .summary("Lets the connection read keys without renewing their access clock.")
                    .syntax("<ON | OFF>"))
            .subcommand(
                Command.named("pause", CONNECTION)
                    .since("3.0.0")
                    .summary("Holds back the commands of all connections for a time.")
                    .complexity("O(1)")
                    .syntax("timeout:integer [WRITE | ALL]")
                    .arity(-3)
                    .flags(OTHERS)
                    .handler(ClientCommands::pause))
            .subcommand(
                Command.named("unpause", CONNECTION)
                    .since("6.2.0")
                    .summary("Ends a pause.")
                    .complexity("O(N) Where N is the number of paused clients")
                    .arity(2)
                    .flags(OTHERS)
                    .handler(ClientCommands::unpause))
            .subcommand(
                Command.named("unblock", CONNECTION)
                    .since("5.0.0")
                    .summary("Ends the waiting of a connection that is blocked for keys.")
                    .complexity("O(log N) where N is the number of client connections")
                    .syntax("client-id [TIMEOUT | ERROR]")
                    .arity(-3)
                    .flags(OTHERS)
                    .handler(ClientCommands::unblock))
            .subcommand(ClientListing.info())
            .subcommand(ClientListing.list())
            .subcommand(ClientKill.declaration());
    TrackingCommands.declarations().forEach(client::subcommand);
    table.add(client.withHelp("5.0.0"));
  }

  private static CommandBuilder own(String name, String since, int arity, Handler handler) {
    return Command.named(name, CONNECTION)
        .since(since)
        .complexity("O(1)")
        .arity(arity)
        .flags(OWN)
        .handler(handler);
  }

  private static void id(Request request, Reply reply) {
    reply.integer(request.client().id());
  }

  private static void getName(Request request, Reply reply) {
    byte[] name = request.client().name();
    if (name.length == 0) {
      reply.nothing();
    } else {
      reply.bulk(name);
    }
  }

  private static void setName(Request request, Reply reply) {
    byte[] name = request.copyOf(2);
    ClientText.checkName(name);
    request.client().name(name);
    reply.ok();
  }

  private static void setInfo(Request request, Reply reply) {
    boolean name = request.is(2, "LIB-NAME");
    if (!name && !request.is(2, "LIB-VER")) {
      throw CommandException.error("Unrecognized option '" + request.text(2) + "'");
    }
    ClientText.checkAttribute(request.copyOf(3), request.text(2));
    if (name) {
      request.client().libraryName(request.text(3));
    } else {
      request.client().libraryVersion(request.text(3));
    }
    reply.ok();
  }

  private static void replyMode(Request request, Reply reply) {
    Client client = request.client();
    if (request.is(2, "ON")) {
      client.replyMode(ReplyMode.ON);
      client.silenced(false);
      reply.ok();
    } else if (request.is(2, "OFF")) {
      client.replyMode(ReplyMode.OFF);
    } else if (request.is(2, "SKIP")) {
      if (client.replyMode() != ReplyMode.OFF) {
        client.replyMode(ReplyMode.SKIP_NEXT);
      }
    } else {
      throw Errors.SYNTAX;
    }
  }

  private static boolean onOrOff(Request request) {
    if (request.is(2, "ON")) {
      return true;
    }
    if (request.is(2, "OFF")) {
      return false;
    }
    throw Errors.SYNTAX;
  }

  private static void noEvict(Request request, Reply reply) {
    request.client().noEvict(onOrOff(request));
    reply.ok();
  }

  private static void noTouch(Request request, Reply reply) {
    request.client().noTouch(onOrOff(request));
    reply.ok();
  }

  private static void pause(Request request, Reply reply) {
    if (request.count() > 4) {
      throw Errors.misusedSubcommand(request);
    }
    Pause.Scope scope = Pause.Scope.EVERYTHING;
    if (request.count() == 4) {
      if (request.is(3, "WRITE")) {
        scope = Pause.Scope.WRITES;
      } else if (!request.is(3, "ALL")) {
        throw CommandException.error("CLIENT PAUSE mode must be WRITE or ALL");
      }
    }
    long milliseconds = request.integer(2, TIMEOUT_NOT_AN_INTEGER);
    if (milliseconds < 0) {
      throw Errors.TIMEOUT_NEGATIVE;
    }
    long now = SteadyTime.millis();
    if (milliseconds > Long.MAX_VALUE - now) {
      throw TIMEOUT_OUT_OF_RANGE;
    }
    Database.of(request).keyspace().pause().begin(scope, now + milliseconds);
    reply.ok();
  }

  private static void unpause(Request request, Reply reply) {
    Database.of(request).keyspace().pause().end();
    reply.ok();
  }

  private static void unblock(Request request, Reply reply) {
    if (request.count() > 4) {
      throw Errors.misusedSubcommand(request);
    }
    boolean withError = false;
    if (request.count() == 4) {
      withError = request.is(3, "ERROR");
      if (!withError && !request.is(3, "TIMEOUT")) {
        throw CommandException.error("CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
      }
    }
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    long id = request.integer(2);
    boolean asError = withError;
    Overview overview = Overview.of(keyspace);
    if (overview == null) {
      reply.integer(unblocks(keyspace.members().of(id), asError));
      return;
    }
    overview.gather(
        request,
        reply,
        each -> unblocks(each.client(id), asError),
        (done, to) -> to.integer(done.contains(true)));
  }

  private static boolean unblocks(@Nullable Client target, boolean withError) {
    return target != null && BlockedClients.unblock(target, withError);
  }
}
