package io.keyward.engine.builtin.server;

import static io.keyward.engine.command.Category.DANGEROUS;
import static io.keyward.engine.command.Category.KEYSPACE;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.SERVER;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Overview;
import io.keyward.engine.builtin.SeenKeys;
import io.keyward.engine.builtin.WholeDatabase;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import java.time.Instant;

/** FLUSHDB, FLUSHALL, SWAPDB, DBSIZE and TIME, and what else tells of the server. */
public final class ServerCommands {
  private static final CommandException BAD_FIRST =
      CommandException.error("invalid first DB index");
  private static final CommandException BAD_SECOND =
      CommandException.error("invalid second DB index");

  private ServerCommands() {}

  public static void declare(CommandTable table) {
    table.add(
        Command.named("dbsize", SERVER)
            .summary("Returns the number of keys in the database.")
            .complexity("O(1)")
            .arity(1)
            .flags(READONLY, FAST)
            .categories(KEYSPACE)
            .tips("request_policy:all_shards", "response_policy:agg_sum")
            .handler(ServerCommands::size));
    table.add(
        Command.named("flushdb", SERVER)
            .differs("Frees in slices, whatever ASYNC and SYNC say.")
            .summary("Removes all keys of the database.")
            .complexity("O(N) where N is the number of keys in the selected database")
            .syntax("[ASYNC | SYNC]")
            .arity(-1)
            .flags(WRITE)
            .categories(KEYSPACE, DANGEROUS)
            .tips("request_policy:all_shards", "response_policy:all_succeeded")
            .handler(ServerCommands::flushDatabase));
    table.add(
        Command.named("flushall", SERVER)
            .differs("Frees in slices, whatever ASYNC and SYNC say.")
            .summary("Removes all keys of all databases.")
            .complexity("O(N) where N is the total number of keys in all databases")
            .syntax("[ASYNC | SYNC]")
            .arity(-1)
            .flags(WRITE)
            .categories(KEYSPACE, DANGEROUS)
            .tips("request_policy:all_shards", "response_policy:all_succeeded")
            .handler(ServerCommands::flushAll));
    table.add(
        Command.named("swapdb", SERVER)
            .differs("Clients that track keys are told that all have changed.")
            .since("4.0.0")
            .summary("Exchanges the keys of two databases.")
            .complexity(
                "O(N) where N is the count of clients watching or blocking on keys from both"
                    + " databases.")
            .syntax("index1 index2")
            .arity(3)
            .flags(WRITE, FAST)
            .categories(KEYSPACE, DANGEROUS)
            .handler(ServerCommands::swap));
    table.add(
        Command.named("time", SERVER)
            .since("2.6.0")
            .summary("Returns the server's clock: seconds since 1970, and microseconds.")
            .complexity("O(1)")
            .arity(1)
            .flags(LOADING, STALE, FAST)
            .tips("nondeterministic_output")
            .handler(ServerCommands::time));
    CommandCommands.declare(table);
    AclCommands.declare(table);
    ModuleCommands.declare(table);
    LolwutCommand.declare(table);
    SlowLogCommands.declare(table);
    LatencyCommands.declare(table);
    MonitorCommand.declare(table);
  }

  /** Memory is given back in slices either way; the arguments are checked all the same. */
  private static void checkMode(Request request) {
    boolean valid =
        request.count() == 1
            || (request.count() == 2 && (request.is(1, "ASYNC") || request.is(1, "SYNC")));
    if (!valid) {
      throw Errors.SYNTAX;
    }
  }

  private static void size(Request request, Reply reply) {
    Database database = Database.of(request);
    Overview overview = Overview.of(database.keyspace());
    if (overview == null) {
      reply.integer(SeenKeys.count(database));
      return;
    }
    int number = database.number();
    overview.gather(
        request,
        reply,
        each -> each.keys(number),
        (counts, to) -> to.integer(counts.stream().mapToLong(Long::longValue).sum()));
  }

  private static void flush(
      Overview overview, int first, int databases, Request request, Reply reply) {
    overview.gather(
        request,
        reply,
        each -> {
          for (int number = first; number < first + databases; number++) {
            each.flush(number);
          }
          return each;
        },
        (all, to) -> to.ok());
  }

  private static void flushDatabase(Request request, Reply reply) {
    checkMode(request);
    Database database = Database.of(request);
    Overview overview = Overview.of(database.keyspace());
    if (overview == null) {
      database.keyspace().effects().whole().flushed(database.number());
      WholeDatabase.flush(database);
      reply.ok();
    } else {
      flush(overview, database.number(), 1, request, reply);
    }
  }

  private static void flushAll(Request request, Reply reply) {
    checkMode(request);
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    Overview overview = Overview.of(keyspace);
    if (overview == null) {
      keyspace.effects().whole().flushedAll(request.client().database());
      keyspace.databases().flush();
      reply.ok();
    } else {
      flush(overview, 0, keyspace.databases().count(), request, reply);
    }
  }

  private static void swap(Request request, Reply reply) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    if (keyspace.slotRules() != null) {
      throw CommandException.error("SWAPDB is not allowed in cluster mode");
    }
    if (Overview.of(keyspace) != null) {
      throw CommandException.error("SWAPDB is for a deployment's own clients");
    }
    long first = request.integer(1, Integer.MIN_VALUE, Integer.MAX_VALUE, BAD_FIRST);
    long second = request.integer(2, Integer.MIN_VALUE, Integer.MAX_VALUE, BAD_SECOND);
    int one = keyspace.databases().checked(first);
    int other = keyspace.databases().checked(second);
    keyspace.databases().swap(one, other);
    keyspace.effects().whole().swapped(one, other);
    reply.ok();
  }

  /** In a script or a transaction the time stands still, in milliseconds. */
  private static void time(Request request, Reply reply) {
    boolean still = !Database.of(request).keyspace().mayBlock(request.client());
    Instant now = still ? Instant.ofEpochMilli(request.now()) : Instant.now();
    reply.array(2);
    reply.bulkInteger(now.getEpochSecond());
    reply.bulkInteger(now.getNano() / 1000);
  }
}
