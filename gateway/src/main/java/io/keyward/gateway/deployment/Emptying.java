package io.keyward.gateway.deployment;

import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.script.FunctionTexts;
import io.keyward.gateway.server.Server;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

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

  /**
   * Refuses to empty a keyspace while the files would not be told of it: a restart would bring its
   * keys back.
   */
  void check(String prefix) throws DeploymentException {
    BuiltinKeyspace keyspace = server.engine().find(prefix);
    if (keyspace != null) {
      CompletableFuture<Void> asked = new CompletableFuture<>();
      keyspace.loop().execute(() -> completeUnlessRefused(asked, keyspace, () -> {}));
      await(asked);
    }
  }

  /** Why the keys and functions of a keyspace cannot be freed now, or null; on its loop. */
  static @Nullable DeploymentException refusal(BuiltinKeyspace keyspace) {
    CommandException refusal = keyspace.home().writeRefusals().present();
    boolean refused = refusal != null && keyspace.effects().refusedWithFiles();
    boolean empty = keyspace.databases().keys() == 0 && FunctionTexts.of(keyspace).isEmpty();
    return refusal == null || !refused || empty
        ? null
        : new DeploymentException(
            DeploymentException.Kind.REFUSED, "writes are refused now: " + refusal.line());
  }

  private static void completeUnlessRefused(
      CompletableFuture<Void> done, BuiltinKeyspace keyspace, Runnable work) {
    DeploymentException refusal = refusal(keyspace);
    if (refusal == null) {
      work.run();
      done.complete(null);
    } else {
      done.completeExceptionally(refusal);
    }
  }

  /** Takes a keyspace away with all that it holds; returns when nobody can find it any more. */
  void drop(String prefix) throws DeploymentException {
    BuiltinKeyspace keyspace = server.engine().find(prefix);
    if (keyspace == null) {
      return;
    }
    CompletableFuture<Void> empty = new CompletableFuture<>();
    Runnable flush = () -> completeUnlessRefused(empty, keyspace, () -> flush(keyspace));
    keyspace.loop().execute(() -> whenIdle(keyspace, flush));
    await(empty);
    boolean _ = server.engine().drop(prefix);
    // Behind the end of the keyspace, and behind what its loop hands over to the files.
    CompletableFuture<Void> ended = new CompletableFuture<>();
    Runnable behind =
        () -> keyspace.loop().execute(() -> whenSafe(keyspace.home(), () -> ended.complete(null)));
    keyspace.loop().execute(() -> whenIdle(keyspace, behind));
    await(ended);
  }

  /** Frees keys and functions of a keyspace. */
  static void flush(BuiltinKeyspace keyspace) {
    var _ = execute(keyspace, "FLUSHALL");
    if (!FunctionTexts.of(keyspace).isEmpty()) {
      var _ = execute(keyspace, "FUNCTION", "FLUSH");
    }
  }

  /** Runs a task when no command is in the middle of the keyspace, its own or another's. */
  private static void whenIdle(BuiltinKeyspace keyspace, Runnable task) {
    if (keyspace.slices().busy()) {
      var _ = keyspace.loop().schedule(1, () -> whenIdle(keyspace, task));
    } else {
      task.run();
    }
  }

  /**
   * Runs a task when files have what a home has done so far, or the disk refuses it; on its loop.
   */
  static void whenSafe(Home home, Runnable task) {
    whenSafe(home, home.effects().position(), task);
  }

  private static void whenSafe(Home home, long position, Runnable task) {
    if (home.effects().gate().awaitsSafety(position)) {
      var _ = home.loop().schedule(1, () -> whenSafe(home, position, task));
    } else {
      task.run();
    }
  }

  static @Nullable String execute(BuiltinKeyspace keyspace, String... words) {
    byte[][] bytes = new byte[words.length][];
    for (int i = 0; i < words.length; i++) {
      bytes[i] = words[i].getBytes(StandardCharsets.US_ASCII);
    }
    return execute(keyspace, bytes);
  }

  /**
   * Executes a command in a keyspace on the gateway's own behalf, on its loop.
   *
   * @return the error that it is answered with, or null
   */
  static @Nullable String execute(BuiltinKeyspace keyspace, byte[]... words) {
    Client client = keyspace.members().internal(new Reply());
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] word : words) {
      all.writeBytes(word);
    }
    Request request = new Request();
    request.begin(all.toByteArray());
    int at = 0;
    for (byte[] word : words) {
      request.add(at, word.length);
      at += word.length;
    }
    request.client(client);
    keyspace.beginBurst();
    keyspace.execute(request, client.reply());
    keyspace.endBurst();
    Reply reply = client.reply();
    boolean failed = reply.length() > 0 && reply.bytes()[0] == '-';
    return failed
        ? new String(reply.bytes(), 1, reply.length() - 1, StandardCharsets.UTF_8).strip()
        : null;
  }

  private static void await(CompletableFuture<Void> done) throws DeploymentException {
    try {
      done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DeploymentException(DeploymentException.Kind.FAILED, "interrupted");
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof DeploymentException refused) {
        throw refused;
      }
      throw new IllegalStateException(failed);
    } catch (TimeoutException late) {
      throw new DeploymentException(
          DeploymentException.Kind.FAILED, "the deployment's event loop does not come to it");
    }
  }
}
