package io.keyward.gateway.server;

import io.keyward.config.tenant.CertificateName;
import io.keyward.engine.Keyspace;
import io.keyward.tenancy.Decision;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands at the end of a socket's pipeline, and carries bytes between the socket's loop and the
 * session's home loop.
 *
 * <p>When the session moves to another home, what arrives on the socket's loop is kept until every
 * byte that went to the former home has been passed on, so that all arrive in their order.
 */
final class RedisHandler extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(RedisHandler.class);

  private final Server server;
  private final Peer peer;
  private final Decision.@Nullable Admitted byPort;

  /** What has arrived while the session moves, from when on something has. */
  private @Nullable ArrayDeque<ByteBuf> kept;

  private @Nullable Session session;
  private @Nullable ChannelHandlerContext context;
  private @Nullable GatewayLoop route;

  /**
   * A handler in no pipeline yet.
   *
   * @param byPort who the client is by the port at which it has come, or null
   */
  RedisHandler(Server server, Peer peer, Decision.@Nullable Admitted byPort) {
    this.server = server;
    this.peer = peer;
    this.byPort = byPort;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    int port = Connections.port(added.channel());
    Keyspace entry = server.entry(byPort, added.channel().eventLoop());
    GatewayLoop home = server.loopOf(entry);
    route = home;
    Session made = new Session(server, home, added, peer, this);
    made.residence().withoutLogin(byPort, () -> server.tenancy().ofPort(port));
    session = made;
    server.sessions().add(made);
    server.doorway().comes(made);
    onHome(() -> made.enter(entry));
  }

  private Session session() {
    Session present = session;
    if (present == null) {
      throw new IllegalStateException("the handler is in no pipeline");
    }
    return present;
  }

  private EventLoop socketLoop() {
    ChannelHandlerContext present = context;
    if (present == null) {
      throw new IllegalStateException("the handler is in no pipeline");
    }
    return present.channel().eventLoop();
  }

  /** Runs a task that itself looks for the session's home, if it has moved on meanwhile. */
  private void onHome(Runnable task) {
    GatewayLoop home = session().home();
    if (home.isCurrent()) {
      task.run();
    } else {
      home.execute(task);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext reading, Object message) {
    if (message instanceof ByteBuf bytes) {
      deliver(bytes);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  private void deliver(ByteBuf bytes) {
    GatewayLoop to = route;
    if (to == null) {
      if (kept == null) {
        kept = new ArrayDeque<>();
      }
      kept.add(bytes);
    } else if (to.isCurrent()) {
      session().received(bytes);
    } else {
      Session target = session();
      server.traffic().hopped();
      try {
        to.execute(() -> target.receivedOrPassedOn(bytes));
      } catch (OutOfMemoryError full) {
        bytes.release();
        throw full;
      }
    }
  }

  /**
   * Sends what arrives to another loop from now on; called on the loop that the session leaves.
   *
   * @param settled runs on the new loop when no byte is on its way through the old one any more
   */
  void follow(GatewayLoop from, GatewayLoop to, Runnable settled) {
    if (from.eventLoop().equals(socketLoop())) {
      route = to;
      to.execute(settled);
      return;
    }
    socketLoop()
        .execute(
            () -> {
              route = null;
              // Behind all bytes that went to the old loop, and behind where that passed them on.
              from.execute(() -> to.execute(() -> socketLoop().execute(() -> open(to, settled))));
            });
  }

  private void open(GatewayLoop to, Runnable settled) {
    route = to;
    ArrayDeque<ByteBuf> arrived = kept;
    if (arrived != null) {
      for (ByteBuf bytes = arrived.poll(); bytes != null; bytes = arrived.poll()) {
        deliver(bytes);
      }
    }
    to.execute(settled);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext source, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      onHome(session().end()::endInTurn);
    } else if (event instanceof SslHandshakeCompletionEvent handshake) {
      server.traffic().shookHands(handshake.isSuccess());
      if (handshake.isSuccess()) {
        knowByCertificate(source);
      }
    }
  }

  private void knowByCertificate(ChannelHandlerContext source) {
    List<CertificateName> names = CertificateNames.ofPeer(source.pipeline().get(SslHandler.class));
    switch (server.tenancy().ofCertificate(names)) {
      case null -> {}
      case Decision.Admitted known ->
          onHome(
              () ->
                  session().knownByCertificate(known, () -> server.tenancy().ofCertificate(names)));
      default -> {
        var _ = source.close();
      }
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext source) {
    if (source.channel().isWritable()) {
      onHome(session()::writable);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext source) {
    if (kept != null) {
      kept.forEach(ByteBuf::release);
      kept = null;
    }
    // In a task of its own: the command that closed it may be walking the clients.
    session().home().execute(session()::gone);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext source, Throwable cause) {
    var _ = source.close();
    if (cause instanceof OutOfMemoryError) {
      log.warn("Connection {} closed: no memory for it: {}", peer.remote(), cause.getMessage());
    } else if (cause instanceof IOException || cause.getCause() instanceof IOException) {
      // Netty's decoder of TLS wraps what is wrong with a stranger's bytes.
      log.debug("Connection {} lost: {}", peer.remote(), cause.getMessage());
    } else {
      log.warn("Connection {} closed", peer.remote(), cause);
    }
  }
}
