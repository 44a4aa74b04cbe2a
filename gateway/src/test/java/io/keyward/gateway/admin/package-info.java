/** The operator's HTTP endpoint of a running gateway. */
@org.jspecify.annotations.NullMarked
package io.keyward.gateway.admin;
