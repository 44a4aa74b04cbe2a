/** The verb {@code status}. */
@org.jspecify.annotations.NullMarked
package io.keyward.gateway.status;
