package io.keyward.gateway.server;

import io.keyward.config.directive.Directive;
import io.keyward.tenancy.Deployment;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Shares out the places that {@code maxclients} gives where there are tenants, so that none of them
 * keeps the others or the operator out.
 *
 * <p>Strangers, who have not logged in, have a tenth of the places, and the oldest of them gives
 * way to a new one. Deployments have the rest; a tenant whose file says nothing about connections
 * has half of all places at most. Any thread may ask.
 */
public final class Doorway {
  private static final int PART_OF_STRANGERS = 10;
  private static final int PART_OF_TENANT = 2;

  private final Server server;
  private final Set<Session> strangers = new LinkedHashSet<>();
  private final AtomicInteger residents = new AtomicInteger();

  Doorway(Server server) {
    this.server = server;
  }

  /** Connections that have not logged in. */
  synchronized int strangers() {
    return strangers.size();
  }

  private long places() {
    return server.live().number(Directive.MAXCLIENTS);
  }

  private long placesOfStrangers() {
    return Math.max(1, places() / PART_OF_STRANGERS);
  }

  /** Whether tenants share the places; otherwise {@code maxclients} is all there is to it. */
  private boolean shared() {
    return !server.tenancy().single();
  }

  /** Whether one more connection may come; a stranger has to go for it, if need be. */
  boolean hasPlace() {
    return server.sessions().size() < places() || (shared() && oldestGoes());
  }

  private boolean oldestGoes() {
    Session oldest = oldest();
    if (oldest != null) {
      server.traffic().rejected();
      oldest.home().execute(oldest::abort);
    }
    return oldest != null;
  }

  private synchronized @Nullable Session oldest() {
    Iterator<Session> all = strangers.iterator();
    while (all.hasNext()) {
      Session session = all.next();
      all.remove();
      if (!session.client().authenticated()) {
        return session;
      }
    }
    return null;
  }

  /** A connection has come that has not logged in. */
  void comes(Session session) {
    if (shared()) {
      synchronized (this) {
        strangers.add(session);
      }
      while (strangers() > placesOfStrangers() && oldestGoes()) {
        // One more gives way.
      }
    }
  }

  /** A connection has logged in, or has gone. */
  void isNoStranger(Session session) {
    if (shared()) {
      synchronized (this) {
        strangers.remove(session);
      }
    }
  }

  /** Counts connections that have entered deployments, or left them. */
  void residents(int change) {
    residents.addAndGet(change);
  }

  /**
   * Takes a place in a deployment for a reader that is no session.
   *
   * @return false if there is none; otherwise it is given back by {@link #givePlaceBack}
   */
  public boolean takePlaceIn(Deployment deployment) {
    boolean taken = hasPlaceIn(deployment) && deployment.enter();
    if (taken) {
      residents(1);
    }
    return taken;
  }

  /** Gives back what {@link #takePlaceIn} has taken. */
  public void givePlaceBack(Deployment deployment) {
    deployment.leave();
    residents(-1);
  }

  /** Whether a deployment may take one more connection, its own limits apart. */
  public boolean hasPlaceIn(Deployment deployment) {
    return !shared()
        || (residents.get() < Math.max(1, places() - placesOfStrangers())
            && (deployment.limitsConnections()
                || deployment.connectionsOfTenant() < Math.max(1, places() / PART_OF_TENANT)));
  }
}
