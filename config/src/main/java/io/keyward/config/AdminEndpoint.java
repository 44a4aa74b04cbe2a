package io.keyward.config;

/**
 * The admin HTTP server.
 *
 * @param host the address or host name where it listens
 * @param port the TCP port; 0 = any free one
 * @param token what a request has to show as {@code Authorization: Bearer}; empty = nothing, which
 *     only a loopback address may have
 * @param mostDeployments how many deployments have metrics of their own
 */
public record AdminEndpoint(String host, int port, String token, int mostDeployments) {
  /** Leaves the token out. */
  @Override
  public String toString() {
    return host + ":" + port;
  }
}
