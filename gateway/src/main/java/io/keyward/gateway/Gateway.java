package io.keyward.gateway;

import io.keyward.config.AdminEndpoint;
import io.keyward.config.Settings;
import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import io.keyward.config.file.FileFailure;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.acl.AccessControl;
import io.keyward.engine.builtin.acl.AccessFile;
import io.keyward.engine.builtin.acl.RuleException;
import io.keyward.engine.builtin.disk.Disk;
import io.keyward.engine.builtin.persistence.Occasion;
import io.keyward.engine.builtin.persistence.SavePoints;
import io.keyward.engine.command.CommandTable;
import io.keyward.gateway.admin.AdminServer;
import io.keyward.gateway.command.GatewayCommands;
import io.keyward.gateway.deployment.DeploymentException;
import io.keyward.gateway.deployment.Lifecycle;
import io.keyward.gateway.deployment.RetirementWatch;
import io.keyward.gateway.server.GatewayLoop;
import io.keyward.gateway.server.Listeners;
import io.keyward.gateway.server.OpenFiles;
import io.keyward.gateway.server.Server;
import io.keyward.gateway.server.ShutdownAttempts;
import io.keyward.gateway.server.StartException;
import io.keyward.gateway.server.Transports;
import io.keyward.gateway.tls.Tls;
import io.keyward.tenancy.Tenancy;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running gateway; several may run in one JVM. */
public final class Gateway implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Gateway.class);
  private static final long END_SECONDS = 20;

  /** The ports that are open; 0 = closed. */
  public record Ports(int redis, int tls, int admin) {}

  private final Vertx vertx;
  private final Server server;
  private final Tls tls;
  private final Listeners listeners;
  private final ConfigurationReload reload;
  private volatile @Nullable AdminServer admin;
  private final Lifecycle lifecycle;
  private @Nullable SavePoints savePoints;
  private @Nullable RetirementWatch retirement;
  private final AtomicBoolean closing = new AtomicBoolean();

  /** The thread that starts the gateway, as long as it does. */
  private @Nullable Thread opening;

  /** Open as soon as none does. */
  private final CountDownLatch opened = new CountDownLatch(1);

  private final CountDownLatch stopped = new CountDownLatch(1);

  private Gateway(Vertx vertx, String transport, Settings settings, Disk disk) {
    this.vertx = vertx;
    LiveSettings live = settings.live();
    List<GatewayLoop> loops = new ArrayList<>();
    for (int i = 0; i < settings.eventLoops(); i++) {
      loops.add(new GatewayLoop(((VertxInternal) vertx).createEventLoopContext().nettyEventLoop()));
    }
    Tenancy tenancy = new Tenancy(settings, live);
    server =
        new Server(
            settings,
            live,
            tenancy,
            loops,
            this::beginShutdown,
            disk,
            (table, made) -> GatewayCommands.declare(table, made, this::lifecycle));
    lifecycle = new Lifecycle(server);
    server.transport(transport);
    tls = new Tls(live);
    listeners = new Listeners(server, tls, (VertxInternal) vertx);
    reload = new ConfigurationReload(server, tls, listeners);
  }

  /**
   * Starts a gateway on the ports of its settings.
   *
   * @throws StartException if it cannot, with the reason and the remedy
   */
  public static Gateway start(Settings settings) throws StartException {
    return start(settings, gateway -> {});
  }

  /**
   * As the other.
   *
   * @param stoppable is given the gateway before clients can reach it and its data is loaded, so
   *     that it can be stopped from then on
   */
  static Gateway start(Settings settings, Consumer<Gateway> stoppable) throws StartException {
    return start(settings, false, Disk.REAL, stoppable);
  }

  /** Starts a gateway whose ports are any free ones instead of those of its settings. */
  public static Gateway startOnFreePorts(Settings settings) throws StartException {
    return startOnFreePorts(settings, Disk.REAL);
  }

  /** As the other, with its data files on a disk that may be less than real. */
  public static Gateway startOnFreePorts(Settings settings, Disk disk) throws StartException {
    return start(settings, true, disk, gateway -> {});
  }

  /**
   * Makes a gateway that has its data loaded but serves nobody.
   *
   * @throws StartException if it cannot, with the reason and the remedy
   */
  static Gateway atRest(Settings settings) throws StartException {
    Transports.Started started = Transports.start(settings.transport(), settings.eventLoops());
    Gateway gateway = new Gateway(started.vertx(), started.transport(), settings, Disk.REAL);
    try {
      gateway.server.snapshots().place().directory();
      gateway.lifecycle.restore();
      gateway.server.start();
      gateway.server.durability().holdClients();
      gateway.server.durability().start();
      return gateway;
    } catch (IOException unusable) {
      gateway.close();
      throw new StartException(FileFailure.text(unusable), unusable);
    } catch (InterruptedException interrupted) {
      gateway.close();
      Thread.currentThread().interrupt();
      throw new StartException("it was interrupted while it loaded the data", interrupted);
    } catch (StartException failed) {
      gateway.close();
      throw failed;
    }
  }

  private static Gateway start(
      Settings settings, boolean freePorts, Disk disk, Consumer<Gateway> stoppable)
      throws StartException {
    Transports.Started started = Transports.start(settings.transport(), settings.eventLoops());
    Gateway gateway = new Gateway(started.vertx(), started.transport(), settings, disk);
    gateway.beginOpening();
    try {
      try {
        gateway.open(freePorts, stoppable);
      } finally {
        gateway.endOpening();
      }
      return gateway;
    } catch (StartException | RuntimeException failed) {
      boolean stoppedMeanwhile = gateway.closing.get();
      gateway.close();
      if (stoppedMeanwhile) {
        // Somebody has asked for it while data was loaded.
        return gateway;
      }
      throw failed;
    }
  }

  private synchronized void beginOpening() {
    opening = Thread.currentThread();
  }

  private synchronized void endOpening() {
    opening = null;
    if (closing.get()) {
      // It was for what has just ended, and the thread is to wait for the end of the rest.
      boolean _ = Thread.interrupted();
    }
    opened.countDown();
  }

  /** Tells the thread that opens the gateway to give up; false if there is none but this one. */
  private synchronized boolean interruptOpening() {
    Thread opens = opening;
    if (opens == null || opens.equals(Thread.currentThread())) {
      return false;
    }
    opens.interrupt();
    return true;
  }

  /** The commands of a gateway with these settings, without starting one. */
  static CommandTable commands(Settings settings) throws StartException {
    Transports.Started started = Transports.start(settings.transport(), settings.eventLoops());
    try {
      Gateway gateway = new Gateway(started.vertx(), started.transport(), settings, Disk.REAL);
      return gateway.server.operatorKeyspace().table();
    } finally {
      started.vertx().close().toCompletionStage().toCompletableFuture().join();
    }
  }

  /**
   * Reads the users and certificates in the files that the settings name, without starting a
   * gateway.
   *
   * @throws StartException if one could not start with them
   */
  static void check(Settings settings) throws StartException {
    Transports.Started started = Transports.start(settings.transport(), settings.eventLoops());
    try {
      Gateway gateway = new Gateway(started.vertx(), started.transport(), settings, Disk.REAL);
      gateway.readUsers();
      gateway.listeners.check();
    } finally {
      started.vertx().close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private void open(boolean freePorts, Consumer<Gateway> stoppable) throws StartException {
    if (!Slices.supported()) {
      log.warn(
          "Long commands will hold up all deployments of their event loop: the JVM runs without"
              + " --add-exports=java.base/jdk.internal.vm=ALL-UNNAMED");
    }
    readUsers();
    lifecycle.restore();
    server.operatorFunctions().restore();
    server.start();
    try {
      server.durability().holdClients();
      stoppable.accept(this);
      OpenFiles.ofThisProcess().bound(server.live());
      listeners.open(freePorts);
      // Before the data is loaded, so that /readyz can say so.
      AdminEndpoint endpoint = server.settings().admin();
      admin =
          AdminServer.open(
              server, vertx, endpoint, freePorts ? 0 : endpoint.port(), lifecycle, this::reload);
      server.durability().start();
      server.shutdown().attempts().loaded();
      lifecycle.settle();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new StartException("it was interrupted while it loaded the data", interrupted);
    } catch (RefusedException refused) {
      throw new StartException(refused.reason(), refused);
    } catch (DeploymentException late) {
      throw new StartException("what was loaded cannot be looked at: " + late.reason(), late);
    }
    savePoints = new SavePoints(server.snapshots(), server.live());
    retirement = new RetirementWatch(lifecycle);
  }

  /** Reads the file that {@code aclfile} names; nothing else touches the keyspace yet. */
  private void readUsers() throws StartException {
    String path = server.live().text(Directive.ACLFILE);
    if (path.isEmpty()) {
      return;
    }
    if (!server.tenancy().hasDefault()) {
      throw new StartException(
          "aclfile holds the users of the default deployment, and with tenants there is none"
              + " without a prefix. Remedy: set prefix (REDIS_KEY_PREFIX), or leave aclfile out.");
    }
    AccessFile file = new AccessFile(Path.of(path));
    AccessControl access = server.defaultKeyspace().access();
    try {
      var _ = file.load(file.read(), access);
    } catch (IOException unreadable) {
      throw new StartException(
          "aclfile "
              + path
              + ": "
              + file.failure(unreadable)
              + "; give the path of a file of users");
    } catch (RuleException wrong) {
      throw new StartException("aclfile " + path + ": " + wrong.reason());
    }
    access.file(file);
  }

  /** What is done with deployments. */
  public Lifecycle lifecycle() {
    return lifecycle;
  }

  /** What runs inside. */
  public Server server() {
    return server;
  }

  public Ports ports() {
    AdminServer present = admin;
    return new Ports(server.port(), server.tlsPort(), present == null ? 0 : present.port());
  }

  /** Whether somebody has asked for its end. */
  boolean stops() {
    return closing.get();
  }

  /** Waits until the gateway has been stopped. */
  public void awaitStop() throws InterruptedException {
    stopped.await();
  }

  private void beginShutdown() {
    Thread.ofPlatform().name("keyward-stop").start(this::close);
  }

  /** Stops the gateway as a directive wishes it, unless its data could not be kept then. */
  public void stop(Directive options) {
    try {
      if (server
          .shutdown()
          .attempts()
          .prepare(ShutdownAttempts.Wish.of(server.live().words(options)))) {
        close();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads what may change at run time again; see {@link ConfigurationReload#run}. */
  public String reload() {
    return reload.run();
  }

  /**
   * Stops the gateway in good order and waits until it has ended: no new connections, what has been
   * asked is answered, then the connections are closed.
   */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      awaitEnd();
      return;
    }
    // Who stops it is not to cut short what keeps the data.
    boolean interrupted = Thread.interrupted();
    try {
      end();
    } catch (InterruptedException meanwhile) {
      interrupted = true;
    } finally {
      endLoops();
      tls.close();
      stopped.countDown();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitEnd() {
    // Who starts the gateway has been interrupted by who ends it, and waits all the same.
    boolean _ = Thread.interrupted();
    try {
      stopped.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whatever breaks on the way, the data is in its files in the end. */
  private void end() throws InterruptedException {
    try {
      endWork();
    } finally {
      server.operatorFunctions().end();
      server.durability().close();
      server.snapshots().end();
      giveFolderBack();
    }
  }

  private void endWork() throws InterruptedException {
    // What it opens is to be closed here, and it is to find the loops still running.
    if (interruptOpening() && !opened.await(END_SECONDS, TimeUnit.SECONDS)) {
      log.warn("The gateway ends before all of it has started");
    }
    listeners.close();
    server.shutdown().run(server.live().number(Directive.SHUTDOWN_TIMEOUT) * 1000);
    AdminServer present = admin;
    if (present != null) {
      present.close();
    }
    RetirementWatch retiring = retirement;
    if (retiring != null) {
      retiring.close();
    }
    SavePoints points = savePoints;
    if (points != null) {
      points.close();
      if (server.shutdown().saves()) {
        String _ = server.snapshots().saveInTurn(Occasion.STEP);
      }
    }
  }

  private void giveFolderBack() {
    try {
      server.snapshots().place().close();
    } catch (IOException unlocked) {
      log.warn("The folder of the data files could not be given back", unlocked);
    }
  }

  private void endLoops() {
    CompletableFuture<Void> ends = vertx.close().toCompletionStage().toCompletableFuture();
    try {
      ends.get(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException late) {
      log.warn("The event loops did not end", late);
    }
  }
}
