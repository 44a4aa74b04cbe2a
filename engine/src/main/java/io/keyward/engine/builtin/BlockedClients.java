package io.keyward.engine.builtin;

import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The clients that wait for keys of one database, in the order in which they came.
 *
 * <p>A blocking command that finds nothing calls {@link #block} and returns. When one of its keys
 * has been changed and holds a value of the type that it waits for, the command is executed again
 * after the command that made the change: it either replies, or calls {@link #block} again and
 * keeps its place.
 */
public final class BlockedClients {
  private static final CommandException UNBLOCKED =
      new CommandException("UNBLOCKED client unblocked via CLIENT UNBLOCK");

  private final Database database;
  private final Map<Key, Set<BlockedCall>> waiting = new HashMap<>();
  private final LinkedHashSet<Key> ready = new LinkedHashSet<>();
  private @Nullable BlockedCall retried;

  BlockedClients(Database database) {
    this.database = database;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** How many clients wait for the key of an entry of this database. */
  int waitingFor(Entry entry) {
    if (waiting.isEmpty()) {
      return 0;
    }
    Set<BlockedCall> calls =
        waiting.get(Key.copyOf(entry.bytes(), entry.keyOffset(), entry.keyLength()));
    return calls == null ? 0 : calls.size();
  }

  /** For how many keys somebody waits who also wants to know that they have gone. */
  public int keysEvenIfGone() {
    int found = 0;
    for (Set<BlockedCall> calls : waiting.values()) {
      if (calls.stream().anyMatch(BlockedCall::evenIfGone)) {
        found++;
      }
    }
    return found;
  }

  /** How many keys are waited for. */
  public int keys() {
    return waiting.size();
  }

  /**
   * Lets the request's client wait for keys; in a transaction or a script, where nobody may wait,
   * the reply is that of a timeout.
   *
   * @param keyArguments the positions of the keys
   * @param timeoutMillis 0 for no end
   * @param timeoutReply writes the reply for when the time is up
   */
  public void block(
      Request request,
      Reply reply,
      Type type,
      int[] keyArguments,
      long timeoutMillis,
      Consumer<Reply> timeoutReply) {
    block(request, reply, type, keyArguments, timeoutMillis, timeoutReply, false);
  }

  /**
   * As the other, but with {@code evenIfGone} the command is also executed again when one of its
   * keys has been removed or holds something else, so that it can say so.
   */
  public void block(
      Request request,
      Reply reply,
      Type type,
      int[] keyArguments,
      long timeoutMillis,
      Consumer<Reply> timeoutReply,
      boolean evenIfGone) {
    BuiltinKeyspace keyspace = database.keyspace();
    if (retried != null && retried.client() == request.client()) {
      ClientState.of(request.client()).unfinished(true);
      return;
    }
    if (!keyspace.mayBlock(request.client())) {
      timeoutReply.accept(reply);
      return;
    }
    Limits limits = keyspace.limits();
    if (limits != null) {
      limits.blocking();
    }
    List<Key> keys = new ArrayList<>(keyArguments.length);
    List<BlockedClients> places = new ArrayList<>(keyArguments.length);
    GlobalName name = new GlobalName(database);
    for (int argument : keyArguments) {
      Slices.step(request);
      name.of(database, request.bytes(), request.offset(argument), request.length(argument));
      keys.add(name.key());
      places.add(name.holder().blocked());
    }
    Client client = request.client();
    BlockedCall call =
        new BlockedCall(request.copy(), database, type, keys, places, timeoutReply, evenIfGone);
    for (int i = 0; i < keys.size(); i++) {
      // Nobody is served in the middle, as the keyspace is busy.
      Slices.step(request);
      places.get(i).waiting.computeIfAbsent(keys.get(i), k -> new LinkedHashSet<>()).add(call);
    }
    client.blocked(true);
    ClientState.of(client).unfinished(true);
    ClientState.of(client).blockedCall(call);
    keyspace.waiting().count(1);
    if (timeoutMillis > 0) {
      call.timer(keyspace.home().loop().schedule(timeoutMillis, () -> timeOut(call)));
    }
  }

  private void timeOut(BlockedCall call) {
    if (!call.done()) {
      call.writeTimeout();
      database.keyspace().executor().finish(call.request(), 0);
      end(call);
    }
  }

  /**
   * Ends a client's waiting by CLIENT UNBLOCK: as if its time were up, or with an error.
   *
   * @return whether the client was waiting
   */
  public static boolean unblock(Client client, boolean withError) {
    return unblock(client, withError ? UNBLOCKED : null);
  }

  /**
   * Ends a client's waiting with an error, or as if its time were up.
   *
   * @return whether the client was waiting
   */
  public static boolean unblock(Client client, @Nullable CommandException error) {
    BlockedCall call = ClientState.of(client).blockedCall();
    if (call == null) {
      return false;
    }
    Executor executor = call.database().keyspace().executor();
    if (error != null) {
      executor.abandon(call.request(), call.reply(), error);
    } else {
      call.writeTimeout();
      executor.finish(call.request(), 0);
    }
    call.database().blocked().end(call);
    return true;
  }

  /** Whether a client waits for keys. */
  public static boolean waits(Client client) {
    return ClientState.of(client).blockedCall() != null;
  }

  /** Forgets what a client that leaves was waiting for. */
  static void forget(Client client) {
    BlockedCall call = ClientState.of(client).blockedCall();
    if (call != null) {
      call.database().blocked().remove(call);
    }
  }

  private void end(BlockedCall call) {
    remove(call);
    call.client().connection().flushSoon();
    call.client().connection().resume();
  }

  private void remove(BlockedCall call) {
    call.finish();
    for (int i = 0; i < call.keys().size(); i++) {
      call.places().get(i).remove(call.keys().get(i), call);
    }
    Client client = call.client();
    client.blocked(false);
    ClientState.of(client).blockedCall(null);
    database.keyspace().waiting().count(-1);
  }

  private void remove(Key key, BlockedCall call) {
    Set<BlockedCall> calls = waiting.get(key);
    if (calls != null) {
      calls.remove(call);
      if (calls.isEmpty()) {
        waiting.remove(key);
      }
    }
  }

  /** A key that somebody may wait for has been changed. */
  void ready(byte[] bytes, int offset, int length) {
    Key key = Key.copyOf(bytes, offset, length);
    if (waiting.containsKey(key) && ready.add(key)) {
      database.keyspace().waiting().keysReady();
    }
  }

  /** Any key may have been changed. */
  void allReady() {
    if (!waiting.isEmpty()) {
      ready.addAll(waiting.keySet());
      database.keyspace().waiting().keysReady();
    }
  }

  /** Executes the waiting commands of keys that have been changed. */
  void serve(long now) {
    Set<Key> later = Set.of();
    while (!ready.isEmpty()) {
      Key key = ready.removeFirst();
      Set<BlockedCall> calls = waiting.get(key);
      if (calls == null) {
        continue;
      }
      for (BlockedCall call : List.copyOf(calls)) {
        if (call.done() || !(call.evenIfGone() || holds(key, call.type(), now))) {
          continue;
        }
        if (call.database().keyspace().slices().busy()) {
          later = later.isEmpty() ? new LinkedHashSet<>() : later;
          later.add(key);
          call.database().keyspace().slices().whenIdle(this::serveLater);
        } else {
          call.database().blocked().retry(call, now);
          settle(call.database().keyspace(), now);
        }
      }
    }
    ready.addAll(later);
  }

  /**
   * Serves who waits for keys of this keyspace in another one that was in the middle of a command.
   */
  private void serveLater() {
    Waiting all = database.keyspace().waiting();
    all.keysReady();
    all.serve(System.currentTimeMillis());
  }

  /** A command of another keyspace has been executed out of its turn. */
  private void settle(BuiltinKeyspace served, long now) {
    if (served != database.keyspace()) {
      served.waiting().serve(now);
      served.settleSoon();
    }
  }

  private boolean holds(Key key, Type type, long now) {
    Entry found = database.locate(key.bytes(), 0, key.bytes().length, database.newView());
    return found != null && !found.expired(now) && found.type() == type;
  }

  private void retry(BlockedCall call, long now) {
    Request request = call.request();
    ClientState state = ClientState.of(call.client());
    request.now(now);
    retried = call;
    state.unfinished(false);
    try {
      database.keyspace().executeAgain(request, call.reply());
    } finally {
      retried = null;
    }
    if (!state.unfinished()) {
      end(call);
    }
  }
}
