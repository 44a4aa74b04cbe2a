package io.keyward.gateway.deployment;

import io.keyward.config.tenant.Limit;
import io.keyward.engine.Errors;
import io.keyward.engine.SharedKeys;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.CloneTerms;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.KeyspaceClone;
import io.keyward.engine.builtin.script.FunctionTexts;
import io.keyward.gateway.deployment.DeploymentException.Kind;
import io.keyward.gateway.server.Server;
import io.keyward.tenancy.Deployment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes one deployment hold what another one holds, functions included, at one instant.
 *
 * <p>All of it, and the freeing of what the target held, is one unit in the files, so that a
 * gateway that dies leaves the target as it was or as a whole copy. Only a target that has to move
 * to the source's event loop is emptied before, in a unit of its own.
 */
final class Cloning {
  private static final long PATIENCE_SECONDS = 60;

  private final Server server;
  private final Reports reports;
  private final Emptying emptying;
  private final Farewell farewell;
  private boolean rehearsed;

  Cloning(Server server, Reports reports, Emptying emptying, Farewell farewell) {
    this.server = server;
    this.reports = reports;
    this.emptying = emptying;
    this.farewell = farewell;
  }

  /**
   * Makes the copy; when this returns it is as safe as any write that has been answered.
   *
   * @param replace whether the target may hold keys, which are gone then
   */
  KeyspaceClone make(Deployment from, Deployment to, boolean replace)
      throws DeploymentException, InterruptedException {
    if (from.equals(to)) {
      throw new DeploymentException(Kind.INVALID, "source and target are the same deployment");
    }
    if (!from.tenantName().equals(to.tenantName())) {
      throw new DeploymentException(Kind.REFUSED, "the two belong to different tenants");
    }
    if (!shared(from).containsAll(shared(to))) {
      // Its keys would lie in the target's own databases, where nobody looks for them.
      throw new DeploymentException(
          Kind.REFUSED,
          "the target shares namespaces that the source keeps for itself. Remedy: let the source"
              + " share them, too");
    }
    if (!replace && reports.contents(to).keys() > 0) {
      throw hasKeys();
    }
    checkRoom(from, to);
    emptying.check(from.prefix());
    emptying.check(to.prefix());
    if (!rehearsed) {
      rehearsed = true;
      new Rehearsal(server.engine().table()).run();
    }
    BuiltinKeyspace source = server.engine().open(from.prefix());
    BuiltinKeyspace target = beside(source, to, replace);
    CompletableFuture<KeyspaceClone> done = new CompletableFuture<>();
    source.loop().execute(() -> makeWhenIdle(source, target, replace, done));
    return await(done);
  }

  private List<String> shared(Deployment deployment) {
    SharedKeys shared = server.tenancy().traits(deployment.prefix()).sharedKeys();
    return shared == null ? List.of() : shared.namespaces().names();
  }

  private static DeploymentException hasKeys() {
    return new DeploymentException(
        Kind.REFUSED, "the target has keys or functions. Remedy: REPLACE, which frees them first");
  }

  private static boolean holdsAny(BuiltinKeyspace keyspace) {
    return keyspace.databases().keys() > 0 || !FunctionTexts.of(keyspace).isEmpty();
  }

