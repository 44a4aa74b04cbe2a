/** Tenants, their deployments and logins, as keyward.yaml describes them. */
@org.jspecify.annotations.NullMarked
package io.keyward.config.tenant;
