package io.keyward.engine.builtin;

import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Work that waits for a disk, done beside the event loop while its client is blocked.
 *
 * <p>Inside a transaction nothing may wait, so there it is done at once.
 */
public final class Aside {
  private Aside() {}

  /** Does the work and answers OK, or the error that it returns. */
  public static void run(Request request, Reply reply, Supplier<@Nullable CommandException> work) {
    run(
        request,
        reply,
        work,
        (failure, to) -> {
          if (failure != null) {
            throw failure;
          }
          to.ok();
        });
  }

  /**
   * Does the work, and then on the loop what its result asks for.
   *
   * @param answer writes the reply, or throws a {@link CommandException}; it is called even if the
   *     client has gone
   */
  public static <T extends @Nullable Object> void run(
      Request request, Reply reply, Supplier<T> work, BiConsumer<T, Reply> answer) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    Client client = request.client();
    if (!keyspace.mayBlock(client)) {
      answer.accept(work.get(), reply);
      return;
    }
    boolean silent = client.silenced();
    client.blocked(true);
    Thread.ofVirtual()
        .name("keyward-aside")
        .start(
            () -> {
              T result = work.get();
              keyspace.loop().execute(() -> finish(client, silent, result, answer));
            });
  }

  /**
   * As the other, but the answer touches data, so that it waits until no command is in the middle;
   * not where nothing may wait.
   */
  public static <T extends @Nullable Object> void runOnData(
      Request request, Supplier<T> work, BiConsumer<T, Reply> answer) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    Client client = request.client();
    boolean silent = client.silenced();
    client.blocked(true);
    Thread.ofVirtual()
        .name("keyward-aside")
        .start(
            () -> {
              T result = work.get();
              keyspace
                  .loop()
                  .execute(
                      () ->
                          keyspace.slices().whenIdle(() -> finish(client, silent, result, answer)));
            });
  }

  private static <T extends @Nullable Object> void finish(
      Client client, boolean silent, T result, BiConsumer<T, Reply> answer) {
    boolean shown = client.keyspace() != null && !silent;
    Reply reply = shown ? client.reply() : new Reply();
    try {
      answer.accept(result, reply);
    } catch (CommandException failure) {
      reply.error(failure.line());
    }
    if (client.keyspace() != null) {
      client.blocked(false);
      client.connection().flushSoon();
      client.connection().resume();
    }
  }
}
