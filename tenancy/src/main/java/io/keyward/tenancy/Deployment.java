package io.keyward.tenancy;

import io.keyward.config.tenant.Limit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A deployment that has a keyspace; any thread may ask. */
public final class Deployment {
  private final String name;
  private final String prefix;
  private final @Nullable Tenant tenant;
  private final AtomicInteger connections = new AtomicInteger();

  Deployment(String name, String prefix, @Nullable Tenant tenant) {
    this.name = name;
    this.prefix = prefix;
    this.tenant = tenant;
  }

  /** The deployment's name; empty for the default deployment. */
  public String name() {
    return name;
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

  /** The connections that are logged in. */
  public int connections() {
    return connections.get();
  }

  /**
   * Takes a place for a connection, to be given back by {@link #leave}.
   *
   * @return false if the deployment or its tenant has as many connections as it may
   */
  public boolean enter() {
    if (tenant == null) {
      connections.incrementAndGet();
      return true;
    }
    long most = tenant.limitOf(name, Limit.CONNECTIONS);
    long mostOfTenant = tenant.limit(Limit.CONNECTIONS);
    boolean fits = tenant.connections().incrementAndGet() <= mostOfTenant;
    if (connections.incrementAndGet() > most || !fits) {
      leave();
      return false;
    }
    return true;
  }

  /** Gives the place of a connection back. */
  public void leave() {
    connections.decrementAndGet();
    if (tenant != null) {
      tenant.connections().decrementAndGet();
    }
  }
}
