/** Who a connection is, and which keyspace it enters. */
@org.jspecify.annotations.NullMarked
package io.keyward.tenancy;
