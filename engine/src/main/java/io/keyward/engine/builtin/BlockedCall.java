package io.keyward.engine.builtin;

import io.keyward.engine.Client;
import io.keyward.engine.Loop;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A command that waits for one of its keys, to be executed again when one is ready. */
public final class BlockedCall {
  /** What a request and its waiting take beside the arguments. */
  private static final long REQUEST = 320;

  private static final long ARGUMENT = 2 * Integer.BYTES;

  /** A key that is waited for, beside its bytes: it stands in a map, with a set of its own. */
  private static final long KEY = 280;

  private final Request request;
  private final Database database;
  private final Type type;
  private final List<Key> keys;
  private final List<BlockedClients> places;
  private final Consumer<Reply> timeoutReply;
  private final boolean evenIfGone;
  private final boolean silent;
  private Loop.@Nullable Timer timer;
  private boolean done;

  BlockedCall(
      Request request,
      Database database,
      Type type,
      List<Key> keys,
      List<BlockedClients> places,
      Consumer<Reply> timeoutReply,
      boolean evenIfGone) {
    this.request = request;
    this.database = database;
    this.type = type;
    this.keys = keys;
    this.places = places;
    this.timeoutReply = timeoutReply;
    this.evenIfGone = evenIfGone;
    silent = request.client().silenced();
  }

  Client client() {
    return request.client();
  }

  Request request() {
    return request;
  }

  Database database() {
    return database;
  }

  /** The type of value that the command waits for. */
  Type type() {
    return type;
  }

  /** Whether the command is executed again also when a key has gone. */
  boolean evenIfGone() {
    return evenIfGone;
  }

  /** The keys, each by its name in the database that holds it. */
  List<Key> keys() {
    return keys;
  }

  /** Bytes of memory that the waiting takes. */
  long memory() {
    long bytes = REQUEST + request.totalLength() + request.count() * ARGUMENT;
    for (Key key : keys) {
      bytes += KEY + key.bytes().length;
    }
    return bytes;
  }

  /** For each of the keys, those who wait for keys of the database that holds it. */
  List<BlockedClients> places() {
    return places;
  }

  /** Where the reply goes: to the client, or nowhere if it wants none to this command. */
  Reply reply() {
    return silent ? new Reply() : client().reply();
  }

  /** Writes what the client gets when its time is up. */
  void writeTimeout() {
    timeoutReply.accept(reply());
  }

  void timer(Loop.Timer started) {
    timer = started;
  }

  /** Whether the waiting has an end. */
  boolean ends() {
    return timer != null;
  }

  boolean done() {
    return done;
  }

  void finish() {
    done = true;
    Loop.Timer running = timer;
    if (running != null) {
      running.cancel();
    }
  }
}
