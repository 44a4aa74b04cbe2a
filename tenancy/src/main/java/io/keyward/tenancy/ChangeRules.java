package io.keyward.tenancy;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import io.keyward.config.tenant.CertificateLogins;
import io.keyward.config.tenant.TenancySettings;
import io.keyward.config.tenant.TenantSettings;
import java.util.EnumSet;
import java.util.List;

/** What may change while the gateway runs: of the tenants, and of directives that they rest on. */
final class ChangeRules {
  private final DeploymentRegistry registry;
  private final String defaultPrefix;
  private final LiveSettings live;

  ChangeRules(DeploymentRegistry registry, String defaultPrefix, LiveSettings live) {
    this.registry = registry;
    this.defaultPrefix = defaultPrefix;
    this.live = live;
    live.onChange(
        EnumSet.of(Directive.TLS_PORT, Directive.TLS_AUTH_CLIENTS), this::checkDirectives);
  }

  private void checkDirectives() throws RefusedException {
    if (leavesCertificatesUnasked(registry.directory().settings())) {
      throw new RefusedException(CertificateLogins.UNASKED);
    }
  }

  private boolean leavesCertificatesUnasked(TenancySettings tenancy) {
    return CertificateLogins.areUnasked(
        tenancy, live.text(Directive.TLS_PORT), live.text(Directive.TLS_AUTH_CLIENTS));
  }

  /** Throws an exception with reason and remedy if changed tenants would need a restart. */
  void check(TenancySettings changed) throws RefusedException {
    Directory now = registry.directory();
    for (TenantSettings tenant : changed.tenants()) {
      Tenant present = now.tenants().get(tenant.name());
      if (present != null && !present.settings().sharesAs(tenant, livingOf(present))) {
        throw new RefusedException(
            "what the deployments of the tenant "
                + tenant.name()
                + " share decides where their keys are, which is settled at the start. Remedy:"
                + " restart the gateway");
      }
    }
    if (defaultPrefix.isEmpty() && changed.tenants().isEmpty() != now.tenants().isEmpty()) {
      throw new RefusedException(
          "whether there are tenants decides whether there is a default deployment. Remedy: restart"
              + " the gateway");
    }
    if (leavesCertificatesUnasked(changed)) {
      throw new RefusedException(
          CertificateLogins.UNASKED + ". Remedy: " + CertificateLogins.REMEDY);
    }
  }

  private List<String> livingOf(Tenant tenant) {
    return registry.all().stream()
        .filter(deployment -> tenant.equals(deployment.tenant()))
        .map(Deployment::name)
        .toList();
  }
}
