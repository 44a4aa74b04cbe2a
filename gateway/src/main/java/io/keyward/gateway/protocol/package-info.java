/** Finds requests in the bytes that arrive: RESP arrays and inline commands. */
@org.jspecify.annotations.NullMarked
package io.keyward.gateway.protocol;
