package io.keyward.engine.builtin;

import io.keyward.engine.CommandException;
import io.keyward.engine.Request;
import io.keyward.engine.command.ChannelSpec;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.HashSlot;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a node of a cluster refuses although it owns every slot: requests, transactions and scripts
 * whose keys, or channels of sharded publishing, are in several slots.
 */
public final class SlotRules {
  /** The slot of what has no key. */
  public static final int NONE = -1;

  private static final int SEVERAL = -2;
  static final CommandException CROSS_SLOT =
      new CommandException("CROSSSLOT Keys in request don't hash to the same slot");
  private static final CommandException CROSS_SLOT_IN_CALL =
      CommandException.error("Script attempted to access a non local key in a cluster node");
  private static final CommandException CROSS_SLOT_IN_SCRIPT =
      CommandException.error("Script attempted to access keys that do not hash to the same slot");

  private final IntConsumer visitor = this::visit;
  private @Nullable Request visited;
  private int slot;

  SlotRules() {}

  private void visit(int argument) {
    Request request = visited;
    if (request != null) {
      int found = HashSlot.of(request.bytes(), request.offset(argument), request.length(argument));
      slot = slot == NONE || slot == found ? found : SEVERAL;
    }
  }

  private void visitKeys(Request request, Command command) {
    visited = request;
    try {
      command.keys(request, visitor);
      ChannelSpec channels = command.channels();
      // Only sharded channels are among what a cluster client routes by.
      if (channels != null && !command.keySpecs().isEmpty()) {
        for (int at = channels.first(); at < channels.end(request.count()); at++) {
          visit(at);
        }
      }
    } catch (CommandException malformed) {
      // The command itself is going to say what is wrong with its arguments.
    } finally {
      visited = null;
    }
  }

  /** Why a request may not be executed, or null; {@code gathered} is what EXEC would execute. */
  @Nullable CommandException refusal(
      Request request, Command command, @Nullable Transaction gathered) {
    slot = NONE;
    visitKeys(request, command);
    if (gathered != null) {
      for (Request queued : gathered.queue()) {
        visitKeys(queued, queued.command());
      }
    }
    return slot == SEVERAL ? CROSS_SLOT : null;
  }

  /** The slot of a request that has not been refused. */
  public int slot(Request request) {
    slot = NONE;
    visitKeys(request, request.command());
    return slot;
  }

  /**
   * The slot of a command that a script calls.
   *
   * @param before the slot of what the script has named or called so far
   * @param mayCross whether each of its commands may have a slot of its own
   * @return the slot that counts from now on
   * @throws CommandException if the script may not execute the command
   */
  public int slotInScript(Request request, Command command, int before, boolean mayCross) {
    slot = NONE;
    visitKeys(request, command);
    if (slot == SEVERAL) {
      throw CROSS_SLOT_IN_CALL;
    }
    if (slot == NONE || mayCross) {
      return before;
    }
    if (before != NONE && before != slot) {
      throw CROSS_SLOT_IN_SCRIPT;
    }
    return slot;
  }
}
