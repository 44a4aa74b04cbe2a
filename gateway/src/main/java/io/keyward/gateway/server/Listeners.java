package io.keyward.gateway.server;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import io.keyward.gateway.server.Connections.Kind;
import io.keyward.gateway.tls.Tls;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open sockets that clients connect to, as the directives say: {@code port}, {@code tls-port},
 * {@code bind} and {@code unixsocket}.
 */
public final class Listeners {
  private static final Logger log = LoggerFactory.getLogger(Listeners.class);

  private final Server server;
  private final Tls tls;
  private final VertxInternal vertx;
  private final Connections connections;
  private final Map<Integer, Listener> ofDeployments = new TreeMap<>();
  private final Door plain;
  private final Door encrypted;
  private @Nullable Listener unix;
  private List<String> bind = List.of();
  private boolean closed;

  /** The sockets of one directive that names a port. */
  private static final class Door {
    final Directive directive;
    final Kind kind;

    /** What the directive says of the port that is open. */
    long asked;

    @Nullable Listener listener;

    Door(Directive directive, Kind kind) {
      this.directive = directive;
      this.kind = kind;
    }
  }

  /**
   * No sockets yet.
   *
   * @param vertx has the loops of {@link Server#loops()}, and no others
   */
  public Listeners(Server server, Tls tls, VertxInternal vertx) {
    this.server = server;
    this.tls = tls;
    this.vertx = vertx;
    this.connections = new Connections(server, tls);
    plain = new Door(Directive.PORT, Kind.PLAIN);
    encrypted = new Door(Directive.TLS_PORT, Kind.TLS);
  }

  /**
   * Opens what the directives say.
   *
   * @param freePorts whether to take any free ports instead of those of the directives
   */
  public synchronized void open(boolean freePorts) throws StartException {
    if (closed) {
      throw new StartException("it has been stopped before it listened");
    }
    LiveSettings live = server.live();
    bind = live.words(Directive.BIND);
    open(plain, freePorts);
    open(encrypted, freePorts);
    for (int ofDeployment : server.tenancy().ports()) {
      ofDeployments.put(ofDeployment, opened(Kind.DEPLOYMENT, ofDeployment));
    }
    openUnixSocket(live.text(Directive.UNIXSOCKET));
    live.onChange(EnumSet.of(Directive.PORT), () -> move(plain));
    live.onChange(EnumSet.of(Directive.TLS_PORT), () -> move(encrypted));
    live.onChange(EnumSet.of(Directive.BIND), this::bindAnew);
  }

  /** Reads the certificates that the directives ask for, and opens nothing. */
  public void check() throws StartException {
    if (server.live().number(Directive.TLS_PORT) != 0) {
      loadCertificates();
    }
  }

  private void open(Door door, boolean anyFree) throws StartException {
    door.asked = server.live().number(door.directive);
    int port = door.asked != 0 && anyFree ? Listener.freePort() : (int) door.asked;
    if (port != 0) {
      door.listener = openedAt(door, port);
    }
    show(door, port);
  }

  private void show(Door door, int port) {
    if (door == plain) {
      server.port(port);
    } else {
      server.tlsPort(port);
    }
  }

  private Listener openedAt(Door door, int port) throws StartException {
    if (door.kind == Kind.TLS) {
      loadCertificates();
    }
    return opened(door.kind, port);
  }

  private Listener opened(Kind kind, int port) throws StartException {
    Listener listener = listener(kind, vertx.eventLoopGroup());
    listener.openPort(port, bind);
    return listener;
  }

  /**
   * Opens those of some ports of deployments that are not open yet.
   *
   * @throws RefusedException if one of them cannot be opened; then no other one is left open
   */
  public synchronized void open(Set<Integer> ports) throws RefusedException {
    Map<Integer, Listener> fresh = new TreeMap<>();
    for (int port : ports) {
      if (!closed && !ofDeployments.containsKey(port)) {
        try {
          fresh.put(port, opened(Kind.DEPLOYMENT, port));
        } catch (StartException refused) {
          fresh.values().forEach(Listener::close);
          throw new RefusedException(String.valueOf(refused.getMessage()));
        }
      }
    }
    ofDeployments.putAll(fresh);
  }

  /** Closes the ports of deployments that are none of these; connections stay. */
  public synchronized void closeOthersThan(Set<Integer> ports) {
    ofDeployments
        .entrySet()
        .removeIf(
            each -> {
              boolean other = !ports.contains(each.getKey());
              if (other) {
                each.getValue().close();
              }
              return other;
            });
  }

