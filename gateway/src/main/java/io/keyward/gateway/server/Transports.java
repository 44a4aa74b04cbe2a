package io.keyward.gateway.server;

import io.keyward.config.Transport;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses what the event loops wait for the kernel with. */
public final class Transports {
  private static final Logger log = LoggerFactory.getLogger(Transports.class);

  /**
   * Operations that may complete before a loop looks, from when on the kernel has to set some
   * aside: those of ten thousand clients that close at once.
   */
  private static final String COMPLETIONS = "32768";

  /** Whether io_uring may accept connections without being asked for each. */
  private static final String ACCEPT_MANY = "io.netty.iouring.acceptMultiShotEnabled";

  private Transports() {}

  /** Vert.x on a transport that works here. */
  public record Started(Vertx vertx, String transport) {}

  /**
   * Starts Vert.x.
   *
   * @throws StartException if the wanted transport does not work on this machine
   */
  public static Started start(Transport wanted, int eventLoops) throws StartException {
    if (System.getProperty(ACCEPT_MANY) == null) {
      // One at a time: of a storm of connections the others of the loop are served in between.
      System.setProperty(ACCEPT_MANY, "false");
    }
    List<Transport> candidates =
        wanted == Transport.AUTO
            ? List.of(Transport.IO_URING, Transport.EPOLL, Transport.NIO)
            : List.of(wanted);
    List<String> reasons = new ArrayList<>();
    if (System.getProperty("io.netty.iouring.cqSize") == null) {
      System.setProperty("io.netty.iouring.cqSize", COMPLETIONS);
    }
    for (Transport candidate : candidates) {
      try {
        var implementation = implementation(candidate);
        if (implementation != null && implementation.available()) {
          VertxOptions options =
              new VertxOptions().setEventLoopPoolSize(eventLoops).setWorkerPoolSize(4);
          Vertx vertx =
              Vertx.builder().with(options).withTransport(enduring(implementation)).build();
          return new Started(vertx, spelled(candidate));
        }
        reasons.add(reason(implementation == null ? null : implementation.unavailabilityCause()));
      } catch (RuntimeException | LinkageError unusable) {
        reasons.add(reason(unusable));
      }
      log.debug("Transport {} does not work here: {}", candidate, reasons);
    }
    throw new StartException(
        "transport "
            + spelled(wanted)
            + " does not work on this machine ("
            + String.join("; ", reasons)
            + "). Remedy: "
            + (wanted == Transport.AUTO
                ? "let the system allow what it refuses here (open files: ulimit -n)."
                : "set transport (KEYWARD_TRANSPORT) to auto, epoll or nio."));
  }

  private static io.vertx.core.transport.@org.jspecify.annotations.Nullable Transport
      implementation(Transport transport) {
    return switch (transport) {
      case IO_URING -> io.vertx.core.transport.Transport.IO_URING;
      case EPOLL -> io.vertx.core.transport.Transport.EPOLL;
      case NIO, AUTO -> io.vertx.core.transport.Transport.NIO;
    };
  }

  private static io.vertx.core.transport.Transport enduring(
      io.vertx.core.transport.Transport given) {
    EnduringTransport implementation = new EnduringTransport(given.implementation());
    return new io.vertx.core.transport.Transport() {
      @Override
      public String name() {
        return given.name();
      }

      @Override
      public boolean available() {
        return given.available();
      }

      @Override
      public @org.jspecify.annotations.Nullable Throwable unavailabilityCause() {
        return given.unavailabilityCause();
      }

      @Override
      public io.vertx.core.spi.transport.Transport implementation() {
        return implementation;
      }
    };
  }

  private static String spelled(Transport transport) {
    return transport.name().toLowerCase(Locale.ROOT);
  }

  private static String reason(@org.jspecify.annotations.Nullable Throwable cause) {
    if (cause == null) {
      return "it is not part of this build";
    }
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null ? root.getClass().getSimpleName() : message;
  }
}
