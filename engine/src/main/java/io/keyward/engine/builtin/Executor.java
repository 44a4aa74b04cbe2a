package io.keyward.engine.builtin;

import io.keyward.engine.Client;
import io.keyward.engine.Client.ReplyMode;
import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.Turns;
import io.keyward.engine.builtin.acl.AccessLog.Context;
import io.keyward.engine.builtin.acl.Denial;
import io.keyward.engine.builtin.observation.Observation;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandFlag;
import io.keyward.engine.command.CommandTable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a command through a keyspace: found, checked, queued or held back or executed,
 * counted.
 */
public final class Executor {
  private static final Logger log = LoggerFactory.getLogger(Executor.class);

  /** Bytes from which on it is looked whether there is memory for them. */
  private static final long MUCH = 1024 * 1024;

  private static final CommandException TOO_LONG =
      new CommandException("OOM no memory for arguments so long");

  private final BuiltinKeyspace keyspace;
  private final CommandTable table;
  private final Observation observation;
  private final Effects effects;
  private final Admission admission;
  private final Pause pause;
  private final Slices slices;
  private final Refusals refusals;
  private @Nullable Elsewhere elsewhere;
  private long now;

  /** When the last command ended, on {@link #clock}. */
  private long nanos;

  /** How long commands have been suspended, which is no time of theirs. */
  private long away;

  private long burstBegan;

  Executor(BuiltinKeyspace keyspace, CommandTable table) {
    this.keyspace = keyspace;
    this.table = table;
    this.observation = keyspace.observation();
    this.effects = keyspace.effects();
    this.admission = new Admission(keyspace);
    this.pause = keyspace.pause();
    this.slices = keyspace.slices();
    refusals = new Refusals(keyspace, this);
  }

  /** What executes commands on other homes, or null. */
  @Nullable Elsewhere elsewhere() {
    return elsewhere;
  }

  /** Has some commands executed on other homes. */
  public void elsewhere(Elsewhere other) {
    elsewhere = other;
  }

  /** What is answered in place of executing a request. */
  public Refusals refusals() {
    return refusals;
  }

  void beginBurst() {
    now = System.currentTimeMillis();
    nanos = clock();
    burstBegan = nanos;
  }

  boolean turnIsOver() {
    return nanos - burstBegan > Turns.BURST_NANOS;
  }

  /** A client has been answered whose request has not been executed. */
  void answered() {
    nanos = clock();
  }

  private long clock() {
    return System.nanoTime() - away;
  }

  /** A command goes on that has been suspended for so many nanoseconds. */
  void resumed(long suspended) {
    away += suspended;
    nanos = clock();
  }

  /** Counts time as the running command's own in which others had their turn. */
  public void slept(long duration) {
    away -= duration;
  }

  void endBurst() {
    now = 0;
  }

  void execute(Request request, Reply reply) {
    Client client = request.client();
    ReplyMode mode = client.replyMode();
    if (mode == ReplyMode.ON) {
      decide(request, reply, client);
      return;
    }
    if (mode == ReplyMode.SKIP_NEXT) {
      client.replyMode(ReplyMode.ON);
    }
    client.silenced(true);
    int mark = reply.openMark();
    decide(request, reply, client);
    if (client.turn() == Client.Turn.WAITS) {
      client.replyMode(mode);
    }
    if (!slices.silencesLater(client, mark)) {
      unsilence(client, reply, mark);
    }
  }

  /** Drops the reply of a client that wants none, from a position on. */
  static void unsilence(Client client, Reply reply, int from) {
    reply.closeMark();
    if (client.silenced()) {
      client.silenced(false);
      reply.truncate(from);
    }
  }

  private void decide(Request request, Reply reply, Client client) {
    request.now(now == 0 ? System.currentTimeMillis() : now);
    Command command;
    try {
      command = request.hasPieces() ? resolveLong(request) : table.resolve(request);
    } catch (CommandException refusal) {
      refusals.refuse(client, reply, refusal);
      return;
    }
    client.lastCommand(command.fullName());
    if (!command.accepts(request.count())) {
      refusals.reject(client, reply, command, Errors.wrongArity(command.fullName()));
      return;
    }
    ClientState state = ClientState.of(client);
    CommandException refusal = admission.check(request, command, client, state);
    if (refusal != null) {
      refusals.reject(client, reply, command, refusal);
      return;
    }
    try {
      if (isPutOff(request, reply, command, state)) {
        return;
      }
    } catch (OutOfMemoryError full) {
      log.warn("There is no memory to keep {}", command.fullName());
      refusals.refuse(client, reply, Errors.NO_MEMORY);
      return;
    }
    Elsewhere other = elsewhere;
    if (other != null && other.takes(request, reply)) {
      nanos = clock();
      return;
    }
    call(request, reply, command);
  }

