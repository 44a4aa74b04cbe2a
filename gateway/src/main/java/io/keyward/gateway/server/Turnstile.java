package io.keyward.gateway.server;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.TimeUnit;

/**
 * Lets connections in through a listening socket one at a time: who is next has to wait until the
 * loop that serves has taken the last one in and it is the socket's turn again, so that of a storm
 * of connections the other clients of the loop feel one at a time. A loop that takes its time for
 * that holds up the connections that are dealt to it, and the others for {@value #MOST_MILLIS} ms
 * or a little more.
 *
 * <p>The socket accepts when it is told to read, and is not told so automatically.
 */
final class Turnstile extends ChannelDuplexHandler {
  /** The next one waits so long for the loop that has the last one, and at most twice as long. */
  static final long MOST_MILLIS = 10;

  /** When to try again if nobody could be let in, as where there are no file descriptors left. */
  private static final long AGAIN_MILLIS = 10;

  private boolean entered;

  /** How many connections have come. */
  private int comers;

  /** Whether nobody else is let in until the loop has taken in the last one. */
  private boolean waits;

  /** Whether {@link #look} is scheduled, which ends a wait that is too long. */
  private boolean watched;

  @Override
  public void channelActive(ChannelHandlerContext listening) {
    listening.fireChannelActive();
    read(listening);
  }

  @Override
  public void channelRead(ChannelHandlerContext listening, Object accepted) {
    entered = true;
    waits = true;
    comers++;
    if (!watched) {
      watch(listening);
    }
    listening.fireChannelRead(accepted);
  }

  private void watch(ChannelHandlerContext listening) {
    watched = true;
    int number = comers;
    var _ =
        listening
            .executor()
            .schedule(() -> look(listening, number), MOST_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Has the next one come if it has waited since the last look, else looks again if it waits. */
  private void look(ChannelHandlerContext listening, int number) {
    watched = false;
    if (waits) {
      if (number == comers) {
        read(listening);
      } else {
        watch(listening);
      }
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
