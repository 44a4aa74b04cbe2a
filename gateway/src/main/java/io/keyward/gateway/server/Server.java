package io.keyward.gateway.server;

import io.keyward.config.Settings;
import io.keyward.config.directive.ConfigRewrite;
import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.Keyspace;
import io.keyward.engine.SteadyTime;
import io.keyward.engine.builtin.BuiltinCommands;
import io.keyward.engine.builtin.BuiltinEngine;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.Overview;
import io.keyward.engine.builtin.disk.Disk;
import io.keyward.engine.builtin.dump.Payload;
import io.keyward.engine.builtin.overview.Relay;
import io.keyward.engine.builtin.persistence.Reload;
import io.keyward.engine.builtin.persistence.SnapshotTurn;
import io.keyward.engine.builtin.persistence.Snapshots;
import io.keyward.engine.builtin.replication.Replication;
import io.keyward.engine.command.CommandTable;
import io.keyward.tenancy.Decision;
import io.keyward.tenancy.Tenancy;
import io.netty.channel.EventLoop;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What commands, sessions and the admin endpoint may know of the running server and ask of it. */
public final class Server {
  /** Puts into effect what concerns the server as a whole. */
  public interface Control {
    /** Begins to stop the server in good order; returns at once. */
    void shutdown();
  }

  private final Settings settings;
  private final LiveSettings live;
  private final ConfigRewrite rewrite;
  private final Tenancy tenancy;
  private final List<GatewayLoop> loops;
  private final BuiltinEngine engine;
  private final List<BuiltinKeyspace> anterooms;
  private final List<BuiltinKeyspace> overviews;
  private final OperatorFunctions operatorFunctions;
  private final Snapshots snapshots;
  private final Shutdown shutdown;
  private final Durability durability;
  private final Replication replication;
  private final HeapWatch heapWatch;
  private final Traffic traffic = new Traffic();
  private final Doorway doorway = new Doorway(this);
  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
  private final AtomicLong nextClientId = new AtomicLong();
  private final long startedAt = SteadyTime.millis();
  private final RunId runId = new RunId();
  private volatile String transport = "";
  private volatile int port;
  private volatile int tlsPort;

  /**
   * A server whose loops have nothing to do yet.
   *
   * @param disk takes the files of the data
   * @param furtherCommands declares the commands that the engine does not have; it must not ask the
   *     server anything before a command is executed
   */
  public Server(
      Settings settings,
      LiveSettings live,
      Tenancy tenancy,
      List<GatewayLoop> loops,
      Control control,
      Disk disk,
      BiConsumer<CommandTable, Server> furtherCommands) {
    this.settings = settings;
    this.live = live;
    this.rewrite = settings.rewrite();
    this.tenancy = tenancy;
    this.loops = List.copyOf(loops);
    shutdown = new Shutdown(this, control);
    CommandTable table = new CommandTable();
    BuiltinCommands.declare(table);
    furtherCommands.accept(table, this);
    engine =
        new BuiltinEngine(
            loops.stream().map(loop -> new Home(loop, live)).toList(),
            table.seal(),
            tenancy::traits);
    anterooms = engine.homes().stream().map(home -> new BuiltinKeyspace("", home, table)).toList();
    overviews = Overview.open(engine);
    Relay.connect(overviews);
    operatorFunctions = new OperatorFunctions(this, overviews);
    for (int i = 0; i < overviews.size(); i++) {
      Objects.requireNonNull(Overview.of(overviews.get(i))).showsClientsOf(anterooms.get(i));
    }
    anterooms.forEach(anteroom -> anteroom.effects().kept(false));
    for (int i = 0; i < loops.size(); i++) {
      loops.get(i).effects(engine.homes().get(i).effects());
      loops.get(i).arrays(engine.homes().get(i).pool());
    }
    tenancy.begin(engine);
    if (tenancy.hasDefault()) {
      tenancy.login().addTo(defaultKeyspace().access());
      live.onChange(EnumSet.of(Directive.REQUIREPASS), this::changePassword);
    }
    for (BuiltinKeyspace anteroom : anterooms) {
      tenancy.closeTo(anteroom.access());
    }
    snapshots = new Snapshots(engine, live, redisVersion(), new SnapshotTurn(), disk);
    Reload reload = new Reload(engine, snapshots);
    engine
        .homes()
        .forEach(
            home -> {
              home.reloading(reload);
              home.serializer(Payload.SERIALIZER);
            });
    durability = new Durability(engine, live, snapshots, disk);
    durability.reloads(reload);
    replication = new Replication(engine, live, snapshots);
    durability.appendOnly().forced().onChange(replication::forcedFurther);
    heapWatch = new HeapWatch(engine.homes());
  }

  /** What the server was started with. */
  public Settings settings() {
    return settings;
  }

  /** The directives as they are now. */
  public LiveSettings live() {
    return live;
  }

  /** What keeps the data over a restart. */
  public Durability durability() {
    return durability;
  }

  /** CONFIG REWRITE. */
  public ConfigRewrite rewrite() {
    return rewrite;
  }

