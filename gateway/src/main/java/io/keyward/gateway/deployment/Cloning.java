package io.keyward.gateway.deployment;

import io.keyward.config.directive.Directive;
import io.keyward.config.tenant.Limit;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.KeyspaceClone;
import io.keyward.engine.builtin.script.FunctionTexts;
import io.keyward.gateway.deployment.DeploymentException.Kind;
import io.keyward.gateway.server.Server;
import io.keyward.tenancy.Deployment;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Makes one deployment hold what another one holds, functions included, at one instant. */
final class Cloning {
  private static final long PATIENCE_SECONDS = 60;
  private static final long LOOK_AGAIN_MILLIS = 20;

  private final Server server;
  private final Reports reports;
  private final Emptying emptying;
  private final Farewell farewell;
  private volatile @Nullable KeyspaceClone running;

  Cloning(Server server, Reports reports, Emptying emptying, Farewell farewell) {
    this.server = server;
    this.reports = reports;
    this.emptying = emptying;
    this.farewell = farewell;
  }

  /**
   * Begins: when this returns the target answers as a copy.
   *
   * @param replace whether the target may hold keys, which are gone then
   * @return completed when every key has been copied
   */
  CompletableFuture<KeyspaceClone> begin(Deployment from, Deployment to, boolean replace)
      throws DeploymentException, InterruptedException {
    if (from.equals(to)) {
      throw new DeploymentException(Kind.INVALID, "source and target are the same deployment");
    }
    if (!from.tenantName().equals(to.tenantName())) {
      throw new DeploymentException(Kind.REFUSED, "the two belong to different tenants");
    }
    if (!replace && reports.contents(to).keys() > 0) {
      throw hasKeys();
    }
    checkRoom(from, to);
    takeTurn();
    boolean begun = false;
    try {
      BuiltinKeyspace source = server.engine().open(from.prefix());
      BuiltinKeyspace target = beside(source.home(), to);
      CompletableFuture<KeyspaceClone> done = new CompletableFuture<>();
      CompletableFuture<Void> started = new CompletableFuture<>();
      source.loop().execute(() -> beginWhenIdle(source, target, replace, started, done));
      await(started);
      begun = true;
      return done;
    } finally {
      if (!begun) {
        server.snapshots().turn().end();
      }
    }
  }

  private static DeploymentException hasKeys() {
    return new DeploymentException(
        Kind.REFUSED, "the target has keys. Remedy: REPLACE, which frees them first");
  }

  /** Refuses what would not fit when every key has been copied. */
  private void checkRoom(Deployment from, Deployment to) throws DeploymentException {
    long more = reports.contents(from).bytes();
    if (more > to.limit(Limit.MEMORY)) {
      throw tooMuch(more, "the target's memory limit of " + to.limit(Limit.MEMORY));
    }
    long freed = reports.contents(to).bytes();
    long ofTenant = reports.bytesOfTenant(from.tenantName());
    if (ofTenant - freed + more > from.limitOfTenant(Limit.MEMORY)) {
      throw tooMuch(more, "the tenant's memory limit of " + from.limitOfTenant(Limit.MEMORY));
    }
    long keys = reports.contents(from).keys();
    long mostKeys = Math.min(to.limit(Limit.KEYS), from.limitOfTenant(Limit.KEYS));
    if (keys > mostKeys) {
      throw new DeploymentException(
          Kind.REFUSED, "a copy of " + keys + " keys would go beyond the limit of " + mostKeys);
    }
    long maxmemory = server.live().number(Directive.MAXMEMORY);
    long used = server.homes().stream().mapToLong(Home::usedBytes).sum();
    if (maxmemory > 0 && used - freed + more > maxmemory) {
      throw tooMuch(more, "maxmemory of " + maxmemory);
    }
  }

  private static DeploymentException tooMuch(long bytes, String limit) {
    return new DeploymentException(
        Kind.REFUSED, "a copy of " + bytes + " bytes would go beyond " + limit);
  }

  /** A snapshot is told of changes in the same way, so that one has to wait for the other. */
  private void takeTurn() throws DeploymentException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!server.snapshots().turn().begin(this)) {
      if (System.nanoTime() - deadline > 0) {
        throw new DeploymentException(
            Kind.REFUSED, "a snapshot is being written. Remedy: try again when it is done");
      }
      Thread.sleep(LOOK_AGAIN_MILLIS);
    }
  }

  /**
   * The target's keyspace, on the source's home: one that lives elsewhere is made anew there, and
   * nobody comes in until it is there.
   */
  private BuiltinKeyspace beside(Home home, Deployment to)
      throws DeploymentException, InterruptedException {
    BuiltinKeyspace present = server.engine().find(to.prefix());
    if (present != null && present.home() == home) {
      return present;
    }
    BuiltinKeyspace opened;
    boolean wasClosed = to.closed();
    to.closed(true);
    try {
      if (present != null) {
        int _ = farewell.drain(to, 0);
        emptying.drop(to.prefix());
      }
      opened = server.engine().openOn(to.prefix(), home);
    } finally {
      to.closed(wasClosed);
    }
    if (opened.home() != home) {
      throw new DeploymentException(
          Kind.REFUSED, "somebody has come in meanwhile. Remedy: try again");
    }
    return opened;
  }

  private void beginWhenIdle(
      BuiltinKeyspace source,
      BuiltinKeyspace target,
      boolean replace,
      CompletableFuture<Void> started,
      CompletableFuture<KeyspaceClone> done) {
    if (started.isDone()) {
      // Whoever has asked does not wait any more, and the turn is over.
      return;
    }
    if (source.slices().busy() || target.slices().busy()) {
      var _ =
          source.loop().schedule(1, () -> beginWhenIdle(source, target, replace, started, done));
      return;
    }
    try {
      if (replace) {
        Emptying.execute(target, "FLUSHALL");
        Emptying.execute(target, "FUNCTION", "FLUSH");
      }
      for (byte[] text : FunctionTexts.of(source)) {
        Emptying.execute(target, ascii("FUNCTION"), ascii("LOAD"), ascii("REPLACE"), text);
      }
      KeyspaceClone clone =
          new KeyspaceClone(
              source,
              target,
              over -> {
                running = null;
                server.snapshots().turn().end();
                Emptying.whenSafe(source.home(), () -> done.complete(over));
              });
      running = clone;
      clone.start();
      started.complete(null);
    } catch (IllegalStateException changed) {
      started.completeExceptionally(hasKeys());
    }
  }

  private static byte[] ascii(String word) {
    return word.getBytes(StandardCharsets.US_ASCII);
  }

  private static void await(CompletableFuture<Void> started)
      throws DeploymentException, InterruptedException {
    try {
      started.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof DeploymentException refused) {
        throw refused;
      }
      throw new IllegalStateException(failed);
    } catch (TimeoutException late) {
      started.cancel(false);
      throw new DeploymentException(
          Kind.FAILED, "a long command of one of the two does not end. Remedy: SCRIPT KILL there");
    }
  }

  /** Copies the rest of a running clone at once, since the gateway stops. */
  void hurry() {
    KeyspaceClone present = running;
    if (present != null) {
      present.heir().loop().execute(present::complete);
    }
  }
}
