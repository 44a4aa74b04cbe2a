package io.keyward.engine.builtin.appendonly;

import io.keyward.engine.CommandException;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.memory.KeyHash;
import io.keyward.engine.builtin.propagation.WholeKeyspace;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes a command of the global view to the keyspace that it concerns: from the key {@code
 * <prefix>::key} to the keyspace and {@code key}.
 */
final class GlobalView {
  private static final CommandException NO_KEYSPACE =
      CommandException.error("it names a key that belongs to no deployment");
  private static final CommandException SEVERAL =
      CommandException.error("it names keys of several deployments");
  private static final CommandException UNKNOWN =
      CommandException.error("there is no such command");

  private final CommandTable table;
  private final Residents residents;
  private String lastPrefix = "";
  private byte[] lastPrefixBytes = {};
  private @Nullable BuiltinKeyspace last;
  private @Nullable BuiltinKeyspace found;
  private final IntConsumer stripping = this::strip;
  private Request entering = new Request();
  private long keyHash;

  GlobalView(CommandTable table, Residents residents) {
    this.table = table;
    this.residents = residents;
  }

  /**
   * Resolves the request's command.
   *
   * @throws CommandException if there is none, or the arguments are too few or too many
   */
  Command resolve(Request request) {
    Command command = table.find(request);
    if (command != null && !command.subcommands().isEmpty() && request.count() > 1) {
      command =
          CommandTable.findSubcommand(
              command, request.bytes(), request.offset(1), request.length(1));
    }
    if (command == null || !command.accepts(request.count())) {
      throw UNKNOWN;
    }
    request.command(command);
    return command;
  }

  /**
   * The keyspace that a resolved request concerns; its keys lose their prefixes.
   *
   * @param note what stands before the command in the file
   * @throws CommandException if there is not exactly one
   */
  BuiltinKeyspace enter(Request request, @Nullable String note) {
    found = null;
    entering = request;
    request.command().keys(request, stripping);
    BuiltinKeyspace named = found;
    if (named == null) {
      String prefix = note == null ? null : WholeKeyspace.noted(note);
      named = residents.of(prefix == null ? "" : prefix);
    }
    if (named == null) {
      throw NO_KEYSPACE;
    }
    return named;
  }

  /** The hash of the first key of the request that has been entered last, if it has any. */
  long keyHash() {
    return keyHash;
  }

  private void strip(int position) {
    Request request = entering;
    byte[] bytes = request.bytes();
    int from = request.offset(position);
    int length = request.length(position);
    int colons = colons(bytes, from, length);
    BuiltinKeyspace owner = colons < 0 ? null : named(bytes, from, colons - from);
    if (owner != null) {
      request.cut(position, colons + 2 - from);
    } else {
      owner = residents.of("");
    }
    if (owner == null) {
      throw NO_KEYSPACE;
    }
    if (found == null) {
      keyHash = KeyHash.hash(bytes, request.offset(position), request.length(position));
    } else if (found != owner) {
      throw SEVERAL;
    }
    found = owner;
  }

  /** Where the first double colon stands, or -1. */
  private static int colons(byte[] bytes, int from, int length) {
    for (int i = from; i + 1 < from + length; i++) {
      if (bytes[i] == ':' && bytes[i + 1] == ':') {
        return i;
      }
    }
    return -1;
  }

  private @Nullable BuiltinKeyspace named(byte[] bytes, int offset, int length) {
    boolean same =
        length == lastPrefixBytes.length
            && Arrays.equals(
                bytes, offset, offset + length, lastPrefixBytes, 0, lastPrefixBytes.length);
    if (!same) {
      lastPrefix = new String(bytes, offset, length, StandardCharsets.UTF_8);
      lastPrefixBytes = Arrays.copyOfRange(bytes, offset, offset + length);
      last = null;
    }
    if (last == null) {
      last = residents.of(lastPrefix);
    }
    return lastPrefixBytes.length == 0 ? null : last;
  }
}
