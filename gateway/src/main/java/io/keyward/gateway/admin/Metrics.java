package io.keyward.gateway.admin;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.command.CommandGroup;
import io.keyward.gateway.server.GatewayLoop;
import io.keyward.gateway.server.Server;
import io.keyward.gateway.server.Traffic;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
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
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * The metrics of the server, in Prometheus's text format.
 *
 * <p>A keyspace's figures are those of the last {@link #refresh}, copied on its home loop; the hot
 * path counts in plain fields and knows nothing of this.
 */
final class Metrics implements AutoCloseable {
  private static final double NANOS_PER_SECOND = 1e9;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Server server;
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final List<LoopLag> lags = new ArrayList<>();
  private volatile KeyspaceFigures figures = KeyspaceFigures.NONE;

  Metrics(Server server) {
    this.server = server;
    ofKeyspace(server.keyspace());
    ofServer();
    ofLoops();
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    collections.bindTo(registry);
  }

  private void ofKeyspace(BuiltinKeyspace keyspace) {
    Tags tags = Tags.of("keyspace", keyspace.prefix());
    for (CommandGroup family : CommandGroup.values()) {
      boolean any = keyspace.table().commands().stream().anyMatch(c -> c.group() == family);
      if (any) {
        Tags ofFamily = tags.and("family", family.wireName());
        counter(
            "keyward.commands",
            "Commands executed",
            ofFamily,
            f -> f.calls().getOrDefault(family, 0L));
        counter(
            "keyward.commands.seconds",
            "Time spent in commands",
            ofFamily,
            f -> f.nanos().getOrDefault(family, 0L) / NANOS_PER_SECOND);
      }
    }
    counter("keyward.errors", "Error replies", tags, KeyspaceFigures::errors);
    counter("keyward.keyspace.hits", "Look-ups that found a key", tags, KeyspaceFigures::hits);
    counter("keyward.keyspace.misses", "Look-ups that found none", tags, KeyspaceFigures::misses);
    counter("keyward.expired.keys", "Keys whose time was up", tags, KeyspaceFigures::expired);
    counter("keyward.evicted.keys", "Keys removed to make room", tags, KeyspaceFigures::evicted);
    gauge("keyward.keys", "Keys in all databases", tags, KeyspaceFigures::keys);
    gauge("keyward.data.bytes", "Bytes that the data takes", tags, KeyspaceFigures::bytes);
    gauge("keyward.keyspace.clients", "Clients in the keyspace", tags, KeyspaceFigures::clients);
    gauge("keyward.blocked.clients", "Clients that wait for keys", tags, KeyspaceFigures::blocked);
  }

  private void counter(
      String name, String description, Tags tags, ToDoubleFunction<KeyspaceFigures> figure) {
    FunctionCounter.builder(name, this, metrics -> figure.applyAsDouble(metrics.figures))
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private void gauge(
      String name, String description, Tags tags, ToDoubleFunction<KeyspaceFigures> figure) {
    Gauge.builder(name, this, metrics -> figure.applyAsDouble(metrics.figures))
        .description(description)
        .tags(tags)
        .register(registry);
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

  /** Copies the keyspace's figures; called on its home loop. */
  void refresh() {
    figures = KeyspaceFigures.of(server.keyspace());
  }

  KeyspaceFigures figures() {
    return figures;
  }

  String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    lags.forEach(LoopLag::stop);
    collections.close();
    registry.close();
  }
}
