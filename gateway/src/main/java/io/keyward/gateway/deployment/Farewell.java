package io.keyward.gateway.deployment;

import io.keyward.gateway.server.Dismissal;
import io.keyward.gateway.server.Server;
import io.keyward.gateway.server.Session;
import io.keyward.tenancy.Deployment;
import java.util.function.Predicate;

/** Sends the clients of a deployment away, and waits until they have gone. */
final class Farewell {
  private static final long LOOK_AGAIN_MILLIS = 20;

  /** How long clients may take to go that have been sent away, before they are cut off. */
  private static final long GOING_MILLIS = 3000;

  /** How long a loop may take for cutting them off. */
  private static final long CUTTING_MILLIS = 3000;

  private final Server server;

  Farewell(Server server) {
    this.server = server;
  }

  /** Sends away everybody of whom that is true, told on each session's loop; returns at once. */
  void sendAway(Predicate<Session> those) {
    server.sessions().forEach(session -> session.sendAwayIf(those));
  }

  /**
   * Sends the clients of a deployment away: who has nothing under way at once, the others when that
   * is done, but not later than at the end of a time. What waits for the deployment's rate then is
   * left undone, and who has not gone three seconds later is cut off.
   *
   * @return how many were there
   */
  int drain(Deployment deployment, long timeoutMillis) throws InterruptedException {
    int before = deployment.connections();
    Dismissal.ofStreamReaders(server, deployment.prefix());
    Predicate<Session> its = session -> session.isIn(deployment);
    long deadline = System.nanoTime() + timeoutMillis * 1_000_000;
    while (deployment.connections() > 0 && System.nanoTime() - deadline < 0) {
      sendAway(its.and(Session::idle));
      Thread.sleep(LOOK_AGAIN_MILLIS);
    }
    long end = System.nanoTime() + GOING_MILLIS * 1_000_000;
    while (deployment.connections() > 0 && System.nanoTime() - end < 0) {
      server.sessions().forEach(session -> session.sendAwayAtLastIf(its));
      Thread.sleep(LOOK_AGAIN_MILLIS);
    }
    if (deployment.connections() > 0) {
      Dismissal.ofAll(server, deployment.prefix());
      long cut = System.nanoTime() + CUTTING_MILLIS * 1_000_000;
      while (deployment.connections() > 0 && System.nanoTime() - cut < 0) {
        Thread.sleep(LOOK_AGAIN_MILLIS);
      }
    }
    return before;
  }
}