  /** Keeps a request that is not to be executed now; false if it is. */
  private boolean isPutOff(Request request, Reply reply, Command command, ClientState state) {
    if (slices.busy() && !command.has(CommandFlag.ALLOW_BUSY)) {
      slices.hold(request);
      return true;
    }
    Transaction transaction = state.transaction();
    if (pause.scope() != Pause.Scope.NOTHING
        && !request.client().internal()
        && pause.holds(admission.writes(request, command, transaction))) {
      pause.hold(request);
      return true;
    }
    if (transaction != null && !command.has(CommandFlag.NOT_QUEUED)) {
      transaction.add(request);
      reply.simple("QUEUED");
      nanos = clock();
      return true;
    }
    return false;
  }

  /** Finds the declaration for a request that has arguments in pieces, and joins what it must. */
  private Command resolveLong(Request request) {
    Command command =
        request.pieces(0) == null && request.pieces(1) == null ? table.findWhole(request) : null;
    if (command == null || !command.takesPieces(request)) {
      long bytes = request.totalLength();
      if (bytes > MUCH && !keyspace.clientMemory().hasRoom(bytes)) {
        throw TOO_LONG;
      }
      try {
        request.join();
      } catch (OutOfMemoryError full) {
        throw TOO_LONG;
      }
    }
    return table.resolve(request);
  }

  /** Executes a request that has been resolved and checked, and counts it. */
  public void call(Request request, Reply reply, Command command) {
    // What a script does between its commands is its own time.
    long start = request.client().internal() ? clock() : nanos;
    observation.begins(request, command);
    if ((command.inSlices() || request.count() > Slices.MANY_ARGUMENTS)
        && slices.mayBegin(request.client())) {
      slices.begin(request.client(), reply, () -> perform(request, reply, command, start));
      return;
    }
    Statistics statistics = keyspace.statistics();
    long hits = statistics.hits();
    long misses = statistics.misses();
    try {
      perform(request, reply, command, start);
    } catch (BeginInSlices again) {
      statistics.takeBackLookUps(hits, misses);
      slices.begin(request.client(), reply, () -> perform(request, reply, command, start));
    }
  }

  private void perform(Request request, Reply reply, Command command, long start) {
    run(request, reply, command);
    end(request, command, start);
    observation.ran(request, command);
    if (request.hasPieces()) {
      request.dropPieces();
    }
  }

  private void run(Request request, Reply reply, Command command) {
    // What goes of itself while a command reads is no part of what that command does.
    if (effects.wanted() && !command.withoutEffects()) {
      runRecorded(request, reply, command);
    } else {
      boolean _ = handle(request, reply, command);
    }
  }

  /** Executes a command and writes what it has done, with what happened on the way, as one unit. */
  private void runRecorded(Request request, Reply reply, Command command) {
    int mark = reply.length();
    long written = reply.written();
    long before = keyspace.changesByCommands();
    long bytes = keyspace.home().usedBytes();
    effects.beginUnit();
    try {
      effects.reserve(request, command);
      if (handle(request, reply, command)) {
        effects.ran(request, command, keyspace.changesByCommands() - before);
      } else {
        // A part of it may have been done: that no log tells.
        boolean some =
            keyspace.changesByCommands() != before || keyspace.home().usedBytes() != bytes;
        effects.brokeOff(command.write() && some);
      }
    } catch (OutOfMemoryError full) {
      effects.brokeOff(
          keyspace.changesByCommands() != before || keyspace.home().usedBytes() != bytes);
      noMemory(request, reply, mark, written, command);
    } finally {
      effects.endUnit();
    }
  }

  /**
   * Executes a command of a file or a replication stream for the keyspace's own client: neither
   * checked nor counted, and at a time at which nothing expires.
   *
   * @throws OutOfMemoryError if it could not be executed for want of memory
   */
  public void replay(Request request, Reply reply, Command command) {
    request.now(BuiltinKeyspace.REPLAY_TIME);
    if (!handle(request, reply, command)) {
      throw new OutOfMemoryError("no memory for the data that is to be loaded");
    }
  }

