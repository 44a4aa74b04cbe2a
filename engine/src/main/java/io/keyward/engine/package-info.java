/**
 * What an engine is to the rest of the house: requests, replies, clients, keyspaces.
 *
 * <p>A {@link io.keyward.engine.Request} is the arguments of one command as offsets into a buffer;
 * a {@link io.keyward.engine.Reply} writes RESP into the client's outgoing bytes; a {@link
 * io.keyward.engine.Client} is what commands may know of a connection. Nothing here knows tenants,
 * sockets or Vert.x.
 */
@NullMarked
package io.keyward.engine;

import org.jspecify.annotations.NullMarked;
