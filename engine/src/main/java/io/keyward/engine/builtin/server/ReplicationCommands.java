package io.keyward.engine.builtin.server;

import static io.keyward.engine.command.Category.CONNECTION;
import static io.keyward.engine.command.Category.DANGEROUS;
import static io.keyward.engine.command.CommandFlag.ADMIN;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.NO_ASYNC_LOADING;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandGroup.GENERIC;
import static io.keyward.engine.command.CommandGroup.SERVER;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Category;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;

/** What a master without replicas answers: ROLE, WAIT, REPLICAOF and FAILOVER. */
final class ReplicationCommands {
  private static final CommandException FOLLOWS_NOBODY =
      CommandException.error(
          "The gateway replicates from no other server. Use REPLICAOF NO ONE, or load the other"
              + " server's data from its RDB or AOF files");
  private static final CommandException NO_REPLICAS =
      CommandException.error("FAILOVER requires connected replicas.");
  private static final CommandException NO_FAILOVER =
      CommandException.error("No failover in progress.");
  private static final CommandException TIMEOUT_NOT_AN_INTEGER =
      CommandException.error("timeout is not an integer or out of range");
  private static final int[] NO_KEYS = {};

  private ReplicationCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("role", SERVER)
            .since("2.8.12")
            .summary("Tells that this is a master without replicas.")
            .complexity("O(1)")
            .arity(1)
            .flags(NOSCRIPT, LOADING, STALE, FAST)
            .categories(Category.ADMIN, DANGEROUS)
            .handler(ReplicationCommands::role));
    table.add(
        Command.named("wait", GENERIC)
            .differs("There are no replicas to wait for.")
            .since("3.0.0")
            .summary("Waits for replicas, of which there are none, until the time is up.")
            .complexity("O(1)")
            .syntax("numreplicas timeout:integer")
            .arity(3)
            .categoriesOnly(CONNECTION)
            .tips("request_policy:all_shards", "response_policy:agg_min")
            .handler(ReplicationCommands::await));
    table.add(following("replicaof", "5.0.0"));
    table.add(following("slaveof", "1.0.0"));
    table.add(
        Command.named("failover", SERVER)
            .differs("Answers as a master without replicas.")
            .since("6.2.0")
            .summary("Hands over to a replica, of which there are none.")
            .complexity("O(1)")
            .syntax("[TO host port [FORCE]] [ABORT] [TIMEOUT milliseconds]")
            .arity(-1)
            .flags(ADMIN, NOSCRIPT, STALE)
            .handler(ReplicationCommands::failOver));
  }

  private static Command.Builder following(String name, String since) {
    return Command.named(name, SERVER)
        .since(since)
        .differs("Takes NO ONE alone.")
        .summary("Takes NO ONE alone: the gateway follows no other server.")
        .complexity("O(1)")
        .syntax("<host port | NO ONE>")
        .arity(3)
        .flags(NO_ASYNC_LOADING, ADMIN, NOSCRIPT, STALE)
        .handler(ReplicationCommands::follow);
  }

  private static void role(Request request, Reply reply) {
    reply.array(3);
    reply.bulk("master");
    reply.integer(0);
    reply.array(0);
  }

  private static void await(Request request, Reply reply) {
    long wanted = request.integer(1);
    long timeout = request.integer(2, TIMEOUT_NOT_AN_INTEGER);
    if (timeout < 0) {
      throw Errors.TIMEOUT_NEGATIVE;
    }
    if (wanted <= 0) {
      reply.integer(0);
      return;
    }
    Database.of(request)
        .blocked()
        .block(request, reply, Type.STRING, NO_KEYS, timeout, later -> later.integer(0));
  }

  private static void follow(Request request, Reply reply) {
    if (!request.is(1, "NO") || !request.is(2, "ONE")) {
      throw FOLLOWS_NOBODY;
    }
    reply.ok();
  }

  private static void failOver(Request request, Reply reply) {
    if (request.count() == 2 && request.is(1, "ABORT")) {
      throw NO_FAILOVER;
    }
    for (int at = 1; at < request.count(); at++) {
      int further = request.count() - at - 1;
      if (request.is(at, "TIMEOUT") && further >= 1) {
        if (request.integer(++at) <= 0) {
          throw CommandException.error("FAILOVER timeout must be greater than 0");
        }
      } else if (request.is(at, "TO") && further >= 2) {
        request.integer(at + 2);
        at += 2;
      } else if (!request.is(at, "FORCE")) {
        throw Errors.SYNTAX;
      }
    }
    throw NO_REPLICAS;
  }
}
