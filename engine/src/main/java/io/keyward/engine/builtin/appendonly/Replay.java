package io.keyward.engine.builtin.appendonly;

import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.FunctionNames;
import io.keyward.engine.builtin.WholeDatabase;
import io.keyward.engine.builtin.propagation.WholeKeyspace;
import io.keyward.engine.builtin.script.FunctionTexts;
import io.keyward.engine.command.Command;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Does again what a file or a stream tells, to the keyspaces of one home, on its loop. */
final class Replay {
  private final Map<BuiltinKeyspace, Client> clients = new HashMap<>();
  private final Reply reply = new Reply(new OneArray());

  /** Gives a single reply the same array each time. */
  private static final class OneArray implements Reply.Buffers {
    private final byte[] array = new byte[4096];

    @Override
    public byte[] take() {
      return array;
    }

    @Override
    public void giveBack(byte[] buffer) {}
  }

  /**
   * Executes a command that has been taken to its keyspace.
   *
   * @param database the number of the database that the stream has selected
   * @param place where it stands in all that is read
   * @return what the command answered, if that was an error
   */
  @Nullable String apply(BuiltinKeyspace keyspace, int database, Request request, long place) {
    Command command = request.command();
    try {
      boolean done =
          switch (command.fullName()) {
            case "eval" ->
                wholeKeyspace(keyspace, database, request)
                    || libraryOfItsOwn(keyspace, request, place);
            case "function|load" -> {
              loadLibrary(keyspace, request, place);
              yield true;
            }
            case "function|delete" -> {
              deleteLibrary(keyspace, request, place);
              yield true;
            }
            default -> false;
          };
      if (done) {
        return null;
      }
    } catch (CommandException refusal) {
      return refusal.line();
    }
    Client client = clientOf(keyspace);
    client.database(database);
    request.client(client);
    keyspace.executor().replay(request, reply, command);
    String error = null;
    if (reply.length() > 0 && reply.bytes()[0] == '-') {
      error = new String(reply.bytes(), 1, reply.length() - 3, StandardCharsets.ISO_8859_1);
    }
    reply.clear();
    return error;
  }

  private Client clientOf(BuiltinKeyspace keyspace) {
    Client known = clients.get(keyspace);
    if (known == null) {
      known = keyspace.members().internal(reply);
      clients.put(keyspace, known);
    }
    return known;
  }

  /** Does what a script stands for that has an effect on a library of a keyspace's functions. */
  private static boolean libraryOfItsOwn(BuiltinKeyspace keyspace, Request request, long place) {
    String text = request.text(1);
    if (text.equals(WholeKeyspace.LOAD_LIBRARY)) {
      FunctionTexts.load(keyspace, request.copyOf(3), true, false, place);
      return true;
    }
    if (text.equals(WholeKeyspace.DELETE_LIBRARY)) {
      boolean _ = FunctionTexts.delete(keyspace, request.text(3));
      return true;
    }
    return false;
  }

  /** Loads a library that a Redis which reads the file has too, whatever order loops come in. */
  private static void loadLibrary(BuiltinKeyspace keyspace, Request request, long place) {
    int last = request.count() - 1;
    boolean replace = last == 3 && request.is(2, "REPLACE");
    FunctionTexts.load(keyspace, request.copyOf(last), replace, true, place);
  }

  /** Deletes one that it has no longer either. */
  private static void deleteLibrary(BuiltinKeyspace keyspace, Request request, long place) {
    String name = request.text(2);
    keyspace.home().functionNames().read(name, null, place);
    if (!FunctionTexts.delete(keyspace, name)) {
      throw CommandException.error("Library not found");
    }
  }

  /** Takes it that a Redis which reads the file does this, though it is no keyspace's. */
  static void everywhere(FunctionNames names, Request request, long place) {
    int last = request.count() - 1;
    if (request.command().fullName().equals("function|load")) {
      FunctionTexts.everywhere(names, request.copyOf(last), place);
    } else {
      names.read(request.text(last), null, place);
    }
  }

  /** Does what a script stands for that has an effect on all keys of a keyspace. */
  private static boolean wholeKeyspace(BuiltinKeyspace keyspace, int database, Request request) {
    String text = request.text(1);
    if (text.equals(WholeKeyspace.FLUSH)) {
      Database flushed = keyspace.databases().ifUsed(database);
      if (flushed != null) {
        WholeDatabase.flush(flushed);
      }
      return true;
    }
    if (text.equals(WholeKeyspace.SWAP)) {
      keyspace
          .databases()
          .swap(
              keyspace.databases().checked(request.integer(4)),
              keyspace.databases().checked(request.integer(5)));
      return true;
    }
    return false;
  }
}
