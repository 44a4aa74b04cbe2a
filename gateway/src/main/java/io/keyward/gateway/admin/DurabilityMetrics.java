package io.keyward.gateway.admin;

import io.keyward.engine.builtin.appendonly.LogStatus;
import io.keyward.engine.builtin.persistence.Snapshots;
import io.keyward.engine.builtin.replication.ReplicationStatus;
import io.keyward.gateway.server.Server;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** How the files fare that keep the data over a restart, and the servers that follow it. */
final class DurabilityMetrics {
  private final Server server;
  private final MeterRegistry registry;

  private DurabilityMetrics(Server server, MeterRegistry registry) {
    this.server = server;
    this.registry = registry;
  }

  static void register(Server server, MeterRegistry registry) {
    DurabilityMetrics metrics = new DurabilityMetrics(server, registry);
    metrics.ofLog();
    metrics.ofSnapshots();
    metrics.ofReplicas();
  }

  private void ofLog() {
    log("keyward.aof.enabled", "1 if the append-only file is written", s -> s.enabled() ? 1 : 0);
    log(
        "keyward.aof.ok",
        "0 as long as the disk refuses the append-only file",
        s -> s.lastWriteSucceeded() ? 1 : 0);
    log("keyward.aof.bytes", "Bytes of all files of the append-only file", LogStatus::size);
    log(
        "keyward.aof.base.bytes",
        "Bytes that the append-only file had after the last rewrite, or at the start",
        LogStatus::baseSize);
    log(
        "keyward.aof.waiting.bytes",
        "Bytes that wait to be written to the append-only file",
        LogStatus::waiting);
    log(
        "keyward.aof.rewrite.in.progress",
        "1 while the append-only file is rewritten",
        s -> s.rewriting() ? 1 : 0);
    log(
        "keyward.aof.last.rewrite.ok",
        "0 if the last rewrite of the append-only file failed",
        s -> s.lastRewriteSucceeded() ? 1 : 0);
    counter("keyward.aof.rewrites", "Rewrites of the append-only file", s -> status(s).rewrites());
    counter(
        "keyward.aof.delayed.fsyncs",
        "How often an fsync was due while the last one was still going on",
        s -> status(s).delayedForces());
  }

  private void ofSnapshots() {
    snapshots(
        "keyward.rdb.save.in.progress",
        "1 while a snapshot is written",
        s -> s.inProgress() ? 1 : 0);
    snapshots(
        "keyward.rdb.last.save.ok",
        "0 if the last snapshot failed",
        s -> s.history().lastFailed() ? 0 : 1);
    snapshots(
        "keyward.rdb.last.save.timestamp.seconds",
        "When the last snapshot was written, or the start",
        s -> s.history().lastSave());
    snapshots(
        "keyward.rdb.last.save.duration.seconds",
        "How long the last snapshot took; -1 if there was none",
        s -> s.history().lastSeconds());
    snapshots(
        "keyward.rdb.unsaved.changes",
        "Changes since the last snapshot",
        Snapshots::unsavedChanges);
    counter("keyward.rdb.saves", "Snapshots written", s -> s.snapshots().history().saves());
  }

  private void ofReplicas() {
    gauge(
        "keyward.replicas",
        "Redis servers that follow the data",
        s -> s.replication().status().replicas().size());
    gauge(
        "keyward.replica.lag.bytes",
        "Bytes of the stream that the replica which is furthest behind has not acknowledged",
        DurabilityMetrics::lag);
    counter(
        "keyward.replica.full.syncs",
        "Snapshots that replicas were sent",
        s -> s.replication().status().counts().full());
  }

  private static double lag(Server server) {
    ReplicationStatus status = server.replication().status();
    return status.replicas().stream()
        .mapToLong(replica -> Math.max(0, status.offset() - replica.offset()))
        .max()
        .orElse(0);
  }

  private static LogStatus status(Server server) {
    return server.durability().appendOnly().status();
  }

  private void log(String name, String description, ToDoubleFunction<LogStatus> value) {
    gauge(name, description, s -> value.applyAsDouble(status(s)));
  }

  private void snapshots(String name, String description, ToDoubleFunction<Snapshots> value) {
    gauge(name, description, s -> value.applyAsDouble(s.snapshots()));
  }

  private void gauge(String name, String description, ToDoubleFunction<Server> value) {
    Gauge.builder(name, server, value).description(description).register(registry);
  }

  private void counter(String name, String description, ToDoubleFunction<Server> value) {
    FunctionCounter.builder(name, server, value).description(description).register(registry);
  }
}
