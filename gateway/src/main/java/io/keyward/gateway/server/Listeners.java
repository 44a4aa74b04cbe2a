package io.keyward.gateway.server;

import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Open sockets that clients connect to; each event loop accepts its share of the connections. */
public final class Listeners {
  private static final Logger log = LoggerFactory.getLogger(Listeners.class);
  private static final long OPENING_SECONDS = 20;

  private final Server server;
  private final List<ContextInternal> contexts;
  private final List<NetServer> open = new ArrayList<>();

  /**
   * No listeners yet.
   *
   * @param contexts one for each loop, in the order of {@link Server#loops()}
   */
  public Listeners(Server server, List<ContextInternal> contexts) {
    this.server = server;
    this.contexts = List.copyOf(contexts);
  }

  /**
   * Opens a TCP port on every address.
   *
   * @param bind addresses; {@code *} is every IPv4 and {@code ::*} every IPv6 address, a leading
   *     {@code -} tolerates that this machine has no such address
   * @return the port that is open
   */
  public int openPort(int port, List<String> bind) throws StartException {
    int opened = port;
    int listening = 0;
    for (String address : addresses(bind)) {
      boolean optional = address.startsWith("-");
      String host = optional ? address.substring(1) : address;
      try {
        opened = listen(SocketAddress.inetSocketAddress(opened, host));
        listening++;
      } catch (ExecutionException failed) {
        Throwable cause = failed.getCause();
        if (optional && absent(cause)) {
          log.debug("Not listening on {}: {}", host, String.valueOf(cause));
          continue;
        }
        throw failure(host, port, cause == null ? failed : cause);
      }
    }
    if (listening == 0) {
      throw new StartException(
          "none of the addresses of bind exists on this machine. Remedy: bind * or 127.0.0.1.");
    }
    return opened;
  }

  /** The addresses to listen on; one socket on {@code ::} takes IPv4 as well. */
  private static List<String> addresses(List<String> bind) {
    List<String> addresses = new ArrayList<>();
    boolean everyIpv4 = bind.contains("*") || bind.contains("-*") || bind.contains("0.0.0.0");
    boolean everyIpv6 = bind.contains("::*") || bind.contains("-::*") || bind.contains("::");
    for (String given : bind) {
      String optional = given.startsWith("-") ? "-" : "";
      String address = given.substring(optional.length());
      if (address.equals("*") || address.equals("0.0.0.0")) {
        addresses.add(optional + (everyIpv6 && hasIpv6() ? "::" : "0.0.0.0"));
      } else if (address.equals("::*") || address.equals("::")) {
        if (!everyIpv4) {
          addresses.add(optional + "::");
        }
      } else {
        addresses.add(given);
      }
    }
    return addresses;
  }

  private static boolean hasIpv6() {
    return java.nio.file.Files.isReadable(java.nio.file.Path.of("/proc/net/if_inet6"));
  }

  private int listen(SocketAddress address) throws StartException, ExecutionException {
    SocketAddress next = address;
    int port = 0;
    for (int i = 0; i < contexts.size(); i++) {
      ContextInternal context = contexts.get(i);
      NetServer listener = context.owner().createNetServer(options());
      listener.connectHandler(this::connected);
      awaitListening(context, listener, next);
      open.add(listener);
      port = listener.actualPort();
      if (next.isInetSocket()) {
        next = SocketAddress.inetSocketAddress(port, next.host());
      }
    }
    return port;
  }

  private NetServerOptions options() {
    NetServerOptions options = new NetServerOptions();
    options.setTcpNoDelay(true);
    options.setReuseAddress(true);
    options.setAcceptBacklog(
        (int) server.live().number(io.keyward.config.directive.Directive.TCP_BACKLOG));
    return options;
  }

  private static void awaitListening(
      ContextInternal context, NetServer listener, SocketAddress address)
      throws StartException, ExecutionException {
    var listening = context.<NetServer>promise();
    context.runOnContext(go -> listener.listen(address).onComplete(listening));
    await(listening.future().toCompletionStage().toCompletableFuture());
  }

  private static <T> T await(java.util.concurrent.CompletableFuture<T> future)
      throws StartException, ExecutionException {
    try {
      return future.get(OPENING_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new StartException("the start was interrupted", interrupted);
    } catch (TimeoutException slow) {
      throw new StartException(
          "the sockets did not open within " + OPENING_SECONDS + " seconds", slow);
    }
  }

  private static boolean absent(@org.jspecify.annotations.Nullable Throwable cause) {
    String text = String.valueOf(cause);
    return text.contains("Cannot assign requested address")
        || text.contains("Address family not supported")
        || text.contains("Protocol family")
        || cause instanceof java.net.UnknownHostException;
  }

  private static StartException failure(String host, int port, Throwable cause) {
    String text = String.valueOf(cause.getMessage());
    if (cause instanceof BindException || text.contains("in use")) {
      if (text.contains("in use")) {
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
            cause);
      }
    }
    if (text.contains("Permission denied")) {
      return new StartException(
          "port " + port + " may not be opened. Remedy: give a port above 1023.", cause);
    }
    return new StartException(
        "cannot listen on " + host + ", port " + port + ": " + text + ". Remedy: check bind.",
        cause);
  }

  private void connected(NetSocket socket) {
    ChannelHandlerContext own = ((NetSocketInternal) socket).channelHandlerContext();
    Peer peer = Peer.internet(own.channel().remoteAddress(), own.channel().localAddress(), false);
    server.traffic().accepted();
    GatewayLoop home = server.loopOf(server.keyspace());
    own.pipeline().addBefore(own.name(), "redis", new RedisHandler(server, home, peer));
  }

  /** Closes every listener; connections stay. */
  public void close(Vertx vertx) {
    for (NetServer listener : open) {
      listener.shutdown(Duration.ofSeconds(1));
    }
    open.clear();
  }
}
