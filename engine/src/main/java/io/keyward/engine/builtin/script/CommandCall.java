package io.keyward.engine.builtin.script;

import io.keyward.config.tenant.Limit;
import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.RequestSize;
import io.keyward.engine.RequestSize.Excess;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.ClientState;
import io.keyward.engine.builtin.Limits;
import io.keyward.engine.builtin.RunningScript;
import io.keyward.engine.builtin.SlotRules;
import io.keyward.engine.builtin.acl.AccessLog.Context;
import io.keyward.engine.builtin.acl.Denial;
import io.keyward.engine.builtin.script.lua.LuaError;
import io.keyward.engine.builtin.script.lua.LuaState;
import io.keyward.engine.builtin.script.lua.LuaString;
import io.keyward.engine.builtin.script.lua.LuaTable;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandFlag;
import io.keyward.engine.text.Numbers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * {@code redis.call} and {@code redis.pcall}: executes a command for a script.
 *
 * <p>Arguments are laid into one buffer that is used again and again, the reply into another.
 */
final class CommandCall {
  private static final int KEPT_BYTES = 64 * 1024;
  private static final double LEAST_EXACT = -4503599627370495.0;
  private static final double MOST_EXACT = 4503599627370496.0;

  private final BuiltinKeyspace keyspace;
  private final LuaState state;
  private final ReplyReader reader;
  private final Reply reply = new Reply();
  private final Request request = new Request();
  private final Client client;
  private byte[] buffer = new byte[1024];
  private int used;

  private boolean readOnly;
  private boolean allowOutOfMemory;
  private boolean outOfMemory;
  private boolean mayCrossSlots;
  private int slot;
  private @Nullable RunningScript script;

  CommandCall(BuiltinKeyspace keyspace, LuaState state) {
    this.keyspace = keyspace;
    this.state = state;
    this.reader = new ReplyReader(state);
    this.client = keyspace.members().internal(reply);
  }

  /** Prepares for the commands of one script, which is run for a client. */
  void begin(
      RunningScript running,
      boolean forbidsWrites,
      boolean allowsOutOfMemory,
      boolean atLimit,
      boolean crossesSlots) {
    Request outer = running.request();
    script = running;
    Client caller = outer.client();
    client.database(caller.database());
    keyspace.members().logIn(client, ClientState.of(caller).user());
    client.operator(caller.operator());
    client.noTouch(caller.noTouch());
    reply.resp3(false);
    request.now(outer.now());
    readOnly = forbidsWrites;
    allowOutOfMemory = allowsOutOfMemory;
    outOfMemory = atLimit;
    mayCrossSlots = crossesSlots;
    SlotRules rules = keyspace.slotRules();
    slot = rules == null ? SlotRules.NONE : rules.slot(outer);
  }

  void resp3(boolean on) {
    reply.resp3(on);
  }

  boolean resp3() {
    return reply.resp3();
  }

  @Nullable Object call(@Nullable Object[] arguments, boolean raise) {
    Object result = answer(arguments);
    if (raise && result instanceof LuaTable table && ScriptErrors.line(table) != null) {
      throw LuaError.of(table);
    }
    return result;
  }

  private @Nullable Object answer(@Nullable Object[] arguments) {
    String refusal = lay(arguments);
    if (refusal != null) {
      return ScriptErrors.of(state, refusal);
    }
    Command command = find(request);
    CommandException refused = check(command);
    if (refused != null || command == null) {
      CommandException error =
          refused == null ? CommandException.error("Unknown Redis command") : refused;
      keyspace.executor().refusals().refuseInScript(command, error);
      return ScriptErrors.counted(state, LuaString.of(error.line()));
    }
    RunningScript running = script;
    if (command.write() && running != null) {
      running.noteWrite();
    }
    try {
      keyspace.executor().callFromScript(request, reply, command);
      return reader.read(reply);
    } finally {
      if (reply.bytes().length > KEPT_BYTES) {
        reply.clear();
      } else {
        reply.truncate(0);
      }
    }
  }

  /** The declaration of the command that a request names, subcommands included, or null. */
  @Nullable Command find(Request named) {
    return keyspace.table().findWhole(named);
  }

