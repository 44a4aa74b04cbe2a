package io.keyward.gateway.admin;

import io.keyward.gateway.server.Server;

/** Whether clients should be sent to the gateway. */
enum Readiness {
  /** Clients are answered LOADING. */
  LOADING("loading"),
  READY("ready"),
  /** No connections are taken, and those that are there are being ended. */
  STOPPING("stopping");

  private final String text;

  Readiness(String text) {
    this.text = text;
  }

  static Readiness of(Server server) {
    if (server.shutdown().underWay()) {
      return STOPPING;
    }
    return server.durability().appendOnly().progress().loading() ? LOADING : READY;
  }

  /** One word for {@code /readyz}. */
  String text() {
    return text;
  }
}
