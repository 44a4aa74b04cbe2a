package io.keyward.engine.builtin.debug;

import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.SteadyTime;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.ClientState;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Pause;
import io.keyward.engine.builtin.Slices;

/**
 * DEBUG SLEEP: for a time the keyspace seems to do nothing.
 *
 * <p>The event loop goes on for other keyspaces: the commands of this one are held back as by
 * CLIENT PAUSE, and the client that asked gets its reply at the end.
 */
final class Sleep {
  private static final double LONGEST_SECONDS = 3600;
  private static final CommandException NOT_HERE =
      CommandException.error("DEBUG SLEEP is not possible inside this transaction or script");

  private Sleep() {}

  static void run(Request request, Reply reply) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    Client client = request.client();
    double seconds = request.number(2);
    if (seconds < 0 || seconds > LONGEST_SECONDS) {
      throw Errors.OUT_OF_RANGE;
    }
    long milliseconds = Math.max(1, Math.round(seconds * 1000));
    if (!keyspace.mayBlock(client)) {
      keyspace.executor().slept(pass(milliseconds, keyspace.slices()));
      reply.ok();
      return;
    }
    client.blocked(true);
    ClientState.of(client).unfinished(true);
    Request asked = request.copy();
    long start = System.nanoTime();
    keyspace.pause().begin(Pause.Scope.EVERYTHING, SteadyTime.millis() + milliseconds);
    keyspace.loop().schedule(milliseconds, () -> wake(asked, start));
  }

  /** In a transaction or script the sleep is work that does nothing but give others their turn. */
  private static long pass(long milliseconds, Slices slices) {
    long end = System.nanoTime() + milliseconds * 1_000_000;
    long passed = 0;
    while (System.nanoTime() < end) {
      long once = slices.pause();
      if (once == 0) {
        throw NOT_HERE;
      }
      passed += once;
    }
    return passed;
  }

  private static void wake(Request request, long start) {
    Client client = request.client();
    if (!(client.keyspace() instanceof BuiltinKeyspace keyspace)) {
      return;
    }
    client.reply().ok();
    keyspace.executor().finish(request, System.nanoTime() - start);
    client.blocked(false);
    client.connection().flushSoon();
    client.connection().resume();
  }
}
