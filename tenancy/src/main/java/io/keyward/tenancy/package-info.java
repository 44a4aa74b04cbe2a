/**
 * Who a connection is, and which keyspace it enters: tenants, their deployments, and the logins and
 * aliases that lead there.
 */
@org.jspecify.annotations.NullMarked
package io.keyward.tenancy;
