package io.keyward.engine.builtin.connection;

import static io.keyward.engine.command.CommandFlag.ALLOW_BUSY;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.NOT_QUEUED;
import static io.keyward.engine.command.CommandFlag.NO_AUTH;
import static io.keyward.engine.command.CommandFlag.REFUSED_WITH_WRITES;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandFlag.WHILE_SUBSCRIBED;
import static io.keyward.engine.command.CommandGroup.CONNECTION;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.ClientState;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;

/** PING, ECHO, SELECT and QUIT. */
public final class ConnectionCommands {
  private static final CommandException INDEX_TOO_LARGE =
      CommandException.error(
          "value is out of range, value must between "
              + Integer.MIN_VALUE
              + " and "
              + Integer.MAX_VALUE);

  private static final CommandException NOT_IN_CLUSTER =
      CommandException.error("SELECT is not allowed in cluster mode");

  private ConnectionCommands() {}

  public static void declare(CommandTable table) {
    table.add(
        Command.named("ping", CONNECTION)
            .summary("Answers PONG, or the given message.")
            .complexity("O(1)")
            .syntax("[message]")
            .arity(-1)
            .flags(FAST, WHILE_SUBSCRIBED, REFUSED_WITH_WRITES)
            .tips("request_policy:all_shards", "response_policy:all_succeeded")
            .handler(ConnectionCommands::ping));
    table.add(
        Command.named("echo", CONNECTION)
            .summary("Returns the given message.")
            .complexity("O(1)")
            .syntax("message")
            .arity(2)
            .flags(LOADING, STALE, FAST)
            .handler(
                (request, reply) ->
                    reply.bulk(request.bytes(), request.offset(1), request.length(1))));
    table.add(
        Command.named("select", CONNECTION)
            .summary("Changes the connection's database.")
            .complexity("O(1)")
            .syntax("index")
            .arity(2)
            .flags(LOADING, STALE, FAST)
            .handler(ConnectionCommands::select));
    table.add(
        Command.named("quit", CONNECTION)
            .summary("Closes the connection.")
            .complexity("O(1)")
            .arity(-1)
            .flags(
                ALLOW_BUSY, NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, WHILE_SUBSCRIBED, NOT_QUEUED)
            .handler(ConnectionCommands::quit));
    ClientCommands.declare(table);
  }

  private static void ping(Request request, Reply reply) {
    if (request.count() > 2) {
      throw Errors.wrongArity("ping");
    }
    if (!reply.resp3() && ClientState.of(request.client()).subscriptions() > 0) {
      reply.array(2);
      reply.bulk("pong");
      if (request.count() == 1) {
        reply.bulk("");
        return;
      }
    } else if (request.count() == 1) {
      reply.simple("PONG");
      return;
    }
    reply.bulk(request.bytes(), request.offset(1), request.length(1));
  }

  private static void select(Request request, Reply reply) {
    long index = request.integer(1);
    if (index != (int) index) {
      throw INDEX_TOO_LARGE;
    }
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    if (index != 0 && keyspace.slotRules() != null) {
      throw NOT_IN_CLUSTER;
    }
    request.client().database(keyspace.databases().checked(index));
    reply.ok();
  }

  private static void quit(Request request, Reply reply) {
    reply.ok();
    request.client().closing(true);
    request.client().connection().closeAfterReply();
  }
}
