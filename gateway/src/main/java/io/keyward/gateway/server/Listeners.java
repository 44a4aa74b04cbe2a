package io.keyward.gateway.server;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import io.keyward.gateway.server.Connections.Kind;
import io.keyward.gateway.tls.Tls;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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
  private final List<ContextInternal> contexts;
  private final Connections connections;
  private final List<Listener> open = new ArrayList<>();

  /**
   * No sockets yet.
   *
   * @param contexts one for each loop, in the order of {@link Server#loops()}
   */
  public Listeners(Server server, Tls tls, List<ContextInternal> contexts) {
    this.server = server;
    this.tls = tls;
    this.contexts = List.copyOf(contexts);
    this.connections = new Connections(server, tls);
  }

  /**
   * Opens what the directives say.
   *
   * @param freePorts whether to take any free ports instead of those of the directives
   */
  public void open(boolean freePorts) throws StartException {
    LiveSettings live = server.live();
    List<String> bind = live.words(Directive.BIND);
    int port = port(Directive.PORT, freePorts);
    if (port != 0) {
      listener(Kind.PLAIN, contexts).openPort(port, bind);
      server.port(port);
    }
    int tlsPort = port(Directive.TLS_PORT, freePorts);
    if (tlsPort != 0) {
      loadCertificates();
      listener(Kind.TLS, contexts).openPort(tlsPort, bind);
      server.tlsPort(tlsPort);
    }
    for (int ofDeployment : server.tenancy().ports()) {
      listener(Kind.PLAIN, contexts).openPort(ofDeployment, bind);
    }
    openUnixSocket(live.text(Directive.UNIXSOCKET));
    live.onChange(
        EnumSet.of(Directive.PORT, Directive.TLS_PORT, Directive.BIND), Listeners::refuseChange);
  }

  private static void refuseChange() throws RefusedException {
    throw new RefusedException("the gateway opens its sockets at the start alone");
  }

  private int port(Directive directive, boolean anyFree) throws StartException {
    int port = (int) server.live().number(directive);
    return port != 0 && anyFree ? Listener.freePort() : port;
  }

  private Listener listener(Kind kind, List<ContextInternal> accepting) {
    int backlog = (int) server.live().number(Directive.TCP_BACKLOG);
    Listener listener = new Listener(accepting, connections, kind, backlog);
    open.add(listener);
    return listener;
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
      // One loop accepts: that on which the data is, where every connection is served in line.
      listener(Kind.UNIX, contexts.subList(0, 1)).open(SocketAddress.domainSocketAddress(path));
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
  public void close() {
    open.forEach(Listener::close);
    String path = server.live().text(Directive.UNIXSOCKET);
    if (!path.isEmpty()) {
      try {
        Files.deleteIfExists(Path.of(path));
      } catch (IOException stays) {
        log.warn("The Unix socket {} cannot be removed: {}", path, stays.getMessage());
      }
    }
  }
}
