package io.keyward.engine.builtin;

import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.acl.AccessLog.Context;
import io.keyward.engine.builtin.acl.Denial;
import io.keyward.engine.builtin.observation.Observation;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandFlag;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a command may be executed now, by this client.
 *
 * <p>The checks come in Redis's order, so that a client sees the same error first.
 */
final class Admission {
  private final BuiltinKeyspace keyspace;
  private final Observation observation;
  private final @Nullable SlotRules slotRules;
  private final Home home;
  private final Slices slices;

  Admission(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
    this.observation = keyspace.observation();
    this.slotRules = keyspace.slotRules();
    this.home = keyspace.home();
    this.slices = keyspace.slices();
  }

  /** Why a command that has been resolved is refused, or null if it is not. */
  @Nullable CommandException check(
      Request request, Command command, Client client, ClientState state) {
    if (!client.authenticated() && !command.has(CommandFlag.NO_AUTH) && !keyspace.access().open()) {
      return Errors.NOT_AUTHENTICATED;
    }
    if (command.serverWide() && !client.operator()) {
      return Errors.notPermitted(client, command.fullName());
    }
    boolean queues = state.transaction() != null;
    if (queues && command.has(CommandFlag.NO_MULTI)) {
      return CommandException.error("Command not allowed inside a transaction");
    }
    Denial denial = denial(request, state, queues ? Context.MULTI : Context.TOPLEVEL);
    if (denial != null) {
      return new CommandException("NOPERM " + denial.text(command));
    }
    if (slotRules != null) {
      CommandException elsewhere = checkSlots(slotRules, request, command, state);
      if (elsewhere != null) {
        return elsewhere;
      }
    }
    if (home.loading() && !command.has(CommandFlag.LOADING)) {
      return Errors.LOADING;
    }
    boolean busy = slices.busy();
    if (busy && !command.has(CommandFlag.ALLOW_BUSY)) {
      CommandException answer = slices.answer();
      if (answer != null) {
        return answer;
      }
    }
    if (!busy && keyspace.tracker() != null) {
      tellOfEvictions(client);
    }
    if (!busy && needsMemory(command, queues) && !makeRoomFor(request, command)) {
      return Errors.OUT_OF_MEMORY;
    }
    Limits limits = keyspace.limits();
    if (limits != null && !busy && command.mayMakeKeys()) {
      CommandException full = limits.keysFull(request, command);
      if (full != null) {
        return full;
      }
    }
    if (state.replica() && command.touchesData()) {
      return Errors.REPLICA_TOUCHES_DATA;
    }
    CommandException refusal = home.writeRefusals().present();
    if (refusal != null
        && keyspace.effects().refusedWithFiles()
        && (changes(command, state)
            || (command.has(CommandFlag.REFUSED_WITH_WRITES)
                && !refusal.equals(Errors.TOO_FEW_REPLICAS)))) {
      return refusal;
    }
    if (state.subscriptions() > 0
        && !request.client().reply().resp3()
        && !command.has(CommandFlag.WHILE_SUBSCRIBED)) {
      return CommandException.error(
          "Can't execute '"
              + command.fullName()
              + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in"
              + " this context");
    }
    return null;
  }

  /** What a transaction gathers takes memory, too, whatever the command. */
  private static boolean needsMemory(Command command, boolean queues) {
    return command.denyOutOfMemory() || (queues && !command.has(CommandFlag.NOT_QUEUED));
  }

  /** A transaction over several slots is dropped; of one that gathers the command is refused. */
  private static @Nullable CommandException checkSlots(
      SlotRules rules, Request request, Command command, ClientState state) {
    Transaction gathered = command.has(CommandFlag.EXECUTES_QUEUE) ? state.transaction() : null;
    CommandException refusal = rules.refusal(request, command, gathered);
    if (refusal != null && gathered != null) {
      state.endTransaction();
      gathered.end();
    }
    return refusal;
  }

  /** Who keeps copies of keys learns of what is evicted before its next reply, whatever that is. */
  private void tellOfEvictions(Client client) {
    long began = evictionBegins();
    boolean _ = home.memoryLimit().makeRoom(keyspace);
    evictionEnds(began);
    if (!client.silenced()) {
      keyspace.pushes().send(client.reply());
    }
  }

  /**
   * What the client's user may not do of a request that has been resolved; it is noted then.
   *
   * @return null if the user may execute it
   */
  @Nullable Denial denial(Request request, ClientState state, Context context) {
    Denial denial = keyspace.access().check(state.user(), request, request.command());
    if (denial != null) {
      StringBuilder client = new StringBuilder();
      ClientText.append(client, keyspace.acting(request.client()), request);
      keyspace.access().note(denial, context, request, client.toString());
    }
    return denial;
  }

  private static boolean changes(Command command, ClientState state) {
    Transaction transaction = state.transaction();
    return command.write()
        || (transaction != null
            && command.has(CommandFlag.EXECUTES_QUEUE)
            && transaction.changes());
  }

  private boolean makeRoomFor(Request request, Command command) {
    long began = evictionBegins();
    boolean fits = home.memoryLimit().makeRoomFor(keyspace, request, command);
    evictionEnds(began);
    return fits;
  }

  /** When an eviction begins that LATENCY is to know of; 0 if none does. */
  private long evictionBegins() {
    boolean told = observation.watchesLatency() && !home.memoryLimit().kept(keyspace);
    return told ? System.nanoTime() : 0;
  }

  private void evictionEnds(long began) {
    if (began != 0) {
      observation.event(Observation.EVICTION_CYCLE, System.nanoTime() - began);
    }
  }

  /**
   * Whether a call changes data or lets a script change it, so that CLIENT PAUSE WRITE holds it.
   */
  boolean writes(Request request, Command command, @Nullable Transaction transaction) {
    if (transaction == null || !command.has(CommandFlag.EXECUTES_QUEUE)) {
      return mayWrite(request, command);
    }
    for (Request queued : transaction.queue()) {
      if (mayWrite(queued, queued.command())) {
        return true;
      }
    }
    return false;
  }

  private boolean mayWrite(Request request, Command command) {
    request.store(keyspace.databases().at(request.client().database()));
    return command.mayWrite(request);
  }
}
