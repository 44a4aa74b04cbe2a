package io.keyward.gateway.server;

import io.keyward.gateway.server.Connections.Kind;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One port on some addresses, or one Unix socket. Each event loop has a Vert.x server of its own on
 * it, and Vert.x deals the connections out to them.
 */
final class Listener {
  private static final Logger log = LoggerFactory.getLogger(Listener.class);

  /** Long enough for a machine that swaps, or a container that was frozen while it started. */
  private static final long OPENING_SECONDS = 120;

  private static final long CLOSING_NANOS = 2_000_000_000;
  private static final long LOOK_AGAIN_NANOS = 20_000_000;

  /** How long connections may outlive their listener: as long as they like. */
  private static final Duration CONNECTIONS_STAY = Duration.ofDays(3650);

  private final List<ContextInternal> contexts;
  private final Connections connections;
  private final Kind kind;
  private final int backlog;
  private final List<NetServer> servers = new ArrayList<>();
  private int port;

  Listener(List<ContextInternal> contexts, Connections connections, Kind kind, int backlog) {
    this.contexts = contexts;
    this.connections = connections;
    this.kind = kind;
    this.backlog = backlog;
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
        listen(SocketAddress.inetSocketAddress(port, host));
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
    long limit = System.nanoTime() + CLOSING_NANOS;
    while (true) {
      try {
        openPort(port, addresses);
        return;
      } catch (StartException refused) {
        // The former sockets close when their loops come to that.
        if (!inUse(refused.getCause()) || System.nanoTime() - limit > 0) {
          throw refused;
        }
        LockSupport.parkNanos(LOOK_AGAIN_NANOS);
      }
    }
  }

  /** Opens a socket at any address of Vert.x's. */
  void open(SocketAddress address) throws StartException {
    try {
      listen(address);
    } catch (ExecutionException failed) {
      close();
      throw new StartException(
          "cannot listen on " + address + ": " + String.valueOf(failed.getCause()), failed);
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

  private void listen(SocketAddress address) throws StartException, ExecutionException {
    for (ContextInternal context : contexts) {
      NetServerOptions options = new NetServerOptions();
      options.setTcpNoDelay(true).setReuseAddress(true).setAcceptBacklog(backlog);
      NetServer listener = context.owner().createNetServer(options);
      listener.connectHandler(
          socket -> connections.accept(((NetSocketInternal) socket).channelHandlerContext(), kind));
      var listening = context.<NetServer>promise();
      context.runOnContext(go -> listener.listen(address).onComplete(listening));
      try {
        listening
            .future()
            .toCompletionStage()
            .toCompletableFuture()
            .get(OPENING_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new StartException("the start was interrupted", interrupted);
      } catch (TimeoutException slow) {
        throw new StartException(
            "the sockets did not open within " + OPENING_SECONDS + " seconds", slow);
      }
      servers.add(listener);
    }
  }

  private static boolean absent(@Nullable Throwable cause) {
    String text = String.valueOf(cause);
    return text.contains("Cannot assign requested address")
        || text.contains("Address family not supported")
        || text.contains("Protocol family")
        || cause instanceof UnknownHostException;
  }

  private static boolean inUse(@Nullable Throwable failed) {
    return failed != null && String.valueOf(failed.getCause()).contains("in use");
  }

  private static StartException failure(String host, int port, ExecutionException failed) {
    String text = String.valueOf(failed.getCause());
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
    for (NetServer listener : servers) {
      try {
        listener.shutdown(CONNECTIONS_STAY);
      } catch (RuntimeException closed) {
        log.debug("A listener was closed already", closed);
      }
    }
    servers.clear();
  }
}