  /** Refuses what would be more than the limits allow, which count what is in common twice. */
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
    if (keys > to.limit(Limit.KEYS)) {
      throw tooMany(keys, "the target's keys limit of " + to.limit(Limit.KEYS));
    }
    long others = reports.keysOfTenant(from.tenantName()) - reports.contents(to).keys();
    if (others + keys > from.limitOfTenant(Limit.KEYS)) {
      throw tooMany(keys, "the tenant's keys limit of " + from.limitOfTenant(Limit.KEYS));
    }
  }

  private static DeploymentException tooMuch(long bytes, String limit) {
    return new DeploymentException(
        Kind.REFUSED, "a copy of " + bytes + " bytes would go beyond " + limit);
  }

  private static DeploymentException tooMany(long keys, String limit) {
    return new DeploymentException(
        Kind.REFUSED, "a copy of " + keys + " keys would go beyond " + limit);
  }

  /**
   * The target's keyspace, on the source's home: one that lives elsewhere is made anew there, and
   * nobody comes in until it is there. What it held goes with it, so that a copy that is to be
   * refused has to be refused before.
   */
  private BuiltinKeyspace beside(BuiltinKeyspace source, Deployment to, boolean replace)
      throws DeploymentException, InterruptedException {
    Home home = source.home();
    BuiltinKeyspace present = server.engine().find(to.prefix());
    if (present != null && present.home() == home) {
      return present;
    }
    if (present != null && !terms(present).canTellCloneOf(terms(source))) {
      throw untellable();
    }
    if (present != null && !replace && told(present, Cloning::holdsAny)) {
      throw hasKeys();
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

  private static CloneTerms terms(BuiltinKeyspace keyspace)
      throws DeploymentException, InterruptedException {
    return told(keyspace, asked -> asked.effects().whole().cloneTerms());
  }

  /** What a keyspace tells of itself as soon as no command is in the middle of it. */
  private static <T> T told(BuiltinKeyspace keyspace, Function<BuiltinKeyspace, T> question)
      throws DeploymentException, InterruptedException {
    CompletableFuture<T> told = new CompletableFuture<>();
    keyspace.loop().execute(() -> tellWhenIdle(keyspace, question, told));
    return await(told);
  }

  private static <T> void tellWhenIdle(
      BuiltinKeyspace keyspace, Function<BuiltinKeyspace, T> question, CompletableFuture<T> told) {
    if (told.isDone()) {
      // Whoever has asked does not wait any more.
      return;
    }
    if (keyspace.slices().busy()) {
      var _ = keyspace.loop().schedule(1, () -> tellWhenIdle(keyspace, question, told));
    } else {
      told.complete(question.apply(keyspace));
    }
  }

  private static DeploymentException untellable() {
    return new DeploymentException(
        Kind.REFUSED,
        "the files can tell of a copy only where both have the same pinned namespaces and the same"
            + " durability. Remedy: give them those, or set appendonly no meanwhile");
  }

  private void makeWhenIdle(
      BuiltinKeyspace source,
      BuiltinKeyspace target,
      boolean replace,
      CompletableFuture<KeyspaceClone> done) {
    if (done.isDone()) {
      // Whoever has asked does not wait any more.
      return;
    }
    if (source.slices().busy() || target.slices().busy()) {
      var _ = source.loop().schedule(1, () -> makeWhenIdle(source, target, replace, done));
      return;
    }
    CloneTerms ofSource = source.effects().whole().cloneTerms();
    if (!target.effects().whole().cloneTerms().canTellCloneOf(ofSource)) {
      done.completeExceptionally(untellable());
      return;
    }
    if (!replace && holdsAny(target)) {
      done.completeExceptionally(hasKeys());
      return;
    }
    DeploymentException refused = refusal(source, target);
    if (refused != null) {
      done.completeExceptionally(refused);
      return;
    }
    final KeyspaceClone clone;
    try {
      clone = makeNow(source, target, replace);
    } catch (DeploymentException without) {
      done.completeExceptionally(without);
      return;
    } catch (RuntimeException | Error defect) {
      done.completeExceptionally(defect);
      throw defect;
    }
    Emptying.whenSafe(source.home(), () -> done.complete(clone));
  }

  /** Why a copy cannot be made now, or null; on the loop of both. */
  private static @Nullable DeploymentException refusal(
      BuiltinKeyspace source, BuiltinKeyspace target) {
    DeploymentException refusal = Emptying.refusal(source);
    if (refusal == null) {
      refusal = Emptying.refusal(target);
    }
    boolean full =
        !FunctionTexts.of(source).isEmpty() && !target.home().memoryLimit().makeRoom(target);
    return refusal == null && full
        ? new DeploymentException(
            Kind.REFUSED, "there is no memory for the functions: " + Errors.OUT_OF_MEMORY.line())
        : refusal;
  }

  /**
   * Makes the copy, on the loop of both; it tells how long all of that has taken.
   *
   * @throws DeploymentException if the functions cannot be loaded in the target; then no keys are
   *     copied
   */
  static KeyspaceClone makeNow(BuiltinKeyspace source, BuiltinKeyspace target, boolean replace)
      throws DeploymentException {
    long begun = System.nanoTime();
    target.effects().beginUnit();
    try {
      if (replace) {
        Emptying.flush(target);
      }
      List<byte[]> texts = FunctionTexts.of(source);
      if (!texts.isEmpty()) {
        List<String> errors = new ArrayList<>();
        FunctionTexts.lending(source, target, () -> load(target, texts, errors));
        if (!errors.isEmpty()) {
          throw new DeploymentException(
              Kind.REFUSED, "the functions cannot be loaded in the target: " + errors.getFirst());
        }
      }
      long keys = KeyspaceClone.make(source, target).keys();
      return new KeyspaceClone(keys, System.nanoTime() - begun);
    } finally {
      target.effects().endUnit();
    }
  }

  private static void load(BuiltinKeyspace target, List<byte[]> texts, List<String> errors) {
    for (byte[] text : texts) {
      String error =
          Emptying.execute(target, ascii("FUNCTION"), ascii("LOAD"), ascii("REPLACE"), text);
      if (error != null) {
        errors.add(error);
      }
    }
  }

  private static byte[] ascii(String word) {
    return word.getBytes(StandardCharsets.US_ASCII);
  }

  private static <T> T await(CompletableFuture<T> done)
      throws DeploymentException, InterruptedException {
    try {
      return done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof DeploymentException refused) {
        throw refused;
      }
      throw new IllegalStateException(failed);
    } catch (TimeoutException late) {
      done.cancel(false);
      throw new DeploymentException(
          Kind.FAILED, "a long command of one of the two does not end. Remedy: SCRIPT KILL there");
    }
  }
}
