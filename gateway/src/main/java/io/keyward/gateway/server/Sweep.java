package io.keyward.gateway.server;

import io.keyward.config.directive.Directive;
import io.keyward.engine.SteadyTime;

/**
 * Looks after the sessions of one loop once a second: closes those that are idle for too long or do
 * not take their output. The first loop takes the rates of the traffic as well.
 */
final class Sweep {
  private static final long PERIOD_MILLIS = 1000;

  private final Server server;
  private final GatewayLoop loop;

  Sweep(Server server, GatewayLoop loop) {
    this.server = server;
    this.loop = loop;
  }

  void start() {
    loop.schedule(PERIOD_MILLIS, this::run);
  }

  private void run() {
    long timeoutMillis = server.live().number(Directive.TIMEOUT) * 1000;
    long now = SteadyTime.millis();
    for (Session session : server.sessions()) {
      if (session.home() == loop) {
        session.check(now, timeoutMillis);
      }
    }
    if (loop == server.loops().getFirst()) {
      server.traffic().sample(now);
      server.heapWatch().check();
    }
    if (!server.stopping()) {
      start();
    }
  }
}
