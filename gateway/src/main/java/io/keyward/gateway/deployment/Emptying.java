package io.keyward.gateway.deployment;

import io.keyward.engine.Client;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.gateway.server.Server;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Frees all that a keyspace holds, in memory in slices, and in the files, which are told so before
 * the keyspace is taken away: else one made anew on another loop might be told first.
 */
final class Emptying {
  private static final long PATIENCE_SECONDS = 60;

  private final Server server;

  Emptying(Server server) {
    this.server = server;
  }

  /** Takes a keyspace away with all that it holds; returns when nobody can find it any more. */
  void drop(String prefix) throws DeploymentException {
    BuiltinKeyspace keyspace = server.engine().find(prefix);
    if (keyspace == null) {
      return;
    }
    CompletableFuture<Void> empty = new CompletableFuture<>();
    keyspace
        .loop()
        .execute(
            () ->
                keyspace
                    .slices()
                    .whenIdle(
                        () -> {
                          execute(keyspace, "FUNCTION", "FLUSH");
                          execute(keyspace, "FLUSHALL");
                          empty.complete(null);
                        }));
    await(empty);
    boolean _ = server.engine().drop(prefix);
    // Behind the end of the keyspace, and behind what its loop hands over to the files.
    CompletableFuture<Void> ended = new CompletableFuture<>();
    keyspace
        .loop()
        .execute(
            () ->
                keyspace
                    .slices()
                    .whenIdle(() -> keyspace.loop().execute(() -> ended.complete(null))));
    await(ended);
  }

  private static void execute(BuiltinKeyspace keyspace, String... words) {
    Client client = keyspace.members().internal(new Reply());
    Request request = new Request();
    request.begin(String.join("", words).getBytes(StandardCharsets.US_ASCII));
    int at = 0;
    for (String word : words) {
      request.add(at, word.length());
      at += word.length();
    }
    request.client(client);
    keyspace.beginBurst();
    keyspace.execute(request, client.reply());
    keyspace.endBurst();
  }

  private static void await(CompletableFuture<Void> done) throws DeploymentException {
    try {
      done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DeploymentException(DeploymentException.Kind.FAILED, "interrupted");
    } catch (ExecutionException | TimeoutException late) {
      throw new DeploymentException(
          DeploymentException.Kind.FAILED, "the deployment's event loop does not come to it");
    }
  }
}
