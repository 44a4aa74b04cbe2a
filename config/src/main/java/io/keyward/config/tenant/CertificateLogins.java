package io.keyward.config.tenant;

/** Logins by TLS client certificates: they need TLS clients that are asked for one. */
public final class CertificateLogins {
  /** Why a configuration is refused in which no client is asked. */
  public static final String UNASKED =
      "deployments have certificates as logins, and no client is asked for one";

  /** What to do about it. */
  public static final String REMEDY = "set tls-port, and tls-auth-clients yes or optional";

  private CertificateLogins() {}

  /**
   * Whether deployments have certificates for which nobody is asked.
   *
   * @param tlsPort the directive's value
   * @param tlsAuthClients the directive's value
   */
  public static boolean areUnasked(TenancySettings tenancy, String tlsPort, String tlsAuthClients) {
    return (tlsPort.equals("0") || tlsAuthClients.equals("no"))
        && tenancy.tenants().stream()
            .flatMap(tenant -> tenant.deployments().stream())
            .anyMatch(deployment -> !deployment.certificates().isEmpty());
  }
}
