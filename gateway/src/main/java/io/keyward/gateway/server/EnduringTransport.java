package io.keyward.gateway.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TcpConfig;
import io.vertx.core.spi.transport.Transport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A transport whose event loops outlive an OutOfMemoryError.
 *
 * <p>Netty's loops end for good when one is thrown between two handlers of a pipeline, with
 * everything that lives on them. Here such a round is given up, with what it had to do for one
 * socket, and the next one begins.
 */
record EnduringTransport(Transport given) implements Transport {
  private static final Logger log = LoggerFactory.getLogger(EnduringTransport.class);

  /** What waits for the kernel, round by round. */
  private record Enduring(IoHandler given) implements IoHandler {
    @Override
    public void initialize() {
      given.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
      try {
        return given.run(context);
      } catch (OutOfMemoryError full) {
        log.warn("No memory for what has arrived: {}", full.getMessage());
        return 0;
      }
    }

    @Override
    public void prepareToDestroy() {
      given.prepareToDestroy();
    }

    @Override
    public void destroy() {
      given.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
      return given.register(handle);
    }

    @Override
    public void wakeup() {
      given.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handle) {
      return given.isCompatible(handle);
    }
  }

  @Override
  public IoHandlerFactory ioHandlerFactory() {
    IoHandlerFactory factory = given.ioHandlerFactory();
    return new IoHandlerFactory() {
      @Override
      public IoHandler newHandler(ThreadAwareExecutor executor) {
        return new Enduring(factory.newHandler(executor));
      }

      @Override
      public boolean isChangingThreadSupported() {
        return factory.isChangingThreadSupported();
      }
    };
  }

  @Override
  public boolean supportsDomainSockets() {
    return given.supportsDomainSockets();
  }

  @Override
  public boolean supportFileRegion() {
    return given.supportFileRegion();
  }

  @Override
  public boolean isAvailable() {
    return given.isAvailable();
  }

  @Override
  public @Nullable Throwable unavailabilityCause() {
    return given.unavailabilityCause();
  }

  @Override
  public java.net.SocketAddress convert(SocketAddress address) {
    return given.convert(address);
  }

  @Override
  public SocketAddress convert(java.net.SocketAddress address) {
    return given.convert(address);
  }

  @Override
  @SuppressWarnings("deprecation") // the interface asks for it
  public DatagramChannel datagramChannel(@Nullable InternetProtocolFamily family) {
    return given.datagramChannel(family);
  }

  @Override
  public ChannelFactory<? extends DatagramChannel> datagramChannelFactory() {
    return given.datagramChannelFactory();
  }

  @Override
  public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
    return given.channelFactory(domainSocket);
  }

  @Override
  public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
    return given.serverChannelFactory(domainSocket);
  }

  @Override
  public void configure(DatagramChannel channel, DatagramSocketOptions options) {
    given.configure(channel, options);
  }

  @Override
  public void configure(TcpConfig options, boolean domainSocket, Bootstrap bootstrap) {
    given.configure(options, domainSocket, bootstrap);
  }

  @Override
  public void configure(TcpConfig options, boolean domainSocket, ServerBootstrap bootstrap) {
    given.configure(options, domainSocket, bootstrap);
  }
}
