package io.keyward.gateway.admin;

import io.keyward.engine.SteadyTime;
import io.keyward.engine.builtin.CensusFigures;
import io.keyward.engine.builtin.Type;
import io.keyward.gateway.server.Server;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** What {@code /info} tells about the process and its keyspaces, in JSON. */
final class Information {
  private Information() {}

  /** All that {@code /info} tells. */
  static JsonObject of(Server server, Metrics metrics) {
    JsonArray keyspaces = new JsonArray();
    metrics.figures().forEach((prefix, figures) -> keyspaces.add(json(prefix, figures)));
    return new JsonObject()
        .put("version", Server.version())
        .put("redis_version", Server.redisVersion())
        .put("run_id", server.runId())
        .put("uptime_seconds", (SteadyTime.millis() - server.startedAt()) / 1000)
        .put("transport", server.transport())
        .put("event_loops", server.loops().size())
        .put("ports", new JsonObject().put("redis", server.port()).put("tls", server.tlsPort()))
        .put("connections", server.sessions().size())
        .put("keyspaces", keyspaces);
  }

  private static JsonObject json(String prefix, DeploymentFigures figures) {
    return new JsonObject()
        .put("prefix", prefix)
        .put("engine", "builtin")
        .put("keys", figures.of(DeploymentFigure.KEYS))
        .put("bytes", figures.of(DeploymentFigure.BYTES))
        .put("clients", figures.of(DeploymentFigure.CLIENTS))
        .put("hits", figures.of(DeploymentFigure.HITS))
        .put("misses", figures.of(DeploymentFigure.MISSES))
        .put("expired", figures.of(DeploymentFigure.EXPIRED))
        .put("evicted", figures.of(DeploymentFigure.EVICTED))
        .put("errors", figures.allErrors())
        .put("streams", streams(figures));
  }

  /** What there is of streams; some of it only once it has been counted. */
  private static JsonObject streams(DeploymentFigures figures) {
    JsonObject streams =
        new JsonObject()
            .put("count", figures.of(DeploymentFigure.STREAMS))
            .put("entries", figures.of(DeploymentFigure.STREAM_ENTRIES));
    CensusFigures census = figures.census();
    if (census != null) {
      streams
          .put("live", census.liveStreams())
          .put("bytes", census.bytes(Type.STREAM))
          .put("longest_entries", census.longestStream())
          .put("oldest_entry_age_seconds", census.oldestMillis() / 1000);
    }
    return streams;
  }
}
