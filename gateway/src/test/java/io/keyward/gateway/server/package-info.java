/** The running server over plain sockets: what clients do wrong, and what they may rely on. */
@org.jspecify.annotations.NullMarked
package io.keyward.gateway.server;
