package io.keyward.engine.builtin.transaction;

import static io.keyward.engine.command.CommandFlag.ALLOW_BUSY;
import static io.keyward.engine.command.CommandFlag.EXECUTES_QUEUE;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.NOT_QUEUED;
import static io.keyward.engine.command.CommandFlag.SKIP_SLOWLOG;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandGroup.TRANSACTIONS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.ClientState;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Limits;
import io.keyward.engine.builtin.MemoryLimit;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Transaction;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;

/** MULTI, EXEC, DISCARD, WATCH and UNWATCH. */
public final class TransactionCommands {
  private static final CommandException NESTED =
      CommandException.error("MULTI calls can not be nested");
  private static final CommandException EXEC_WITHOUT_MULTI =
      CommandException.error("EXEC without MULTI");
  private static final CommandException DISCARD_WITHOUT_MULTI =
      CommandException.error("DISCARD without MULTI");
  private static final CommandException WATCH_INSIDE_MULTI =
      CommandException.error("WATCH inside MULTI is not allowed");
  private static final CommandException ABORTED_FOR_MEMORY =
      new CommandException(
          "EXECABORT Transaction discarded because of: " + Errors.OUT_OF_MEMORY.line());

  private TransactionCommands() {}

  public static void declare(CommandTable table) {
    table.add(
        Command.named("multi", TRANSACTIONS)
            .since("1.2.0")
            .summary("Begins a transaction: the commands that follow are queued.")
            .complexity("O(1)")
            .arity(1)
            .flags(NOSCRIPT, LOADING, STALE, FAST, ALLOW_BUSY, NOT_QUEUED)
            .handler(TransactionCommands::multi));
    table.add(
        Command.named("exec", TRANSACTIONS)
            .since("1.2.0")
            .summary("Executes the queued commands, unless a watched key has changed.")
            .complexity("Depends on commands in the transaction")
            .arity(1)
            .flags(NOSCRIPT, LOADING, STALE, SKIP_SLOWLOG, NOT_QUEUED, EXECUTES_QUEUE)
            .runsInSlices()
            .handler(TransactionCommands::exec));
    table.add(
        Command.named("discard", TRANSACTIONS)
            .since("2.0.0")
            .summary("Drops the queued commands and ends the transaction.")
            .complexity("O(N), when N is the number of queued commands")
            .arity(1)
            .flags(NOSCRIPT, LOADING, STALE, FAST, ALLOW_BUSY, NOT_QUEUED)
            .handler(TransactionCommands::discard));
    table.add(
        Command.named("watch", TRANSACTIONS)
            .since("2.2.0")
            .summary("Lets the next EXEC fail if one of the keys has changed by then.")
            .complexity("O(1) for every key.")
            .syntax("key [key ...]")
            .arity(-2)
            .flags(NOSCRIPT, LOADING, STALE, FAST, ALLOW_BUSY, NOT_QUEUED)
            .keys(1, -1, 1, RO)
            .handler(TransactionCommands::watch));
    table.add(
        Command.named("unwatch", TRANSACTIONS)
            .since("2.2.0")
            .summary("Forgets every watched key.")
            .complexity("O(1)")
            .arity(1)
            .flags(NOSCRIPT, LOADING, STALE, FAST, ALLOW_BUSY)
            .handler(TransactionCommands::unwatch));
  }

  private static void multi(Request request, Reply reply) {
    ClientState state = ClientState.of(request.client());
    if (state.transaction() != null) {
      throw NESTED;
    }
    state.transaction(new Transaction());
    reply.ok();
  }

  private static void exec(Request request, Reply reply) {
    ClientState state = ClientState.of(request.client());
    Transaction transaction = state.transaction();
    if (transaction == null) {
      throw EXEC_WITHOUT_MULTI;
    }
    boolean changed = state.watcher().changed(request.now());
    state.endTransaction();
    try {
      execute(request, reply, transaction, changed);
    } finally {
      transaction.end();
    }
  }

  private static boolean hasRoom(BuiltinKeyspace keyspace, Transaction transaction) {
    MemoryLimit limit = keyspace.home().memoryLimit();
    return transaction.queue().stream()
        .filter(queued -> queued.command().denyOutOfMemory())
        .allMatch(queued -> limit.makeRoomFor(keyspace, queued, queued.command()));
  }

  private static void execute(
      Request request, Reply reply, Transaction transaction, boolean changed) {
    if (transaction.spoiled()) {
      throw Errors.EXECUTION_ABORTED;
    }
    if (changed) {
      reply.nothingArray();
      return;
    }
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    if (transaction.needsMemory() && !hasRoom(keyspace, transaction)) {
      throw ABORTED_FOR_MEMORY;
    }
    Limits limits = keyspace.limits();
    CommandException full = limits == null ? null : limits.keysFull(transaction.queue());
    if (full != null) {
      throw new CommandException("EXECABORT Transaction discarded because of: " + full.line());
    }
    if (keyspace.effects().wanted()) {
      keyspace.effects().endUnitSoFar();
    }
    reply.array(transaction.queue().size());
    keyspace.atomically(
        () -> {
          for (Request queued : transaction.queue()) {
            queued.now(request.now());
            keyspace.executor().callQueued(queued, reply);
            keyspace.slices().longStep();
          }
        });
    keyspace.statistics().transactionEnded();
  }

  private static void discard(Request request, Reply reply) {
    ClientState state = ClientState.of(request.client());
    Transaction transaction = state.transaction();
    if (transaction == null) {
      throw DISCARD_WITHOUT_MULTI;
    }
    state.endTransaction();
    transaction.end();
    reply.ok();
  }

  private static void watch(Request request, Reply reply) {
    ClientState state = ClientState.of(request.client());
    if (state.transaction() != null) {
      throw WATCH_INSIDE_MULTI;
    }
    Database database = Database.of(request);
    for (int i = 1; i < request.count(); i++) {
      Slices.step(request);
      state
          .watcher()
          .watch(database, request.bytes(), request.offset(i), request.length(i), request.now());
    }
    reply.ok();
  }

  private static void unwatch(Request request, Reply reply) {
    ClientState.of(request.client()).watcher().clear();
    reply.ok();
  }
}
