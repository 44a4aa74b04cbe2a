/** Streams that HTTP readers follow. */
@org.jspecify.annotations.NullMarked
package io.keyward.gateway.stream;
