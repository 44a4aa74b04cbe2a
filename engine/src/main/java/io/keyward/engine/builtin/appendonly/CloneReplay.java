package io.keyward.engine.builtin.appendonly;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.KeyStates;
import io.keyward.engine.builtin.KeyspaceClone;
import io.keyward.engine.builtin.propagation.WholeKeyspace;
import io.keyward.engine.command.CommandTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * Makes a clone again that a file tells of, when all before it has been done. The two keyspaces may
 * live on different loops now; then each key goes over as a RESTORE.
 */
final class CloneReplay {
  private final CommandTable table;
  private final BuiltinKeyspace source;
  private final BuiltinKeyspace heir;

  CloneReplay(CommandTable table, BuiltinKeyspace source, BuiltinKeyspace heir) {
    this.table = table;
    this.source = source;
    this.heir = heir;
  }

  /** Whether a command says that a keyspace holds what another one does. */
  static boolean isClone(Request request) {
    return request.command().name().equals("eval")
        && request.count() > 5
        && request.text(1).equals(WholeKeyspace.CLONE);
  }

  /** The prefix of the keyspace that such a command takes the keys from. */
  static String sourceOf(Request request) {
    return WholeKeyspace.prefixOf(
        new String(request.bytes(), request.offset(4), request.length(4), StandardCharsets.UTF_8));
  }

  void run(ReplayQueue queueOfHeir, Replayed.Spare spare, long offset) throws InterruptedException {
    if (source.home() == heir.home()) {
      var _ = on(heir.home(), () -> KeyspaceClone.make(source, heir));
      return;
    }
    KeyStates states = on(source.home(), () -> new KeyStates(source));
    boolean more = true;
    while (more) {
      List<State> some = new ArrayList<>();
      more =
          on(
              source.home(),
              () ->
                  states.next(
                      (database, key, expiry, payload) ->
                          some.add(new State(database, restore(key, expiry, payload)))));
      for (State state : some) {
        Replayed command = spare.take();
        fill(command.request(), state.words);
        var _ = queueOfHeir.add(command.of(heir, state.database, offset));
      }
    }
  }

  /** A RESTORE, and the number of the database that it is for. */
  private static final class State {
    final int database;
    final byte[][] words;

    State(int database, byte[][] words) {
      this.database = database;
      this.words = words;
    }
  }

  private static byte[][] restore(byte[] key, long expiry, byte[] payload) {
    return new byte[][] {
      ascii("RESTORE"),
      key,
      ascii(Long.toString(expiry)),
      payload,
      ascii("REPLACE"),
      ascii("ABSTTL")
    };
  }

  private void fill(Request request, byte[][] words) {
    int total = 0;
    for (byte[] word : words) {
      total += word.length;
    }
    byte[] bytes = new byte[total];
    request.begin(bytes);
    int at = 0;
    for (byte[] word : words) {
      System.arraycopy(word, 0, bytes, at, word.length);
      request.add(at, word.length);
      at += word.length;
    }
    request.command(Objects.requireNonNull(table.find(request)));
  }

  private static byte[] ascii(String word) {
    return word.getBytes(StandardCharsets.US_ASCII);
  }

  private static <T> T on(Home home, Supplier<T> task) throws InterruptedException {
    CompletableFuture<T> done = new CompletableFuture<>();
    home.loop()
        .execute(
            () -> {
              try {
                done.complete(task.get());
              } catch (RuntimeException | Error defect) {
                done.completeExceptionally(defect);
              }
            });
    try {
      return done.get();
    } catch (ExecutionException failed) {
      throw new IllegalStateException(failed.getCause());
    }
  }
}
