package io.keyward.gateway.clients;

/** The ways in which a client may speak to the gateway. */
enum Dialect {
  RESP2(2, false),
  RESP3(3, false),
  RESP2_TLS(2, true),
  RESP3_TLS(3, true);

  private final int protocol;
  private final boolean tls;

  Dialect(int protocol, boolean tls) {
    this.protocol = protocol;
    this.tls = tls;
  }

  /** The number that HELLO takes. */
  int protocol() {
    return protocol;
  }

  boolean tls() {
    return tls;
  }
}
