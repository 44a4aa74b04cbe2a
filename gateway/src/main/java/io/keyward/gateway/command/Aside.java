package io.keyward.gateway.command;

import io.keyward.engine.Client;
import io.keyward.engine.Client.ReplyMode;
import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Work that waits for a disk, done beside the event loop while its client is blocked.
 *
 * <p>Inside a transaction nothing may wait, so there it is done at once.
 */
final class Aside {
  private Aside() {}

  /** Does the work and answers OK, or the error that it returns. */
  static void run(Request request, Reply reply, Supplier<@Nullable CommandException> work) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    Client client = request.client();
    if (!keyspace.mayBlock(client)) {
      CommandException failure = work.get();
      if (failure != null) {
        throw failure;
      }
      reply.ok();
      return;
    }
    client.blocked(true);
    Thread.ofVirtual()
        .name("keyward-aside")
        .start(
            () -> {
              CommandException failure = work.get();
              keyspace.loop().execute(() -> answer(client, failure));
            });
  }

  private static void answer(Client client, @Nullable CommandException failure) {
    if (client.keyspace() == null) {
      return;
    }
    client.blocked(false);
    if (client.replyMode() != ReplyMode.OFF) {
      if (failure == null) {
        client.reply().ok();
      } else {
        client.reply().error(failure.line());
      }
    }
    client.connection().flushSoon();
    client.connection().resume();
  }
}
