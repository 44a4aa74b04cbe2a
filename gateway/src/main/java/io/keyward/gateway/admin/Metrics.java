package io.keyward.gateway.admin;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.command.CommandGroup;
import io.keyward.engine.command.CommandTable;
import io.keyward.gateway.server.GatewayLoop;
import io.keyward.gateway.server.Server;
import io.keyward.gateway.server.Traffic;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;

/**
 * The metrics of the server, in Prometheus's text format.
 *
 * <p>A keyspace's figures are those of the last {@link #refresh}, copied on its home loop; the hot
 * path counts in plain fields and knows nothing of this. Keyspaces beyond {@link #MOST_KEYSPACES}
 * have no series of their own.
 */
final class Metrics implements AutoCloseable {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int MOST_KEYSPACES = 500;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Server server;
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final List<LoopLag> lags = new ArrayList<>();
  private final ConcurrentMap<String, KeyspaceFigures> figures = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, List<Meter>> meters = new ConcurrentHashMap<>();

  Metrics(Server server) {
    this.server = server;
    ofServer();
    ofLoops();
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    collections.bindTo(registry);
  }

  private List<Meter> ofKeyspace(String prefix) {
    List<Meter> made = new ArrayList<>();
    Tags tags = Tags.of("keyspace", prefix);
    CommandTable table = server.engine().table();
    for (CommandGroup family : CommandGroup.values()) {
      boolean any = table.commands().stream().anyMatch(c -> c.group() == family);
      if (any) {
        Tags ofFamily = tags.and("family", family.wireName());
        made.add(
            counter(
                prefix,
                "keyward.commands",
                "Commands executed",
                ofFamily,
                f -> f.calls().getOrDefault(family, 0L)));
        made.add(
            counter(
                prefix,
                "keyward.commands.seconds",
                "Time spent in commands",
                ofFamily,
                f -> f.nanos().getOrDefault(family, 0L) / NANOS_PER_SECOND));
      }
    }
    made.add(counter(prefix, "keyward.errors", "Error replies", tags, KeyspaceFigures::errors));
    made.add(
        counter(
            prefix,
            "keyward.keyspace.hits",
            "Look-ups that found a key",
            tags,
            KeyspaceFigures::hits));
    made.add(
        counter(
            prefix,
            "keyward.keyspace.misses",
            "Look-ups that found none",
            tags,
            KeyspaceFigures::misses));
    made.add(
        counter(
            prefix,
            "keyward.expired.keys",
            "Keys whose time was up",
            tags,
            KeyspaceFigures::expired));
    made.add(
        counter(
            prefix,
            "keyward.evicted.keys",
            "Keys removed to make room",
            tags,
            KeyspaceFigures::evicted));
    made.add(gauge(prefix, "keyward.keys", "Keys in all databases", tags, KeyspaceFigures::keys));
    made.add(
        gauge(
            prefix,
            "keyward.data.bytes",
            "Bytes that the data takes",
            tags,
            KeyspaceFigures::bytes));
    made.add(
        gauge(
            prefix,
            "keyward.keyspace.clients",
            "Clients in the keyspace",
            tags,
            KeyspaceFigures::clients));
    made.add(
        gauge(
            prefix,
            "keyward.blocked.clients",
            "Clients that wait for keys",
            tags,
            KeyspaceFigures::blocked));
    return made;
  }

  private Meter counter(
      String prefix,
      String name,
      String description,
      Tags tags,
      ToDoubleFunction<KeyspaceFigures> figure) {
    return FunctionCounter.builder(name, this, metrics -> figure.applyAsDouble(metrics.of(prefix)))
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private Meter gauge(
      String prefix,
      String name,
      String description,
      Tags tags,
      ToDoubleFunction<KeyspaceFigures> figure) {
    return Gauge.builder(name, this, metrics -> figure.applyAsDouble(metrics.of(prefix)))
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private KeyspaceFigures of(String prefix) {
    return figures.getOrDefault(prefix, KeyspaceFigures.NONE);
  }

  private void ofServer() {
    Gauge.builder("keyward.connections", server, s -> s.sessions().size())
        .description("Open connections")
        .register(registry);
    TimeGauge.builder(
            "keyward.uptime",
            server,
            TimeUnit.MILLISECONDS,
            s -> System.currentTimeMillis() - s.startedAt())
        .description("Time since the start")
        .register(registry);
    traffic("keyward.connections.accepted", "Connections accepted", Traffic::connectionsAccepted);
    traffic("keyward.connections.rejected", "Connections refused", Traffic::connectionsRejected);
    traffic("keyward.received.bytes", "Bytes received from clients", Traffic::bytesReceived);
    traffic("keyward.sent.bytes", "Bytes sent to clients", Traffic::bytesSent);
    traffic("keyward.protocol.errors", "Clients closed: malformed input", Traffic::protocolErrors);
    traffic(
        "keyward.output.limit.closes",
        "Clients closed: output not taken",
        Traffic::outputLimitDisconnections);
    traffic(
        "keyward.input.limit.closes",
        "Clients closed: too much unread input",
        Traffic::inputLimitDisconnections);
  }

  private void traffic(String name, String description, ToDoubleFunction<Traffic> count) {
    FunctionCounter.builder(name, server.traffic(), count)
        .description(description)
        .register(registry);
  }

  private void ofLoops() {
    int number = 0;
    for (GatewayLoop loop : server.loops()) {
      Timer timer =
          Timer.builder("keyward.event.loop.lag")
              .description("Time that a due task waits for its event loop")
              .tag("loop", Integer.toString(number++))
              .register(registry);
      LoopLag lag = new LoopLag(loop, timer);
      lags.add(lag);
      lag.start();
    }
  }

  /** Copies the figures of every keyspace, each on its home loop; then runs the task. */
  void refresh(Runnable then) {
    figures.keySet().removeIf(prefix -> server.engine().find(prefix) == null);
    AtomicInteger loops = new AtomicInteger(server.loops().size());
    for (GatewayLoop loop : server.loops()) {
      loop.execute(
          () -> {
            for (BuiltinKeyspace keyspace : server.engine().keyspaces()) {
              if (keyspace.loop() == loop) {
                figures.put(keyspace.prefix(), KeyspaceFigures.of(keyspace));
              }
            }
            if (loops.decrementAndGet() == 0) {
              then.run();
            }
          });
    }
  }

  /** Makes and removes the meters of keyspaces that have come and gone. */
  private synchronized void followKeyspaces() {
    for (String prefix : figures.keySet()) {
      if (meters.size() < MOST_KEYSPACES) {
        meters.computeIfAbsent(prefix, this::ofKeyspace);
      }
    }
    meters
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !figures.containsKey(entry.getKey());
              if (gone) {
                entry.getValue().forEach(registry::remove);
              }
              return gone;
            });
  }

  /** The figures of every keyspace by its prefix. */
  Map<String, KeyspaceFigures> figures() {
    return new TreeMap<>(figures);
  }

  String scrape() {
    followKeyspaces();
    return registry.scrape();
  }

  @Override
  public void close() {
    lags.forEach(LoopLag::stop);
    collections.close();
    registry.close();
  }
}
