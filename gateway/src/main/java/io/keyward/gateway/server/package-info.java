/** Connections and the loops they live on, and what commands may ask of the server as a whole. */
@org.jspecify.annotations.NullMarked
package io.keyward.gateway.server;
