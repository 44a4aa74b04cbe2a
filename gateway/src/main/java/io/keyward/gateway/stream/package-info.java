/** Streams over HTTP: what a stream holds and what is added to it, as Server-Sent Events. */
@org.jspecify.annotations.NullMarked
package io.keyward.gateway.stream;