  /** Opens another port than before, and closes that; connections stay. */
  private synchronized void move(Door door) throws RefusedException {
    long wanted = server.live().number(door.directive);
    if (closed || wanted == door.asked) {
      return;
    }
    notOnLoop();
    Listener next = null;
    if (wanted != 0) {
      try {
        next = openedAt(door, (int) wanted);
      } catch (StartException refused) {
        log.error("{}", refused.getMessage());
        throw new RefusedException("Unable to listen on this port. Check server logs.");
      }
    }
    Listener former = door.listener;
    if (former != null) {
      former.close();
    }
    door.listener = next;
    door.asked = wanted;
    show(door, (int) wanted);
  }

  /** Opens the same ports on other addresses; connections stay. */
  private synchronized void bindAnew() throws RefusedException {
    List<String> wanted = server.live().words(Directive.BIND);
    if (closed || wanted.equals(bind)) {
      return;
    }
    notOnLoop();
    List<String> former = bind;
    try {
      openAllAgain(wanted);
    } catch (StartException refused) {
      log.error("{}", refused.getMessage());
      try {
        openAllAgain(former);
      } catch (StartException lost) {
        log.error("No longer listening: {}", lost.getMessage());
      }
      throw new RefusedException("Failed to bind to specified addresses.");
    }
  }

  private void openAllAgain(List<String> addresses) throws StartException {
    bind = addresses;
    for (Listener listener : tcp()) {
      listener.listenOn(addresses);
    }
  }

  private List<Listener> tcp() {
    List<Listener> open = new ArrayList<>(ofDeployments.values());
    for (Door door : List.of(plain, encrypted)) {
      Listener listener = door.listener;
      if (listener != null) {
        open.add(listener);
      }
    }
    return open;
  }

  /** A loop that serves clients cannot wait until loops have opened sockets. */
  private void notOnLoop() throws RefusedException {
    if (server.loops().stream().anyMatch(GatewayLoop::isCurrent)) {
      throw new RefusedException("sockets cannot be opened inside a transaction");
    }
  }

  private Listener listener(Kind kind, EventLoopGroup serving) {
    int backlog = (int) server.live().number(Directive.TCP_BACKLOG);
    EventLoop accepting = server.loops().getFirst().eventLoop();
    return new Listener(vertx, accepting, serving, connections, kind, backlog);
  }

  private void loadCertificates() throws StartException {
    try {
      tls.reload();
    } catch (RefusedException refused) {
      throw new StartException(
          refused.reason() + ". Remedy: check the tls- directives and the files they name.",
          refused);
    }
  }

  private void openUnixSocket(String path) throws StartException {
    if (path.isEmpty()) {
      return;
    }
    try {
      // What a former process left behind.
      Files.deleteIfExists(Path.of(path));
      // One loop serves: that on which the data is, where every connection is served in line.
      Listener listener = listener(Kind.UNIX, server.loops().getFirst().eventLoop());
      listener.open(vertx.transport().convert(SocketAddress.domainSocketAddress(path)));
      unix = listener;
      long mode = server.live().number(Directive.UNIXSOCKETPERM);
      if (mode != 0) {
        Files.setPosixFilePermissions(Path.of(path), permissions(mode));
      }
    } catch (IOException failed) {
      throw new StartException(
          "the Unix socket " + path + " cannot be made: " + failed.getMessage(), failed);
    }
  }

  private static Set<PosixFilePermission> permissions(long mode) {
    // Bit 8 is the owner's right to read, bit 0 that of others to execute.
    PosixFilePermission[] byBit = PosixFilePermission.values();
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (int bit = 0; bit < byBit.length; bit++) {
      if ((mode >> (byBit.length - 1 - bit) & 1) == 1) {
        permissions.add(byBit[bit]);
      }
    }
    return permissions;
  }

  /** Closes every socket; connections stay. */
  public synchronized void close() {
    closed = true;
    tcp().forEach(Listener::close);
    Listener present = unix;
    if (present != null) {
      present.close();
      removeUnixSocket(server.live().text(Directive.UNIXSOCKET));
    }
  }

  private static void removeUnixSocket(String path) {
    try {
      Files.deleteIfExists(Path.of(path));
    } catch (IOException stays) {
      log.warn("The Unix socket {} cannot be removed: {}", path, stays.getMessage());
    }
  }
}
