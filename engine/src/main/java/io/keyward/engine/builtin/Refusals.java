package io.keyward.engine.builtin;

import io.keyward.engine.Client;
import io.keyward.engine.Client.ReplyMode;
import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandFlag;
import org.jspecify.annotations.Nullable;

/**
 * What clients of a keyspace are answered whose requests are not executed, what becomes of their
 * transactions then, and how often which error has been sent.
 */
public final class Refusals {
  /** The code of errors that have none of their own. */
  private static final String GENERAL = "ERR ";

  private final BuiltinKeyspace keyspace;
  private final Executor executor;
  private final ErrorCounts counts = new ErrorCounts();

  Refusals(BuiltinKeyspace keyspace, Executor executor) {
    this.keyspace = keyspace;
    this.executor = executor;
  }

  /** How often each error code has been sent. */
  public ErrorCounts counts() {
    return counts;
  }

  /** Counts an error that a client is sent. */
  void count(CommandException error) {
    keyspace.statistics().error();
    counts.count(error.line());
  }

  /**
   * Refuses a command that there is, and with EXEC the transaction; EXEC says that even without
   * one, but not for keys in several slots.
   */
  void reject(Client client, Reply reply, Command command, CommandException refusal) {
    keyspace.statistics().rejected(command);
    if (command.has(CommandFlag.EXECUTES_QUEUE) && refusal != SlotRules.CROSS_SLOT) {
      String line = refusal.line();
      abort(client, reply, line.startsWith(GENERAL) ? line.substring(GENERAL.length()) : line);
    } else {
      refuse(client, reply, refusal);
    }
  }

  private void abort(Client client, Reply reply, String reason) {
    refuse(
        client,
        reply,
        new CommandException("EXECABORT Transaction discarded because of: " + reason));
    ClientState state = ClientState.of(client);
    Transaction transaction = state.transaction();
    if (transaction != null) {
      state.endTransaction();
      transaction.end();
    }
  }

  /** Answers a request that is not looked at, since it is beyond a limit of the keyspace. */
  public void turnAway(Client client, CommandException refusal) {
    ReplyMode mode = client.replyMode();
    Reply reply = client.reply();
    int mark = reply.openMark();
    refuse(client, reply, refusal);
    reply.closeMark();
    if (mode != ReplyMode.ON) {
      reply.truncate(mark);
    }
    if (mode == ReplyMode.SKIP_NEXT) {
      client.replyMode(ReplyMode.ON);
    }
  }

  /** Answers an error, after which a transaction cannot be executed any more. */
  void refuse(Client client, Reply reply, CommandException refusal) {
    Transaction transaction = ClientState.of(client).transaction();
    if (transaction != null) {
      transaction.spoil();
    }
    count(refusal);
    reply.error(refusal.line());
    executor.answered();
  }

  /** Counts a command that a script may not execute. */
  public void refuseInScript(@Nullable Command command, CommandException refusal) {
    if (command != null) {
      keyspace.statistics().rejected(command);
    }
    count(refusal);
  }
}
