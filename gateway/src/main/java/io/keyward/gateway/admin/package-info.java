/**
 * The HTTP endpoint for the operator: health, facts, metrics and what is done with deployments.
 *
 * <p>Each call is declared as a {@link io.keyward.gateway.admin.Route}, from which its description
 * in OpenAPI is made.
 */
@org.jspecify.annotations.NullMarked
package io.keyward.gateway.admin;
