package io.keyward.config;

/**
 * Where the admin HTTP server listens.
 *
 * @param host the address or host name
 * @param port the TCP port; 0 = any free one
 */
public record AdminEndpoint(String host, int port) {}
