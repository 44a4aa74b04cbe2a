package io.keyward.gateway.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.channel.uring.IoUringTcpInfo;

/**
 * Tells of a TCP connection whether its peer has gone without a word while output is on its way to
 * it. The kernel's keep-alive does not ask then: it sends the same again and again, and gives up
 * after a quarter of an hour.
 *
 * <p>A peer that is there but does not read still answers the kernel, so it is not taken for one
 * that has gone, as it would be by TCP_USER_TIMEOUT. For one loop.
 */
final class LostPeers {
  /** Questions in a row that a peer with a full buffer may leave unanswered. */
  private static final int MOST_PROBES = 3;

  private final EpollTcpInfo epoll = new EpollTcpInfo();
  private final IoUringTcpInfo uring = new IoUringTcpInfo();

  /**
   * Whether nothing has come from the peer's kernel for so long although something is to be
   * acknowledged; never of NIO, which cannot tell.
   */
  boolean has(Channel channel, long millis) {
    try {
      return switch (channel) {
        case IoUringSocketChannel socket -> {
          socket.tcpInfo(uring);
          yield lost(uring.unacked(), uring.probes(), uring.lastAckRecv(), millis);
        }
        case EpollSocketChannel socket -> {
          socket.tcpInfo(epoll);
          yield lost(epoll.unacked(), epoll.probes(), epoll.lastAckRecv(), millis);
        }
        default -> false;
      };
    } catch (ChannelException closed) {
      return false;
    }
  }

  private static boolean lost(long unacknowledged, int probes, long silence, long millis) {
    return silence > millis && (unacknowledged > 0 || probes >= MOST_PROBES);
  }
}
