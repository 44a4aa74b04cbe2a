package io.keyward.gateway.server;

import io.keyward.config.directive.Directive;
import io.keyward.engine.Client;
import io.keyward.engine.SteadyTime;
import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the sessions of one loop once a second: closes those that are idle for too long, do
 * not take their output or whose client has gone without a word. The first loop takes the rates of
 * the traffic as well.
 */
final class Sweep {
  private static final Logger log = LoggerFactory.getLogger(Sweep.class);

  private static final long PERIOD_MILLIS = 1000;

  /** How long a connection that can do nothing but log in may take to do so. */
  private static final long LOGIN_MILLIS = 60_000;

  private final Server server;
  private final GatewayLoop loop;
  private final LostPeers lost = new LostPeers();

  Sweep(Server server, GatewayLoop loop) {
    this.server = server;
    this.loop = loop;
  }

  void start() {
    loop.schedule(PERIOD_MILLIS, this::run);
  }

  private void run() {
    try {
      look();
    } finally {
      if (!server.shutdown().underWay()) {
        start();
      }
    }
  }

  private void look() {
    long now = SteadyTime.millis();
    for (Session session : server.sessions()) {
      if (session.isAt(loop) && !session.left() && !session.client().closing()) {
        inspect(session, now);
      }
    }
    if (loop == server.loops().getFirst()) {
      server.traffic().sample(now);
      server.heapWatch().check();
    }
  }

  /** Closes the connection if there is a reason to. */
  void inspect(Session session, long now) {
    String reason = reasonToClose(session, now);
    if (reason != null) {
      Client client = session.client();
      log.debug(
          "Client id={} addr={} closed: {}", client.serial(), session.remoteAddress(), reason);
      session.abort();
    } else {
      session.count();
    }
  }

  private @Nullable String reasonToClose(Session session, long now) {
    if (session.residence().hasNotLoggedIn(now, LOGIN_MILLIS)) {
      return "no login";
    }
    long timeout = server.live().number(Directive.TIMEOUT) * 1000;
    long silence = now - session.client().lastInteraction();
    if (timeout > 0 && silence > timeout && !waits(session.client())) {
      return "idle for too long";
    }
    long keepAlive = session.keepAlive();
    long patience = KeepAlive.patienceMillis(keepAlive);
    if (keepAlive > 0
        && silence > patience
        && isTurnOf(session, now, keepAlive)
        && lost.has(session.channel(), patience)) {
      // What waits in the kernel would be sent again and again for minutes.
      var _ = session.channel().config().setOption(ChannelOption.SO_LINGER, 0);
      return "no longer there";
    }
    return null;
  }

  /** Whether the client has reason to be silent. */
  private static boolean waits(Client client) {
    return client.blocked() || client.turn() != Client.Turn.FREE || OutputLimit.getsUnasked(client);
  }

  /** Spreads the sessions over the seconds, since to look at one takes a call of the kernel. */
  private static boolean isTurnOf(Session session, long now, long seconds) {
    return (session.client().serial() + now / PERIOD_MILLIS) % seconds == 0;
  }
}
