package io.keyward.gateway.server;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.gateway.tls.Tls;
import io.keyward.tenancy.Decision;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Takes new connections in, or sends them away. */
final class Connections {
  private static final byte[] TOO_MANY =
      "-ERR max number of clients reached\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] PROTECTED =
      ("-DENIED Redis is running in protected mode because protected mode is enabled and no"
              + " password is set for the default user. In this mode connections are only accepted"
              + " from the loopback interface. To connect from other machines, do one of these:"
              + " 1) set a password with REDIS_PASSWORD or requirepass;"
              + " 2) send CONFIG SET protected-mode no from the loopback interface, which lets"
              + " everybody in who reaches this port;"
              + " 3) start the gateway with --protected-mode no, which does the same.\r\n")
          .getBytes(StandardCharsets.US_ASCII);

  private static final byte[] PROTECTED_PORT =
      ("-DENIED Keyward is running in protected mode, and whoever reaches this port is in a"
           + " deployment without a password. In this mode connections are only accepted from the"
           + " loopback interface. To connect from other machines, log in at another port, or start"
           + " the gateway with --protected-mode no, which lets everybody in who reaches this"
           + " port.\r\n")
          .getBytes(StandardCharsets.US_ASCII);

  private final Server server;
  private final Tls tls;

  Connections(Server server, Tls tls) {
    this.server = server;
    this.tls = tls;
  }

  /** How clients reach a listener. */
  enum Kind {
    PLAIN,
    TLS,
    UNIX,
    /** At a port of a deployment's own, where nobody else is let in. */
    DEPLOYMENT
  }

  /** Takes in a connection, or sends it away; the next one comes when it is its turn. */
  void accept(Channel channel, Kind kind) {
    Channel listening = channel.parent();
    boolean ofDeployment = kind == Kind.DEPLOYMENT;
    Decision decision = ofDeployment ? server.tenancy().ofPort(port(channel)) : null;
    GatewayLoop loop = server.loopOf(channel.eventLoop());
    loop.turns().add(owner(listening, decision), () -> loop.arrivals().add(listening::read));
    LiveSettings live = server.live();
    Peer peer =
        kind == Kind.UNIX
            ? Peer.unix(live.text(Directive.UNIXSOCKET))
            : Peer.internet(
                channel.remoteAddress(),
                channel.localAddress(),
                kind == Kind.TLS,
                live.number(Directive.TCP_KEEPALIVE));
    if (server.shutdown().underWay()) {
      var _ = channel.close();
      return;
    }
    if (!server.doorway().hasPlace()) {
      server.traffic().rejected();
      refuse(channel, kind, TOO_MANY);
      return;
    }
    if (!peer.loopback()
        && live.flag(Directive.PROTECTED_MODE)
        && (ofDeployment || server.open())) {
      server.traffic().rejected();
      refuse(channel, kind, ofDeployment ? PROTECTED_PORT : PROTECTED);
      return;
    }
    Decision.Admitted known = decision instanceof Decision.Admitted in ? in : null;
    if (ofDeployment && known == null) {
      // The deployment takes nobody now, or the port is open a moment longer than it is its own.
      server.traffic().rejected();
      refuse(channel, kind, reason(decision));
      return;
    }
    server.traffic().accepted();
    // A client that ends its side still gets the replies to what it has asked.
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    if (kind != Kind.UNIX) {
      KeepAlive.set(channel, peer.keepAlive());
    }
    if (kind == Kind.TLS) {
      channel.pipeline().addLast("tls", tls.handler(channel.alloc()));
    }
    channel.pipeline().addLast("redis", new RedisHandler(server, peer, known));
  }

  /**
   * Whose turn it is when the next one is let in: a tenant's, however many deployments it has with
   * ports of their own, or all others' who come by a socket.
   */
  static Object owner(Channel listening, @Nullable Decision decision) {
    return decision instanceof Decision.Admitted known
            && known.deployment() != null
            && !known.deployment().tenantName().isEmpty()
        ? known.deployment().tenantName()
        : listening;
  }

  /** The port at which a connection has arrived; 0 if it is a Unix socket. */
  static int port(Channel channel) {
    return channel.localAddress() instanceof InetSocketAddress local ? local.getPort() : 0;
  }

  private static byte[] reason(@Nullable Decision decision) {
    String text =
        decision instanceof Decision.Refused(String reason)
            ? reason
            : "no deployment is at this port";
    return ("-ERR " + text + "\r\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Closes a connection, with a reason where it can be read. */
  private static void refuse(Channel channel, Kind kind, byte[] reason) {
    if (kind == Kind.TLS) {
      var _ = channel.close();
    } else {
      channel
          .writeAndFlush(Unpooled.wrappedBuffer(reason))
          .addListener(ChannelFutureListener.CLOSE);
    }
  }
}
