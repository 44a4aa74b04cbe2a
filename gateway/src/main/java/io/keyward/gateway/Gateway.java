package io.keyward.gateway;

import io.keyward.config.Settings;
import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.builtin.Home;
import io.keyward.gateway.command.GatewayCommands;
import io.keyward.gateway.server.GatewayLoop;
import io.keyward.gateway.server.Listeners;
import io.keyward.gateway.server.Server;
import io.keyward.gateway.server.StartException;
import io.keyward.gateway.server.Transports;
import io.keyward.tenancy.Login;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A running gateway; several may run in one JVM. */
public final class Gateway implements AutoCloseable {
  /** The ports that are open; 0 = closed. */
  public record Ports(int redis, int tls, int admin) {}

  private final Vertx vertx;
  private final Server server;
  private final Listeners listeners;
  private final CountDownLatch stopped = new CountDownLatch(1);

  private Gateway(Vertx vertx, String transport, Settings settings) {
    this.vertx = vertx;
    LiveSettings live = settings.live();
    List<ContextInternal> contexts = new ArrayList<>();
    List<GatewayLoop> loops = new ArrayList<>();
    for (int i = 0; i < settings.eventLoops(); i++) {
      ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
      contexts.add(context);
      loops.add(new GatewayLoop(context.nettyEventLoop()));
    }
    Login login = new Login(settings.username(), live);
    server =
        new Server(settings, live, login, loops, this::beginShutdown, GatewayCommands::declare);
    server.transport(transport);
    listeners = new Listeners(server, contexts);
  }

  /**
   * Starts a gateway on the ports of its settings.
   *
   * @throws StartException if it cannot, with the reason and the remedy
   */
  public static Gateway start(Settings settings) throws StartException {
    return start(settings, false);
  }

  /** Starts a gateway whose ports are any free ones instead of those of its settings. */
  public static Gateway startOnFreePorts(Settings settings) throws StartException {
    return start(settings, true);
  }

  private static Gateway start(Settings settings, boolean freePorts) throws StartException {
    Transports.Started started = Transports.start(settings.transport(), settings.eventLoops());
    Gateway gateway = new Gateway(started.vertx(), started.transport(), settings);
    try {
      gateway.open(freePorts);
      return gateway;
    } catch (StartException failed) {
      gateway.close();
      throw failed;
    }
  }

  private void open(boolean freePorts) throws StartException {
    for (Home home : server.homes()) {
      home.loop().execute(home::start);
    }
    LiveSettings live = server.live();
    int port = (int) live.number(Directive.PORT);
    if (port != 0) {
      List<String> bind = live.words(Directive.BIND);
      server.port(listeners.openPort(freePorts ? freePort() : port, bind));
    }
  }

  /** A port that was free a moment ago; Vert.x shares only ports that are known by number. */
  private static int freePort() throws StartException {
    try (ServerSocket probe = new ServerSocket(0)) {
      return probe.getLocalPort();
    } catch (IOException none) {
      throw new StartException("no port is free", none);
    }
  }

  /** What runs inside. */
  public Server server() {
    return server;
  }

  public Ports ports() {
    return new Ports(server.port(), server.tlsPort(), 0);
  }

  /** Waits until the gateway has been stopped. */
  public void awaitStop() throws InterruptedException {
    stopped.await();
  }

  private void beginShutdown() {
    Thread.ofPlatform().name("keyward-stop").start(this::close);
  }

  /** Stops the gateway and waits until it has ended. */
  @Override
  public void close() {
    listeners.close(vertx);
    for (Home home : server.homes()) {
      home.loop().execute(home::stop);
    }
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      org.slf4j.LoggerFactory.getLogger(Gateway.class).warn("The event loops did not end", e);
    }
    stopped.countDown();
  }
}
