package io.keyward.gateway.admin;

import io.keyward.config.directive.Directive;
import io.keyward.engine.SteadyTime;
import io.keyward.engine.builtin.Home;
import io.keyward.gateway.server.GatewayLoop;
import io.keyward.gateway.server.Server;
import io.keyward.gateway.server.Traffic;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.util.internal.PlatformDependent;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * The metrics of the server and of its deployments, in Prometheus's text format or that of
 * OpenMetrics.
 *
 * <p>A deployment's figures are those of the last {@link #refresh}; the hot path counts in plain
 * fields and knows nothing of this.
 */
final class Metrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Server server;
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final List<LoopWatch> watches = new ArrayList<>();
  private final Deployments deployments;
  private final Copying copying;

  Metrics(Server server) {
    this.server = server;
    deployments = new Deployments(server.settings().admin().mostDeployments());
    copying = new Copying(server, deployments);
    registry.getPrometheusRegistry().register(new DeploymentCollector(deployments));
    registry
        .getPrometheusRegistry()
        .register(new ForceTimesCollector(server.durability().appendOnly().forceTimes()));
    ofServer();
    DurabilityMetrics.register(server, registry);
    ofMemory();
    ofTraffic();
    ofLoops();
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    collections.bindTo(registry);
  }

  private void ofServer() {
    Gauge.builder("keyward.build.info", () -> 1)
        .description("Always 1; the labels tell what is running")
        .tag("version", Server.version())
        .tag("redis_version", Server.redisVersion())
        .tag("java", Runtime.version().toString())
        .tag("transport", server.transport())
        .register(registry);
    TimeGauge.builder(
            "keyward.uptime",
            server,
            TimeUnit.MILLISECONDS,
            s -> SteadyTime.millis() - s.startedAt())
        .description("Time since the start")
        .register(registry);
    gauge(
        "keyward.ready",
        "1 if clients are served, 0 while data is loaded and while the gateway stops",
        s -> Readiness.of(s) == Readiness.READY ? 1 : 0);
    gauge("keyward.deployments", "Deployments that there are", s -> deployments.count());
    gauge("keyward.connections", "Open connections", s -> s.sessions().size());
    gauge(
        "keyward.connections.limit",
        "Connections that there may be (maxclients)",
        s -> s.live().number(Directive.MAXCLIENTS));
    FunctionCounter.builder(
            "keyward.failed.logins", server, s -> s.tenancy().failedLogins().total())
        .description("Logins with a wrong name or password")
        .register(registry);
  }

  private void ofMemory() {
    gauge(
        "keyward.maxmemory.bytes",
        "Bytes that the data of all deployments may take; 0 = no limit",
        s -> s.live().number(Directive.MAXMEMORY));
    gauge(
        "keyward.page.bytes",
        "Bytes of the pages that hold entries, in use or not",
        s -> sum(s, home -> home.pool().pageMemory()));
    gauge(
        "keyward.page.used.bytes",
        "Bytes in use in those pages",
        s -> sum(s, home -> home.pool().slotMemory()));
    gauge(
        "keyward.network.direct.bytes",
        "Direct memory of the network buffers",
        s -> Math.max(0, PlatformDependent.usedDirectMemory()));
  }

  private static double sum(Server server, ToDoubleFunction<Home> figure) {
    return server.homes().stream().mapToDouble(figure).sum();
  }

  private void gauge(String name, String description, ToDoubleFunction<Server> value) {
    Gauge.builder(name, server, value).description(description).register(registry);
  }

  private void ofTraffic() {
    traffic("keyward.connections.accepted", "Connections accepted", Traffic::connectionsAccepted);
    traffic("keyward.connections.rejected", "Connections refused", Traffic::connectionsRejected);
    traffic("keyward.protocol.errors", "Clients closed: malformed input", Traffic::protocolErrors);
    traffic(
        "keyward.output.limit.closes",
        "Clients closed: output not taken",
        Traffic::outputLimitDisconnections);
    traffic(
        "keyward.input.limit.closes",
        "Clients closed: too much unread input",
        Traffic::inputLimitDisconnections);
    traffic(
        "keyward.loop.hops",
        "Reads passed from the loop of their socket to the home loop of their deployment",
        Traffic::loopHops);
    traffic("keyward.tls.handshakes", "TLS handshakes that succeeded", Traffic::handshakes);
    traffic(
        "keyward.tls.handshake.failures", "TLS handshakes that failed", Traffic::failedHandshakes);
  }

  private void traffic(String name, String description, ToDoubleFunction<Traffic> count) {
    FunctionCounter.builder(name, server.traffic(), count)
        .description(description)
        .register(registry);
  }

  private void ofLoops() {
    int number = 0;
    for (GatewayLoop loop : server.loops()) {
      LoopWatch watch = new LoopWatch(loop, number++, registry);
      watches.add(watch);
      watch.start();
    }
  }

  /** Copies the figures of every deployment, each on its home loop; then runs the task. */
  void refresh(Runnable then) {
    copying.refresh(then);
  }

  /** The figures of every deployment by its prefix. */
  Map<String, DeploymentFigures> figures() {
    return deployments.all();
  }

  /** All metrics in a format that the client takes: one of {@code Accept}'s. */
  String scrape(String contentType) {
    return registry.scrape(contentType);
  }

  /** All metrics, for their documentation. */
  MetricSnapshots snapshots() {
    return registry.getPrometheusRegistry().scrape();
  }

  @Override
  public void close() {
    watches.forEach(LoopWatch::stop);
    collections.close();
    registry.close();
  }
}