  /** Returns false if memory has run out, so that a part of it may have been done. */
  private boolean handle(Request request, Reply reply, Command command) {
    boolean whole = true;
    int mark = reply.length();
    long before = reply.written();
    request.store(keyspace.databases().at(request.client().database()));
    try {
      command.handler().execute(request, reply);
      keyspace.unfinished().changed();
    } catch (CommandException answer) {
      fail(request, reply, mark, before, answer);
    } catch (OutOfMemoryError full) {
      whole = false;
      keyspace.freeUnfinished();
      noMemory(request, reply, mark, before, command);
    } catch (RuntimeException | StackOverflowError defect) {
      log.error("{} failed", command.fullName(), defect);
      fail(request, reply, mark, before, CommandException.error("internal error"));
    }
    KeyTracker tracker = keyspace.tracker();
    if (tracker != null && command.readOnly()) {
      tracker.read(request, command);
    }
    return whole;
  }

  private void noMemory(Request request, Reply reply, int mark, long before, Command command) {
    log.warn("{} needs more memory than there is", command.fullName());
    fail(request, reply, mark, before, Errors.NO_MEMORY);
    if (reply.written() - before != reply.length() - mark) {
      // A part of the reply has been sent, which nothing can follow.
      request.client().connection().abort();
    }
  }

  private void end(Request request, Command command, long start) {
    nanos = clock();
    if (request.client().blocked()) {
      settle(request, command, nanos - start);
    } else {
      count(request, command, nanos - start);
    }
  }

  /**
   * What the client's user may not do of a request that has been resolved; it is noted then.
   *
   * @return null if the user may execute it
   */
  public @Nullable Denial denial(Request request, ClientState state, Context context) {
    return admission.denial(request, state, context);
  }

  /** Executes a command of a transaction, unless its user may no longer do so. */
  public void callQueued(Request request, Reply reply) {
    ClientState state = ClientState.of(request.client());
    Denial denial = denial(request, state, Context.MULTI);
    if (denial == null) {
      Statistics statistics = keyspace.statistics();
      long before = statistics.nanos(request.command());
      call(request, reply, request.command());
      long took = statistics.nanos(request.command()) - before;
      statistics.inTransaction(took);
      keyspace.home().busy(-took);
    } else {
      refusals.refuse(
          request.client(), reply, new CommandException("NOPERM " + denial.textWhenExecuted()));
    }
  }

  /** Executes a command that a script calls, resolved and checked. */
  public void callFromScript(Request request, Reply reply, Command command) {
    Statistics statistics = keyspace.statistics();
    long before = statistics.nanos(command);
    call(request, reply, command);
    // The script's own time holds it as well.
    long took = statistics.nanos(command) - before;
    statistics.inScript(took);
    keyspace.home().busy(-took);
  }

  /**
   * Executes the command of a client that has been waiting once more, unless its user may no longer
   * do so.
   */
  void again(Request request, Reply reply) {
    ClientState state = ClientState.of(request.client());
    Denial denial = denial(request, state, Context.TOPLEVEL);
    if (denial != null) {
      state.takeSpent();
      keyspace.statistics().rejected(request.command());
      refusals.refuse(
          request.client(),
          reply,
          new CommandException("NOPERM " + denial.text(request.command())));
      return;
    }
    long start = clock();
    slices.undivided(() -> run(request, reply, request.command()));
    end(request, request.command(), start);
  }

  private void settle(Request request, Command command, long took) {
    ClientState state = ClientState.of(request.client());
    state.spend(took);
    if (!state.unfinished()) {
      count(request, command, state.takeSpent());
    }
  }

  private void count(Request request, Command command, long took) {
    keyspace.statistics().called(command, took);
    keyspace.home().busy(took);
    observation.finished(request, command, took);
  }

  /** Counts a command that its handler left unfinished and that took so many nanoseconds more. */
  public void finish(Request request, long took) {
    ClientState state = ClientState.of(request.client());
    state.unfinished(false);
    count(request, request.command(), state.takeSpent() + took);
  }

  /** Ends a command that its handler left unfinished with an error. */
  public void abandon(Request request, Reply reply, CommandException answer) {
    fail(request, reply, reply.length(), reply.written(), answer);
    finish(request, 0);
  }

  private void fail(Request request, Reply reply, int mark, long before, CommandException answer) {
    if (reply.written() - before == reply.length() - mark) {
      reply.truncate(mark);
    }
    reply.closeMarks(request.client().silenced() ? 1 : 0);
    keyspace.statistics().failed(request.command());
    if (!answer.isCounted()) {
      refusals.count(answer);
    }
    reply.error(answer.line());
  }
}
