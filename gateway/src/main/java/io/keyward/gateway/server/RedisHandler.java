package io.keyward.gateway.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands in a socket's pipeline in the place of Vert.x's own handler, and carries bytes between the
 * socket's loop and the session's home loop.
 */
public final class RedisHandler extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(RedisHandler.class);

  private final Server server;
  private final GatewayLoop home;
  private final Peer peer;
  private @Nullable Session session;
  private boolean sameLoop;

  RedisHandler(Server server, GatewayLoop home, Peer peer) {
    this.server = server;
    this.home = home;
    this.peer = peer;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    sameLoop = home.isCurrent();
    Session added = new Session(server, home, context, peer);
    session = added;
    server.sessions().add(added);
    onHome(() -> added.enter(server.keyspace()));
  }

  private Session session() {
    Session present = session;
    if (present == null) {
      throw new IllegalStateException("the handler is in no pipeline");
    }
    return present;
  }

  private void onHome(Runnable task) {
    if (sameLoop) {
      task.run();
    } else {
      home.execute(task);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf bytes) {
      if (sameLoop) {
        session().received(bytes);
      } else {
        Session target = session();
        home.execute(() -> target.received(bytes));
      }
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      onHome(session()::end);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (context.channel().isWritable()) {
      onHome(session()::writable);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    // In a task of its own: the command that closed it may be walking the clients.
    home.execute(session()::gone);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) {
      log.debug("Connection {} lost: {}", peer.remote(), cause.getMessage());
    } else {
      log.warn("Connection {} closed", peer.remote(), cause);
    }
    var _ = context.close();
  }
}
