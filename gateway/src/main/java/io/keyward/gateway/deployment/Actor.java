package io.keyward.gateway.deployment;

/**
 * Who acts, for the audit log.
 *
 * @param name a login, or what stands for one
 * @param address where the request came from
 */
public record Actor(String name, String address) {
  /** The gateway itself, which retires deployments by itself. */
  static final Actor GATEWAY = new Actor("gateway", "");
}
