/** The HTTP endpoint for the operator: health, facts and metrics. */
@org.jspecify.annotations.NullMarked
package io.keyward.gateway.admin;
