package io.keyward.gateway.deployment;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.RefusedException;
import io.keyward.config.file.FileFailure;
import io.keyward.gateway.deployment.DeploymentException.Kind;
import io.keyward.gateway.server.Server;
import io.keyward.gateway.server.StartException;
import io.keyward.tenancy.Deployment;
import io.keyward.tenancy.InvalidNameException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does the actions on deployments, one at a time: each outlives a restart when it is answered, and
 * stands in the audit log, be it done or refused.
 */
final class Actions {
  private static final Logger log = LoggerFactory.getLogger(Actions.class);
  private static final int MOST_AUDITED = 10_000;

  private final Server server;
  private final StateFile file;
  private final AuditLog audit;
  private final ReentrantLock acting = new ReentrantLock();

  /** What an action does; its answer is what the operator is told. */
  interface Work<T> {
    T run()
        throws DeploymentException, InvalidNameException, RefusedException, InterruptedException;
  }

  /** What is done beside all actions, and is none that anybody has asked for. */
  interface Upkeep {
    void run() throws DeploymentException;
  }

  Actions(Server server) {
    this.server = server;
    file = new StateFile(server.tenancy());
    audit = new AuditLog(this::folder);
    server.live().onChange(EnumSet.of(Directive.DIR), this::follow);
  }

  /** What is known of deployments goes along with the data into another folder. */
  private void follow() throws RefusedException {
    acting.lock();
    try {
      if (server.tenancy().deployments().stream().anyMatch(one -> !one.tenantName().isEmpty())) {
        file.write(folder());
      }
    } catch (IOException unwritten) {
      throw new RefusedException(FileFailure.text(unwritten));
    } finally {
      acting.unlock();
    }
  }

  private Path folder() throws IOException {
    return server.snapshots().place().directory().path();
  }

  /**
   * Takes over what the data folder says of the deployments.
   *
   * @throws StartException if it cannot be understood
   */
  void restore() throws StartException {
    try {
      file.read(Path.of(server.live().text(Directive.DIR)).toAbsolutePath().normalize());
    } catch (IOException damaged) {
      throw new StartException(String.valueOf(damaged.getMessage()), damaged);
    }
  }

  /** Does something while no action is done. */
  void alone(Upkeep upkeep) throws DeploymentException {
    acting.lock();
    try {
      upkeep.run();
    } finally {
      acting.unlock();
    }
  }

  /**
   * Does an action, unless the data folder cannot be written.
   *
   * @param deployment the name of the one that it is about
   * @param with what else the audit log is to say of it
   */
  <T> T act(Actor actor, String action, String deployment, Map<String, Object> with, Work<T> work)
      throws DeploymentException {
    boolean begun = false;
    acting.lock();
    try {
      checkLoaded();
      Path written = folder();
      refuseShared(server.tenancy().roster().named(deployment));
      // Many actions cannot be taken back: on a disk that refuses none is begun.
      file.write(written);
      begun = true;
      T answer = work.run();
      file.write(written);
      audit.note(actor, action, deployment, with, "done");
      log.info("DEPLOYMENT {} {} by {}", action, deployment, actor.name());
      return answer;
    } catch (IOException unwritten) {
      DeploymentException failure = failed("the data folder cannot be written", unwritten);
      if (!begun) {
        refused(actor, action, deployment, with, failure.reason());
      }
      throw failure;
    } catch (DeploymentException refused) {
      refused(actor, action, deployment, with, refused.reason());
      throw refused;
    } catch (InvalidNameException invalid) {
      String reason = String.valueOf(invalid.getMessage());
      refused(actor, action, deployment, with, reason);
      throw new DeploymentException(Kind.INVALID, reason);
    } catch (RefusedException refused) {
      refused(actor, action, deployment, with, refused.reason());
      throw new DeploymentException(Kind.REFUSED, refused.reason());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DeploymentException(Kind.FAILED, "interrupted");
    } finally {
      acting.unlock();
    }
  }

  /** Refuses what is done to deployments alone. */
  static void refuseShared(@Nullable Deployment found) throws DeploymentException {
    if (found != null && found.shared()) {
      throw new DeploymentException(
          Kind.REFUSED, "it holds what a tenant's deployments share, and lives as long as they");
    }
  }

  /** Refuses what has to wait until the data is loaded. */
  void checkLoaded() throws DeploymentException {
    if (server.durability().appendOnly().progress().loading()) {
      throw new DeploymentException(Kind.LOADING, "the data is still being loaded");
    }
  }

  private void refused(
      Actor actor, String action, String deployment, Map<String, Object> with, String reason) {
    try {
      audit.note(actor, action, deployment, with, reason);
    } catch (IOException unwritten) {
      log.error("The audit log cannot be written: {}", unwritten.getMessage());
    }
  }

  private static DeploymentException failed(String what, IOException cause) {
    log.error("{}: {}", what, cause.getMessage());
    return new DeploymentException(Kind.FAILED, what + ": " + cause.getMessage());
  }

  /** The last lines of the audit log, the newest first. */
  List<String> audit(long count) throws DeploymentException {
    if (count < 1 || count > MOST_AUDITED) {
      throw new DeploymentException(
          Kind.INVALID, "count is not a number from 1 to " + MOST_AUDITED);
    }
    acting.lock();
    try {
      return audit.last((int) count);
    } catch (IOException unreadable) {
      throw failed("the audit log cannot be read", unreadable);
    } finally {
      acting.unlock();
    }
  }
}
