package io.keyward.gateway.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;

/**
 * Lets connections in through a listening socket one at a time: who is next has to wait until the
 * loop that serves has taken the last one in and it is the socket's turn again, so that of a storm
 * of connections the other clients of the loop feel one at a time.
 *
 * <p>The socket accepts when it is told to read, and is not told so automatically.
 */
final class Turnstile extends ChannelInboundHandlerAdapter {
  /** When to try again if nobody could be let in, as where there are no file descriptors left. */
  private static final long AGAIN_MILLIS = 10;

  private boolean entered;

  @Override
  public void channelActive(ChannelHandlerContext listening) {
    listening.fireChannelActive();
    listening.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext listening, Object accepted) {
    entered = true;
    listening.fireChannelRead(accepted);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext listening) {
    if (!entered) {
      var _ = listening.executor().schedule(listening::read, AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    }
    entered = false;
    listening.fireChannelReadComplete();
  }
}
