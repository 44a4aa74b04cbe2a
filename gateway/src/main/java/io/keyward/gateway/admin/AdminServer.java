package io.keyward.gateway.admin;

import io.keyward.config.AdminEndpoint;
import io.keyward.config.directive.Directive;
import io.keyward.gateway.deployment.Lifecycle;
import io.keyward.gateway.server.Server;
import io.keyward.gateway.server.StartException;
import io.keyward.gateway.stream.StreamEndpoint;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers over HTTP what {@code /openapi.json} describes: health, metrics, the life of deployments.
 *
 * <p>It listens on loopback unless told otherwise, and shows no secrets, and of the data the names
 * of streams and what is in one that is asked for.
 */
public final class AdminServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AdminServer.class);
  private static final long OPENING_SECONDS = 20;
  private static final long PATIENCE_MILLIS = 2000;
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json; charset=utf-8";

  private final Server server;
  private final Vertx vertx;
  private final Metrics metrics;
  private final HttpServer http;
  private final AdminToken token;
  private final boolean hasToken;
  private final AdminConnections connections;
  private final StreamEndpoint streams;
  private final Callable<String> reload;
  private final String description;

  private final List<Route> routes = new ArrayList<>();

  private AdminServer(Server server, Vertx vertx, Lifecycle lifecycle, Callable<String> reload) {
    this.reload = reload;
    this.server = server;
    this.vertx = vertx;
    this.metrics = new Metrics(server);
    token = new AdminToken(server.settings().admin().token());
    hasToken = !server.settings().admin().token().isEmpty();
    connections = new AdminConnections(vertx, () -> server.live().number(Directive.MAXCLIENTS));
    streams = new StreamEndpoint(vertx, server.engine(), server::nextClientId);
    http = vertx.createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false));
    http.requestHandler(this::answer);
    http.connectionHandler(connections::comes);
    connections.start();
    declare();
    routes.addAll(new DeploymentApi(vertx, lifecycle, hasToken).routes());
    description = OpenApi.describe(routes, Server.version()).encodePrettily() + "\n";
  }

  /**
   * Opens the endpoint.
   *
   * @param port 0 = any free one
   * @param lifecycle does what is asked of deployments
   * @param reload reads the configuration again and tells what is wrong with it, if anything
   * @throws StartException if the port cannot be opened
   */
  public static AdminServer open(
      Server server,
      Vertx vertx,
      AdminEndpoint endpoint,
      int port,
      Lifecycle lifecycle,
      Callable<String> reload)
      throws StartException {
    AdminServer admin = new AdminServer(server, vertx, lifecycle, reload);
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
              + ". Remedy: see that admin.bind (KEYWARD_ADMIN_BIND) is an address of this machine,"
              + " and stop the program that has the port, or set KEYWARD_ADMIN_PORT (--admin-port)"
              + " to another.",
          failed);
    }
  }

  public int port() {
    return http.actualPort();
  }

  private void declare() {
    Map<Integer, String> found = Map.of(200, "What was asked for.");
    tell(
        "/livez",
        "Says ok if every event loop comes to it.",
        true,
        Route.TEXT,
        Map.of(200, "Alive."),
        request -> fromHome(request.response(), TEXT, () -> "ok\n"));
    tell(
        "/readyz",
        "Says whether clients are served.",
        true,
        Route.TEXT,
        Map.of(200, "Ready.", 503, "Loading, or stopping."),
        this::readiness);
    tell(
        "/info",
        "Tells about the process and its keyspaces.",
        false,
        Route.JSON,
        found,
        this::information);
    tell("/metrics", "Shows the metrics for Prometheus.", false, Route.TEXT, found, this::metrics);
    tell(
        "/openapi.json",
        "Describes these calls.",
        false,
        Route.JSON,
        found,
        request -> request.response().putHeader("Content-Type", JSON).end(description));
    routes.add(
        new Route(
            "GET",
            StreamEndpoint.PATH + "{prefix}/{key}",
            "Replays a stream and follows it, as Server-Sent Events. The prefix - is the deployment"
                + " without one.",
            List.of(
                new Route.Field(
                    "from",
                    Route.Kind.STRING,
                    false,
                    "the id after which to begin; 0-0 if left out"),
                new Route.Field(
                    "Last-Event-ID", Route.Kind.STRING, false, "the same, and wins over it", true)),
            false,
            "text/event-stream",
            Map.of(
                200,
                "The entries.",
                400,
                "That is no id of an entry.",
                401,
                "The token is missing, or a login of the deployment whose user may read the key.",
                404,
                "No such deployment.",
                503,
                "The deployment has as many connections as it may have."),
            (request, names) -> stream(request)));
    routes.add(
        new Route(
            "POST",
            "/reload",
            "Reads the certificates, the operator and the tenants again.",
            List.of(),
            false,
            Route.TEXT,
            Map.of(200, "Done.", 422, "Something is wrong there."),
            (request, names) -> reload(request.response())));
  }

  private void tell(
      String path,
      String summary,
      boolean open,
      String type,
      Map<Integer, String> answers,
      Consumer<HttpServerRequest> answer) {
    routes.add(
        new Route(
            "GET",
            path,
            summary,
            List.of(),
            open,
            type,
            answers,
            (request, names) -> answer.accept(request)));
  }

  private void answer(HttpServerRequest request) {
    connections.asks(request);
    HttpServerResponse response = request.response();
    String path = Objects.requireNonNullElse(request.path(), "");
    String method = request.method().name();
    String asked = method.equals("HEAD") ? "GET" : method;
    Set<String> allowed = new TreeSet<>();
    Route route = null;
    Map<String, String> names = Map.of();
    for (Route each : routes) {
      Map<String, String> found = each.match(path);
      if (found != null && each.method().equals(asked)) {
        route = each;
        names = found;
      } else if (found != null) {
        allowed.add(each.method());
      }
    }
    // A stream is shown to its deployment's own login as well.
    boolean open = path.startsWith(StreamEndpoint.PATH) || (route != null && route.open());
    boolean probe = route != null && route.open();
    String ofPage = hasToken || probe ? null : WebPages.refusal(request);
    if (ofPage != null) {
      plain(response, 403, ofPage);
      return;
    }
    if (!open && !token.admits(request)) {
      refuse(request);
      return;
    }
    if (!open) {
      connections.welcome(request);
    }
    if (route != null) {
      route.handler().answer(request, names);
    } else if (!allowed.isEmpty()) {
      if (allowed.contains("GET")) {
        allowed.add("HEAD");
      }
      response.setStatusCode(405).putHeader("Allow", String.join(", ", allowed)).end();
    } else if (asked.equals("GET") && path.startsWith(StreamEndpoint.PATH)) {
      stream(request);
    } else {
      plain(response, 404, "There is no such call. /openapi.json describes all that there are.\n");
    }
  }

  /** Without the token, or with a wrong one, which is answered late as wrong passwords are. */
  private void refuse(HttpServerRequest request) {
    boolean guessed = request.getHeader("Authorization") != null;
    long delay = 0;
    if (guessed) {
      log.warn("A wrong token at the admin port, client addr={}", request.remoteAddress());
      delay = server.tenancy().failedLogins().failed(request.remoteAddress().hostAddress());
    }
    Runnable answer =
        () -> {
          request.response().putHeader("WWW-Authenticate", "Bearer");
          plain(
              request.response(),
              401,
              "The token of admin.token is needed: Authorization: Bearer ...\n");
        };
    if (delay == 0) {
      answer.run();
    } else {
      vertx.setTimer(delay, timer -> answer.run());
    }
  }

  private void stream(HttpServerRequest request) {
    boolean all = token.admits(request);
    if (all) {
      connections.welcome(request);
    }
    streams.answer(
        request,
        all
            ? StreamEndpoint.Access.ALL
            : new StreamLogin(server, vertx, request, () -> connections.welcome(request)));
  }

  private void readiness(HttpServerRequest request) {
    Readiness now = Readiness.of(server);
    plain(request.response(), now == Readiness.READY ? 200 : 503, now.text() + "\n");
  }

  private void information(HttpServerRequest request) {
    fromHome(
        request.response(), JSON, () -> Information.of(server, metrics).encodePrettily() + "\n");
  }

  /** 200 if the configuration has been read again, 422 with the reasons if it is wrong. */
  private void reload(HttpServerResponse response) {
    vertx
        .executeBlocking(reload, false)
        .onSuccess(
            wrong -> plain(response, wrong.isEmpty() ? 200 : 422, wrong.isEmpty() ? "ok\n" : wrong))
        .onFailure(defect -> failed(response, defect));
  }

  /**
   * Copies the figures on the home loops and makes the text on another thread; if a loop does not
   * come to it, the client sees no answer.
   */
  private void fromHome(HttpServerResponse response, String type, Callable<String> text) {
    metrics.refresh(() -> made(response, type, text));
  }

  /**
   * Answers with the figures of this moment; if a loop does not come to tell them in time, with
   * those told before, because what holds the loop up is to be seen.
   */
  private void metrics(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    boolean open = Exposition.wantsOpenMetrics(request.getHeader("Accept"));
    String type = open ? Exposition.OPEN_METRICS : Exposition.TEXT;
    AtomicBoolean answered = new AtomicBoolean();
    Runnable answer =
        () -> {
          if (answered.compareAndSet(false, true)) {
            made(response, type, () -> metrics.scrape(type));
          }
        };
    long late = vertx.setTimer(PATIENCE_MILLIS, timer -> answer.run());
    metrics.refresh(
        () -> {
          vertx.cancelTimer(late);
          answer.run();
        });
  }

  private void made(HttpServerResponse response, String type, Callable<String> text) {
    vertx
        .executeBlocking(text, false)
        .onSuccess(done -> response.putHeader("Content-Type", type).end(done))
        .onFailure(defect -> failed(response, defect));
  }

  private static void failed(HttpServerResponse response, Throwable defect) {
    log.error("An answer of the admin port could not be made", defect);
    plain(response, 500, "internal error\n");
  }

  private static void plain(HttpServerResponse response, int status, String text) {
    response.setStatusCode(status).putHeader("Content-Type", TEXT).end(text);
  }

  @Override
  public void close() {
    connections.end();
    http.close();
    metrics.close();
  }
}
