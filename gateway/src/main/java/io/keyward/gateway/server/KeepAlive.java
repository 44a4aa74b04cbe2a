package io.keyward.gateway.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringSocketChannel;
import java.net.SocketOption;
import jdk.net.ExtendedSocketOptions;

/** Has the kernel ask silent peers whether they are still there. */
final class KeepAlive {
  private static final int PROBES = 3;

  private KeepAlive() {}

  /**
   * Asks after so many seconds of silence, and three times in the same time again; 0 = never.
   *
   * <p>A transport without the finer options uses the kernel's own times.
   */
  static void set(Channel channel, long seconds) {
    channel.config().setOption(ChannelOption.SO_KEEPALIVE, seconds > 0);
    if (seconds <= 0) {
      return;
    }
    int idle = (int) Math.min(seconds, Short.MAX_VALUE);
    int interval = (int) interval(idle);
    switch (channel) {
      case IoUringSocketChannel uring ->
          set(
              uring,
              IoUringChannelOption.TCP_KEEPIDLE,
              idle,
              IoUringChannelOption.TCP_KEEPINTVL,
              interval,
              IoUringChannelOption.TCP_KEEPCNT);
      case EpollSocketChannel epoll ->
          set(
              epoll,
              EpollChannelOption.TCP_KEEPIDLE,
              idle,
              EpollChannelOption.TCP_KEEPINTVL,
              interval,
              EpollChannelOption.TCP_KEEPCNT);
      case NioSocketChannel nio ->
          set(
              nio,
              option(ExtendedSocketOptions.TCP_KEEPIDLE),
              idle,
              option(ExtendedSocketOptions.TCP_KEEPINTERVAL),
              interval,
              option(ExtendedSocketOptions.TCP_KEEPCOUNT));
      default -> {}
    }
  }

  /**
   * How long a peer is silent before the kernel gives it up, if it is asked after so many seconds.
   */
  static long patienceMillis(long seconds) {
    return (seconds + PROBES * interval(seconds)) * 1000;
  }

  private static long interval(long seconds) {
    return Math.max(1, seconds / PROBES);
  }

  private static ChannelOption<Integer> option(SocketOption<Integer> option) {
    return NioChannelOption.of(option);
  }

  private static void set(
      Channel channel,
      ChannelOption<Integer> idleOption,
      int idle,
      ChannelOption<Integer> intervalOption,
      int interval,
      ChannelOption<Integer> countOption) {
    channel.config().setOption(idleOption, idle);
    channel.config().setOption(intervalOption, interval);
    channel.config().setOption(countOption, PROBES);
  }
}
