/**
 * Connections and the loops they live on, and what commands may ask of the server as a whole.
 *
 * <p>A connection comes in through a {@link io.keyward.gateway.server.Listener}; {@link
 * io.keyward.gateway.server.RedisHandler} carries its bytes to its {@link
 * io.keyward.gateway.server.Session} on the home loop of its keyspace. What arrives is the matter
 * of {@link io.keyward.gateway.server.Intake}, what leaves that of {@link
 * io.keyward.gateway.server.Output}, the end that of {@link io.keyward.gateway.server.SessionEnd}.
 */
@org.jspecify.annotations.NullMarked
package io.keyward.gateway.server;
