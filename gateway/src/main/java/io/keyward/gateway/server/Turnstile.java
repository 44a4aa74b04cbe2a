package io.keyward.gateway.server;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.TimeUnit;

/**
 * Lets connections in through a listening socket one at a time: who is next has to wait until the
 * loop that serves has taken the last one in and it is the socket's turn again, so that of a storm
 * of connections the other clients of the loop feel one at a time. A loop that takes its time for
 * that holds up the connections that are dealt to it, and the others for {@value #MOST_MILLIS} ms.
 *
 * <p>The socket accepts when it is told to read, and is not told so automatically.
 */
final class Turnstile extends ChannelDuplexHandler {
  /** How long the next one waits for the loop that has the last one. */
  static final long MOST_MILLIS = 10;

  /** When to try again if nobody could be let in, as where there are no file descriptors left. */
  private static final long AGAIN_MILLIS = 10;

  private boolean entered;

  /** How many connections have come, and whether nobody has asked for a further one yet. */
  private int comers;

  private boolean waits;

  @Override
  public void channelActive(ChannelHandlerContext listening) {
    listening.fireChannelActive();
    read(listening);
  }

  @Override
  public void channelRead(ChannelHandlerContext listening, Object accepted) {
    entered = true;
    waits = true;
    int number = ++comers;
    var _ =
        listening
            .executor()
            .schedule(() -> waitNoLonger(listening, number), MOST_MILLIS, TimeUnit.MILLISECONDS);
    listening.fireChannelRead(accepted);
  }

  private void waitNoLonger(ChannelHandlerContext listening, int number) {
    if (waits && number == comers) {
      read(listening);
    }
  }

  @Override
  public void read(ChannelHandlerContext listening) {
    waits = false;
    listening.read();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext listening) {
    if (!entered) {
      var _ =
          listening.executor().schedule(() -> read(listening), AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    }
    entered = false;
    listening.fireChannelReadComplete();
  }
}