  /** The command that arguments name, or null. */
  @Nullable Command find(@Nullable Object[] arguments) {
    String refusal = lay(arguments);
    if (refusal != null) {
      throw LuaError.of(ScriptErrors.of(state, refusal));
    }
    return find(request);
  }

  /**
   * Whether the user for whom the script runs may execute a command, or null if there is no such
   * command.
   */
  @Nullable Boolean allowed(@Nullable Object[] arguments) {
    Command command = find(arguments);
    return command == null
        ? null
        : keyspace.access().check(ClientState.of(client).user(), request, command) == null;
  }

  private @Nullable CommandException check(@Nullable Command command) {
    if (command == null) {
      return CommandException.error("Unknown Redis command called from script");
    }
    if (!command.accepts(request.count())) {
      return CommandException.error("Wrong number of args calling Redis command from script");
    }
    if (command.has(CommandFlag.NOSCRIPT) && !keyspace.home().scriptsMayCallAll()) {
      return CommandException.error("This Redis command is not allowed from script");
    }
    request.command(command);
    request.client(client);
    Denial denial = keyspace.executor().denial(request, ClientState.of(client), Context.LUA);
    if (denial != null) {
      return CommandException.error("ACL failure in script: " + denial.text(command));
    }
    if (readOnly && (command.write() || command.has(CommandFlag.MAY_REPLICATE))) {
      return CommandException.error("Write commands are not allowed from read-only scripts.");
    }
    CommandException refusal = keyspace.home().writeRefusals().present();
    if (refusal != null && command.write() && keyspace.effects().refusedWithFiles()) {
      return refusal;
    }
    if (outOfMemory
        && !allowOutOfMemory
        && !hasWritten()
        && command.denyOutOfMemory()
        && !keyspace.home().memoryLimit().spares(keyspace, request, command)) {
      return Errors.OUT_OF_MEMORY;
    }
    Limits limits = keyspace.limits();
    RequestSize most = limits == null ? null : limits.requestSize();
    if (limits != null && most != null && most.excess(request) == Excess.ARGUMENT) {
      return limits.refusal(Limit.MAX_VALUE);
    }
    if (limits != null && command.mayMakeKeys()) {
      CommandException full = limits.keysFull(request, command);
      if (full != null) {
        return full;
      }
    }
    SlotRules rules = keyspace.slotRules();
    return rules == null ? null : checkSlot(rules, command);
  }

  private @Nullable CommandException checkSlot(SlotRules rules, Command command) {
    try {
      slot = rules.slotInScript(request, command, slot, mayCrossSlots);
      return null;
    } catch (CommandException refusal) {
      return refusal;
    }
  }

  private boolean hasWritten() {
    RunningScript running = script;
    return running != null && running.hasWritten();
  }

  /** Lays the arguments into the request; tells what is wrong with them, or null. */
  private @Nullable String lay(@Nullable Object[] arguments) {
    if (arguments.length == 0) {
      return "Please specify at least one argument for this redis lib call";
    }
    used = 0;
    request.begin(buffer);
    for (Object argument : arguments) {
      int from = used;
      if (argument instanceof LuaString text) {
        ensure(text.length());
        System.arraycopy(text.bytes(), 0, buffer, used, text.length());
        used += text.length();
      } else if (argument instanceof Double number) {
        ensure(Numbers.MAX_DOUBLE_LENGTH);
        used += text(number);
      } else {
        return "Lua redis lib command arguments must be strings or integers";
      }
      request.add(from, used - from);
    }
    return null;
  }

  private int text(double number) {
    long whole = (long) number;
    return whole == number && number > LEAST_EXACT && number < MOST_EXACT
        ? Numbers.formatInteger(whole, buffer, used)
        : Numbers.formatDouble(number, buffer, used);
  }

  private void ensure(int more) {
    if (buffer.length - used < more) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, used + more));
      request.rebase(buffer, 0);
    }
  }

  /** Gives back what a large command has taken. */
  void end() {
    script = null;
    if (buffer.length > KEPT_BYTES) {
      buffer = new byte[1024];
      request.begin(buffer);
    }
    request.trim();
  }
}