  /**
   * At once if CONFIG SET runs on the keyspace's loop, so that the next connection needs it, but
   * not in the middle of an ACL SETUSER, which would put back the former one.
   */
  private void changePassword() {
    BuiltinKeyspace keyspace = defaultKeyspace();
    Runnable change =
        () -> keyspace.slices().whenIdle(() -> tenancy.login().setPassword(keyspace.access()));
    if (keyspace.loop().isCurrent()) {
      change.run();
    } else {
      keyspace.loop().execute(change);
    }
  }

  /** The keyspace of the default deployment, if there is one. */
  public BuiltinKeyspace defaultKeyspace() {
    return engine.open(tenancy.defaultDeployment().prefix());
  }

  /** Whether a connection is in the default deployment without a login. */
  public boolean open() {
    return tenancy.hasDefault() && defaultKeyspace().access().open();
  }

  /** Who may log in, and where to. */
  public Tenancy tenancy() {
    return tenancy;
  }

  public List<GatewayLoop> loops() {
    return loops;
  }

  /** What the keyspaces of each loop share, in the order of {@link #loops()}. */
  public List<Home> homes() {
    return engine.homes();
  }

  /** Every keyspace that there is. */
  public BuiltinEngine engine() {
    return engine;
  }

  /** The loop on which a keyspace lives. */
  GatewayLoop loopOf(Keyspace resident) {
    for (GatewayLoop loop : loops) {
      if (loop == resident.loop()) {
        return loop;
      }
    }
    throw new IllegalArgumentException("the keyspace lives elsewhere");
  }

  /** The loop that Netty calls so. */
  GatewayLoop loopOf(EventLoop served) {
    for (GatewayLoop loop : loops) {
      if (loop.eventLoop().equals(served)) {
        return loop;
      }
    }
    throw new IllegalArgumentException("no loop of ours");
  }

  /** Writes the data to disk. */
  public Snapshots snapshots() {
    return snapshots;
  }

  /** The replicas that follow. */
  public Replication replication() {
    return replication;
  }

  /** What keeps the operator's functions over a restart. */
  public OperatorFunctions operatorFunctions() {
    return operatorFunctions;
  }

  /** Where the operator is: it holds no keys, and shows those of all. */
  public BuiltinKeyspace operatorKeyspace() {
    return overviews.getFirst();
  }

  /**
   * The keyspace of a connection that has not logged in: that of the default deployment, or else an
   * empty one on the loop {@code own} of its socket, where nothing but a login is possible.
   *
   * @param known who the client is without a login, or null
   */
  Keyspace entry(Decision.@Nullable Admitted known, EventLoop own) {
    if (known != null && known.deployment() != null) {
      return engine.open(known.deployment().prefix());
    }
    if (tenancy.hasDefault()) {
      return defaultKeyspace();
    }
    for (int i = 0; i < loops.size(); i++) {
      if (loops.get(i).eventLoop().equals(own)) {
        return anterooms.get(i);
      }
    }
    return anterooms.getFirst();
  }

  /** The end of the server in good order. */
  public Shutdown shutdown() {
    return shutdown;
  }

  /** The places that there are for connections. */
  public Doorway doorway() {
    return doorway;
  }

  HeapWatch heapWatch() {
    return heapWatch;
  }

  /** Begins the regular work on every loop. */
  public void start() {
    heapWatch.start();
    for (int i = 0; i < loops.size(); i++) {
      Home home = engine.homes().get(i);
      Sweep sweep = new Sweep(this, loops.get(i));
      loops
          .get(i)
          .execute(
              () -> {
                home.start();
                sweep.start();
              });
    }
  }

  public Traffic traffic() {
    return traffic;
  }

  /** Every open connection, whatever loop it lives on. */
  public Set<Session> sessions() {
    return sessions;
  }

  /** A number that no other client has. */
  public long nextClientId() {
    return nextClientId.incrementAndGet();
  }

  /** Milliseconds since 1970. */
  public long startedAt() {
    return startedAt;
  }

  /** 40 hexadecimal digits, different for each start. */
  public String runId() {
    return runId.text();
  }

  /** 40 hexadecimal digits that no other deployment sees, different for each start. */
  public String runIdOf(BuiltinKeyspace keyspace) {
    return runId.of(keyspace);
  }

  /** The gateway's own version. */
  public static String version() {
    String version = Server.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** The version of Redis whose behaviour clients get. */
  public static String redisVersion() {
    return "7.2.6";
  }

  /** The transport in use: {@code io_uring}, {@code epoll} or {@code nio}. */
  public String transport() {
    return transport;
  }

  public void transport(String inUse) {
    transport = inUse;
  }

  /** The TCP port that is open for clients; 0 = none. */
  public int port() {
    return port;
  }

  public void port(int open) {
    port = open;
  }

  /** The TCP port that is open for TLS clients; 0 = none. */
  public int tlsPort() {
    return tlsPort;
  }

  public void tlsPort(int open) {
    tlsPort = open;
  }
}
