package io.keyward.gateway.admin;

import io.keyward.config.AdminEndpoint;
import io.keyward.gateway.server.Server;
import io.keyward.gateway.server.StartException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Answers {@code /livez}, {@code /readyz}, {@code /info}, {@code /metrics} and {@code POST /reload}
 * over HTTP.
 *
 * <p>It listens on loopback unless told otherwise, and shows no keys, values or secrets.
 */
public final class AdminServer implements AutoCloseable {
  private static final long OPENING_SECONDS = 20;

  private final Server server;
  private final Vertx vertx;
  private final Metrics metrics;
  private final HttpServer http;
  private final Callable<String> reload;

  private AdminServer(Server server, Vertx vertx, Callable<String> reload) {
    this.reload = reload;
    this.server = server;
    this.vertx = vertx;
    this.metrics = new Metrics(server);
    http = vertx.createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false));
    http.requestHandler(this::answer);
  }

  /**
   * Opens the endpoint.
   *
   * @param port 0 = any free one
   * @param reload reads the configuration again and tells what is wrong with it, if anything
   * @throws StartException if the port cannot be opened
   */
  public static AdminServer open(
      Server server, Vertx vertx, AdminEndpoint endpoint, int port, Callable<String> reload)
      throws StartException {
    AdminServer admin = new AdminServer(server, vertx, reload);
    try {
      admin
          .http
          .listen(port, endpoint.host())
          .toCompletionStage()
          .toCompletableFuture()
          .get(OPENING_SECONDS, TimeUnit.SECONDS);
      return admin;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new StartException("the start was interrupted", interrupted);
    } catch (ExecutionException | TimeoutException failed) {
      admin.metrics.close();
      throw new StartException(
          "the admin port "
              + port
              + " on "
              + endpoint.host()
              + " cannot be opened: "
              + String.valueOf(failed.getCause())
              + ". Remedy: stop the program that has it, or set KEYWARD_ADMIN_PORT"
              + " (--admin-port) to another.",
          failed);
    }
  }

  public int port() {
    return http.actualPort();
  }

  private void answer(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    if (request.method().name().equals("POST") && "/reload".equals(request.path())) {
      reload(response);
      return;
    }
    if (!request.method().name().equals("GET") && !request.method().name().equals("HEAD")) {
      response.setStatusCode(405).putHeader("Allow", "GET, HEAD").end();
      return;
    }
    switch (Objects.requireNonNullElse(request.path(), "")) {
      case "/livez" -> fromHome(response, "text/plain; charset=utf-8", () -> "ok\n");
      case "/readyz" -> {
        boolean ready = !server.stopping();
        plain(response, ready ? 200 : 503, ready ? "ready\n" : "stopping\n");
      }
      case "/info" ->
          fromHome(
              response, "application/json; charset=utf-8", () -> info().encodePrettily() + "\n");
      case "/metrics" ->
          fromHome(response, "text/plain; version=0.0.4; charset=utf-8", metrics::scrape);
      default ->
          plain(
              response, 404, "There are /livez, /readyz, /info and /metrics, and POST /reload.\n");
    }
  }

  /** 200 if the configuration has been read again, 422 with the reasons if it is wrong. */
  private void reload(HttpServerResponse response) {
    vertx
        .executeBlocking(reload, false)
        .onSuccess(
            wrong -> plain(response, wrong.isEmpty() ? 200 : 422, wrong.isEmpty() ? "ok\n" : wrong))
        .onFailure(defect -> plain(response, 500, "internal error\n"));
  }

  /**
   * Copies the figures on the home loops and makes the text on another thread; if a loop does not
   * come to it, the client sees no answer.
   */
  private void fromHome(HttpServerResponse response, String type, Callable<String> text) {
    metrics.refresh(
        () ->
            vertx
                .executeBlocking(text, false)
                .onSuccess(made -> response.putHeader("Content-Type", type).end(made))
                .onFailure(defect -> plain(response, 500, "internal error\n")));
  }

  private static void plain(HttpServerResponse response, int status, String text) {
    response.setStatusCode(status).putHeader("Content-Type", "text/plain; charset=utf-8").end(text);
  }

  private JsonObject info() {
    JsonArray keyspaces = new JsonArray();
    metrics.figures().forEach((prefix, figures) -> keyspaces.add(json(prefix, figures)));
    return new JsonObject()
        .put("version", Server.version())
        .put("redis_version", Server.redisVersion())
        .put("run_id", server.runId())
        .put("uptime_seconds", (System.currentTimeMillis() - server.startedAt()) / 1000)
        .put("transport", server.transport())
        .put("event_loops", server.loops().size())
        .put("ports", new JsonObject().put("redis", server.port()).put("tls", server.tlsPort()))
        .put("connections", server.sessions().size())
        .put("keyspaces", keyspaces);
  }

  private static JsonObject json(String prefix, KeyspaceFigures figures) {
    return new JsonObject()
        .put("prefix", prefix)
        .put("engine", "builtin")
        .put("keys", figures.keys())
        .put("bytes", figures.bytes())
        .put("clients", figures.clients())
        .put("hits", figures.hits())
        .put("misses", figures.misses())
        .put("expired", figures.expired())
        .put("evicted", figures.evicted())
        .put("errors", figures.errors());
  }

  @Override
  public void close() {
    http.close();
    metrics.close();
  }
}
