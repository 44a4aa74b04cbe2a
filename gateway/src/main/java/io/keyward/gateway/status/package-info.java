/** The verb {@code status}: what a running gateway does, told in the terminal. */
@org.jspecify.annotations.NullMarked
package io.keyward.gateway.status;
