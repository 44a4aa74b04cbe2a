package io.keyward.gateway.server;

import io.keyward.gateway.server.Connections.Kind;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One port on some addresses, or one Unix socket. The first of the loops that serve accepts, and
 * deals the connections out to all of them; each comes through a {@link Turnstile}.
 *
 * <p>The sockets are Netty's rather than Vert.x's servers: those are told who serves only when they
 * are bound, and close whoever comes in between.
 */
final class Listener {
  private static final Logger log = LoggerFactory.getLogger(Listener.class);

  /** Long enough for a machine that swaps, or a container that was frozen while it started. */
  private static final long OPENING_SECONDS = 120;

  private static final long CLOSING_SECONDS = 2;

  private final ServerBootstrap bootstrap;
  private final List<Channel> sockets = new ArrayList<>();
  private int port;

  /**
   * A listener without sockets yet.
   *
   * @param accepting the loop of the sockets
   * @param serving the loops that connections are dealt out to
   */
  Listener(
      VertxInternal vertx,
      EventLoop accepting,
      EventLoopGroup serving,
      Connections connections,
      Kind kind,
      int backlog) {
    boolean unix = kind == Kind.UNIX;
    bootstrap =
        new ServerBootstrap()
            .group(accepting, serving)
            .channelFactory(vertx.transport().serverChannelFactory(unix))
            .option(ChannelOption.SO_BACKLOG, backlog)
            .option(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.ALLOCATOR, ByteBufAllocator.DEFAULT)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel listening) {
                    listening.pipeline().addLast(new Turnstile());
                  }
                })
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel accepted) {
                    connections.accept(accepted, kind);
                  }
                });
    if (!unix) {
      bootstrap
          .option(ChannelOption.SO_REUSEADDR, true)
          .childOption(ChannelOption.TCP_NODELAY, true);
    }
  }

  /** A port that was free a moment ago. */
  static int freePort() throws StartException {
    try (ServerSocket probe = new ServerSocket(0)) {
      return probe.getLocalPort();
    } catch (IOException none) {
      throw new StartException("no port is free", none);
    }
  }

  /**
   * Opens a TCP port on every address.
   *
   * @param addresses {@code *} is every IPv4 and {@code ::*} every IPv6 address, a leading {@code
   *     -} tolerates that this machine has no such address
   */
  void openPort(int number, List<String> addresses) throws StartException {
    port = number;
    boolean listening = false;
    for (String address : resolved(addresses)) {
      boolean optional = address.startsWith("-");
      String host = optional ? address.substring(1) : address;
      try {
        listen(at(host, port));
        listening = true;
      } catch (ExecutionException failed) {
        if (!optional || !absent(failed.getCause())) {
          close();
          throw failure(host, port, failed);
        }
        log.debug("Not listening on {}: {}", host, failed.getMessage());
      }
    }
    if (!listening) {
      throw new StartException(
          "none of the addresses of bind exists on this machine. Remedy: bind * or 127.0.0.1.");
    }
  }

  /** Listens on other addresses at the same port; connections stay. */
  void listenOn(List<String> addresses) throws StartException {
    close();
    openPort(port, addresses);
  }

  /** Opens a socket at any address. */
  void open(SocketAddress address) throws StartException {
    try {
      listen(address);
    } catch (ExecutionException failed) {
      close();
      throw new StartException(
          "cannot listen on " + address + ": " + reason(failed) + ". Remedy: check unixsocket.",
          failed);
    }
  }

  /** The addresses to listen on; one socket on {@code ::} takes IPv4 as well. */
  private static List<String> resolved(List<String> addresses) {
    boolean ipv6 = Files.isReadable(Path.of("/proc/net/if_inet6"));
    boolean everyIpv4 =
        addresses.stream().anyMatch(given -> given.matches("-?(\\*|0\\.0\\.0\\.0)"));
    boolean everyIpv6 = ipv6 && addresses.stream().anyMatch(given -> given.matches("-?::\\*?"));
    List<String> resolved = new ArrayList<>();
    for (String given : addresses) {
      String optional = given.startsWith("-") ? "-" : "";
      switch (given.substring(optional.length())) {
        case "*", "0.0.0.0" -> resolved.add(optional + (everyIpv6 ? "::" : "0.0.0.0"));
        case "::*", "::" -> {
          if (!everyIpv4) {
            resolved.add(optional + "::");
          }
        }
        default -> resolved.add(given);
      }
    }
    return resolved;
  }

  private static SocketAddress at(String host, int port) throws ExecutionException {
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException unknown) {
      throw new ExecutionException(unknown);
    }
  }

  private void listen(SocketAddress address) throws StartException, ExecutionException {
    ChannelFuture bound = bootstrap.bind(address);
    try {
      if (!bound.await(OPENING_SECONDS, TimeUnit.SECONDS)) {
        throw new StartException("the sockets did not open within " + OPENING_SECONDS + " seconds");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new StartException("the start was interrupted", interrupted);
    }
    Throwable refused = bound.cause();
    if (refused != null) {
      throw new ExecutionException(refused);
    }
    sockets.add(bound.channel());
  }

  private static boolean absent(@Nullable Throwable cause) {
    String text = String.valueOf(cause);
    return text.contains("Cannot assign requested address")
        || text.contains("Address family not supported")
        || text.contains("Protocol family")
        || cause instanceof UnknownHostException;
  }

  private static String reason(ExecutionException failed) {
    Throwable cause = failed.getCause();
    return cause instanceof UnknownHostException || !(cause instanceof IOException)
        ? String.valueOf(cause)
        : String.valueOf(cause.getMessage());
  }

  private static boolean inUse(@Nullable Throwable failed) {
    return failed != null && String.valueOf(failed.getCause()).contains("in use");
  }

  private static StartException failure(String host, int port, ExecutionException failed) {
    String text = reason(failed);
    if (inUse(failed)) {
      return new StartException(
          "port "
              + port
              + " on "
              + host
              + " is in use. Remedy: stop the program that has it (ss -ltnp 'sport = :"
              + port
              + "' shows it), or give another port: --port "
              + (port + 1)
              + ".",
          failed);
    }
    if (text.contains("Permission denied")) {
      return new StartException(
          "port " + port + " may not be opened. Remedy: give a port above 1023.", failed);
    }
    return new StartException(
        "cannot listen on " + host + ", port " + port + ": " + text + ". Remedy: check bind.",
        failed);
  }

  /** Closes the sockets that are listening; connections stay. */
  void close() {
    for (Channel socket : sockets) {
      if (!socket.close().awaitUninterruptibly(CLOSING_SECONDS, TimeUnit.SECONDS)) {
        log.warn("{} takes long to close", socket.localAddress());
      }
    }
    sockets.clear();
  }
}
