package io.keyward.tenancy;

import io.keyward.config.tenant.Limit;
import io.keyward.config.tenant.TenantSettings;
import io.keyward.engine.SteadyTime;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** A deployment that has a keyspace, or had one; any thread may ask. */
public final class Deployment {
  /** The name of what is no deployment of its own, but what all of a tenant's share. */
  static final String SHARED = "~shared";

  /** Where a deployment is in its life. */
  public enum State {
    /** It takes logins. */
    ACTIVE,
    /** It takes no more logins, and has connections left. */
    DRAINING,
    /** It takes no logins and has no connections. */
    DRAINED,
    /** Its keys have been freed since nobody had been there for long. */
    RETIRED,
    /** It is none, but holds what the deployments of a tenant share. */
    SHARED,
    /** The configuration does not name it any more; its keys are still there. */
    REMOVED;

    /** The word for it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final String name;
  private final String prefix;
  private final @Nullable Tenant tenant;
  private final AtomicInteger connections = new AtomicInteger();
  private volatile long createdAt = SteadyTime.millis();
  private volatile long lastConnection;
  private volatile long retireAfterMillis;
  private volatile boolean closed;
  private volatile boolean retired;
  private volatile boolean gone;
  private volatile boolean adopted;
  private final boolean removed;
  private final LongAdder refused = new LongAdder();

  Deployment(String name, String prefix, @Nullable Tenant tenant) {
    this(name, prefix, tenant, false);
  }

  private Deployment(String name, String prefix, @Nullable Tenant tenant, boolean removed) {
    this.name = name;
    this.prefix = prefix;
    this.tenant = tenant;
    this.removed = removed;
  }

  /** Keys that belong to no deployment that the configuration knows. */
  static Deployment removed(String prefix) {
    return new Deployment("", prefix, null, true);
  }

  /** The deployment's name; empty for the default deployment. */
  public String name() {
    return name;
  }

  /** Whether this stands for the keys that a tenant's deployments share; nobody logs in to it. */
  public boolean shared() {
    return name.equals(SHARED);
  }

  /** What stands before its keys in the global view. */
  public String prefix() {
    return prefix;
  }

  /** The name of the tenant; empty for the default deployment. */
  public String tenantName() {
    return tenant == null ? "" : tenant.name();
  }

  @Nullable Tenant tenant() {
    return tenant;
  }

  /** Whether the configuration names it. */
  public boolean configured() {
    return tenant != null && tenant.named(name) != null;
  }

  /** What it may have of something; {@link Long#MAX_VALUE} = no limit of its own. */
  public long limit(Limit limit) {
    return tenant == null ? Long.MAX_VALUE : tenant.limitOf(name, limit);
  }

  /** What its tenant may have of something, all deployments together. */
  public long limitOfTenant(Limit limit) {
    return tenant == null ? Long.MAX_VALUE : tenant.limit(limit);
  }

  /* Life. */

  public State state() {
    if (removed) {
      return State.REMOVED;
    }
    if (shared()) {
      return State.SHARED;
    }
    if (retired) {
      return State.RETIRED;
    }
    return !closed ? State.ACTIVE : connections.get() > 0 ? State.DRAINING : State.DRAINED;
  }

  /** Whether nobody may log in. */
  public boolean closed() {
    return closed;
  }

  /** Lets nobody log in any more, or everybody again. */
  public void closed(boolean toLogins) {
    closed = toLogins;
  }

  /** Whether its keys were freed since nobody had been there for long. */
  public boolean retired() {
    return retired;
  }

  public void retired(boolean freed) {
    retired = freed;
  }

  /** Whether it is none any more, so that a connection on its way there must not arrive. */
  public boolean gone() {
    return gone;
  }

  /** Whether it is there since a file named one of its keys, and nobody has been there since. */
  public boolean adopted() {
    return adopted;
  }

  void adopted(boolean fromFile) {
    adopted = fromFile;
  }

  void goes() {
    gone = true;
  }

  /** Milliseconds since 1970. */
  public long createdAt() {
    return createdAt;
  }

  /** When a connection was there last, in milliseconds since 1970; 0 = there was none yet. */
  public long lastConnection() {
    return connections.get() > 0 ? SteadyTime.millis() : lastConnection;
  }

  /** Takes over what was known before a restart. */
  public void known(long created, long lastConnected) {
    createdAt = created;
    lastConnection = lastConnected;
  }

  /**
   * How long it may be without connections before it is retired: as the operator has said, else as
   * the tenant's settings say; 0 = for ever.
   */
  public long retireAfterMillis() {
    if (shared()) {
      return 0;
    }
    TenantSettings settings = tenant == null ? null : tenant.settings();
    return retireAfterMillis > 0 || settings == null
        ? retireAfterMillis
        : settings.retireAfterMillis();
  }

  /** What the operator has said; 0 = nothing. */
  public long ownRetireAfterMillis() {
    return retireAfterMillis;
  }

  /** Has it retired after so long without connections, whatever the settings say. */
  public void retireAfterMillis(long milliseconds) {
    retireAfterMillis = milliseconds;
  }

  /* Connections. */

  /** The connections that are logged in. */
  public int connections() {
    return connections.get();
  }

  /**
   * Takes a place for a connection, to be given back by {@link #leave}.
   *
   * @return false if it takes no logins, or it or its tenant has as many connections as it may
   */
  public boolean enter() {
    connections.incrementAndGet();
    boolean fits = !closed && !gone;
    if (tenant != null) {
      fits &= tenant.connections().incrementAndGet() <= tenant.limit(Limit.CONNECTIONS);
      fits &= connections.get() <= tenant.limitOf(name, Limit.CONNECTIONS);
    }
    if (fits) {
      retired = false;
      adopted = false;
      lastConnection = SteadyTime.millis();
    } else {
      giveBack();
      refused.increment();
    }
    return fits;
  }

  /** Whether the configuration says how many connections it, or its tenant, may have. */
  public boolean limitsConnections() {
    return tenant != null
        && (tenant.limit(Limit.CONNECTIONS) != Long.MAX_VALUE
            || tenant.limitOf(name, Limit.CONNECTIONS) != Long.MAX_VALUE);
  }

  /** The connections of all deployments of its tenant. */
  public int connectionsOfTenant() {
    return tenant == null ? connections() : tenant.connections().get();
  }

  /** How often {@link #enter} has found no place. */
  public long refusedConnections() {
    return refused.sum();
  }

  /** Gives the place of a connection back. */
  public void leave() {
    lastConnection = SteadyTime.millis();
    giveBack();
  }

  private void giveBack() {
    connections.decrementAndGet();
    if (tenant != null) {
      tenant.connections().decrementAndGet();
    }
  }
}
