package io.keyward.gateway.admin;

import io.keyward.gateway.admin.Route.Field;
import io.keyward.gateway.admin.Route.Kind;
import io.keyward.gateway.deployment.Actor;
import io.keyward.gateway.deployment.DeploymentException;
import io.keyward.gateway.deployment.Lifecycle;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of deployments over HTTP: what DEPLOYMENT does, in JSON. */
final class DeploymentApi {
  private static final Logger log = LoggerFactory.getLogger(DeploymentApi.class);
  private static final long USUAL_DRAIN_SECONDS = 30;
  private static final long USUAL_AUDIT = 100;
  private static final long USUAL_STREAMS = 100;

  private static final Map<Integer, String> LOOKED =
      Map.of(200, "What was asked for.", 400, "The request is wrong.", 404, "There is none.");
  private static final Map<Integer, String> ACTED =
      Map.of(
          200,
          "It is done.",
          400,
          "The request is wrong.",
          403,
          "The gateway has no token, so that nothing may be changed over HTTP.",
          404,
          "There is no such deployment.",
          409,
          "It is not possible as things stand; the error says why.",
          413,
          "The body is too large.",
          503,
          "The data is still being loaded.");

  private final Vertx vertx;
  private final Lifecycle lifecycle;
  private final boolean protectedByToken;
  private final List<Route> routes = new ArrayList<>();

  DeploymentApi(Vertx vertx, Lifecycle lifecycle, boolean protectedByToken) {
    this.vertx = vertx;
    this.lifecycle = lifecycle;
    this.protectedByToken = protectedByToken;
    look("/deployments", "Lists the deployments with what they hold.", found -> lifecycle.list());
    look(
        "/deployments/{name}",
        "Tells about a deployment, its limits and aliases.",
        found -> lifecycle.info(name(found)));
    look(
        "/deployments/{name}/stats",
        "Tells what a deployment has done since the start.",
        found -> lifecycle.stats(name(found)));
    streams();
    look("/aliases", "Tells where each alias leads.", found -> lifecycle.aliases());
    audit();
    act(
        "POST",
        "/deployments",
        "Makes a deployment, or lets one take logins again.",
        List.of(new Field("name", Kind.STRING, true, "<tenant>.<deployment>")),
        (actor, found, body) -> lifecycle.create(actor, body.getString("name")));
    act(
        "POST",
        "/deployments/{name}/clone",
        "Makes another deployment hold what this one holds at this instant.",
        List.of(
            new Field("target", Kind.STRING, true, "the other one"),
            new Field("replace", Kind.BOOLEAN, false, "whether its keys may be freed first")),
        (actor, found, body) ->
            lifecycle.copy(
                actor, name(found), body.getString("target"), body.getBoolean("replace", false)));
    act(
        "PUT",
        "/aliases/{alias}",
        "Lets a login lead to another deployment, and its clients connect anew.",
        List.of(new Field("deployment", Kind.STRING, true, "where it leads from now on")),
        (actor, found, body) ->
            lifecycle.promote(
                actor, found.getOrDefault("alias", ""), body.getString("deployment")));
    act(
        "POST",
        "/deployments/{name}/drain",
        "Takes no more logins and sends the clients away, at last after a time.",
        List.of(new Field("seconds", Kind.INTEGER, false, "the time; 30 if left out")),
        (actor, found, body) ->
            lifecycle.drain(actor, name(found), body.getLong("seconds", USUAL_DRAIN_SECONDS)));
    act(
        "POST",
        "/deployments/{name}/retire",
        "Frees a deployment's keys when nobody has been there for some hours.",
        List.of(
            new Field(
                "after", Kind.NUMBER, false, "hours; as keyward.yaml says if left out, or 24"),
            new Field("dryrun", Kind.BOOLEAN, false, "whether it only tells what that would free")),
        this::retire);
    act(
        "DELETE",
        "/deployments/{name}",
        "Frees a deployment's keys and forgets it.",
        List.of(new Field("force", Kind.BOOLEAN, false, "whether its aliases may go with it")),
        (actor, found, body) ->
            lifecycle.drop(actor, name(found), body.getBoolean("force", false)));
  }

  /** Tells something. */
  private interface Look {
    Object tell(Map<String, String> found) throws DeploymentException;
  }

  /** Does something. */
  private interface Action {
    Object act(Actor actor, Map<String, String> found, JsonObject body) throws DeploymentException;
  }

  /** The calls. */
  List<Route> routes() {
    return List.copyOf(routes);
  }

  private static String name(Map<String, String> found) {
    return found.getOrDefault("name", "");
  }

  private void look(String path, String summary, Look look) {
    routes.add(
        new Route(
            "GET",
            path,
            summary,
            List.of(),
            false,
            Route.JSON,
            LOOKED,
            (request, found) -> answer(request, List.of(), () -> look.tell(found))));
  }

  private void audit() {
    List<Field> fields =
        List.of(new Field("count", Kind.INTEGER, false, "how many actions; 100 if left out"));
    routes.add(
        new Route(
            "GET",
            "/audit",
            "Tells what was done with deployments, the newest first.",
            fields,
            false,
            Route.JSON,
            LOOKED,
            (request, found) -> answer(request, fields, () -> lines(request))));
  }

  private void streams() {
    List<Field> fields =
        List.of(
            new Field(
                "order", Kind.STRING, false, "bytes, entries, age or idle; bytes if left out"),
            new Field("limit", Kind.INTEGER, false, "how many streams; 100 if left out"));
    routes.add(
        new Route(
            "GET",
            "/deployments/{name}/streams",
            "Lists a deployment's streams with their size and age, those first of which there is"
                + " most of something.",
            fields,
            false,
            Route.JSON,
            LOOKED,
            (request, found) ->
                answer(
                    request,
                    fields,
                    () ->
                        lifecycle.streams(
                            name(found),
                            request.getParam("order", "bytes"),
                            number(request, "limit", USUAL_STREAMS)))));
  }

  /** A number of the query; -1 if it is none. */
  private static long number(HttpServerRequest request, String field, long usual) {
    String given = request.getParam(field, Long.toString(usual));
    return given.matches("[0-9]{1,9}") ? Long.parseLong(given) : -1;
  }

  private Object lines(HttpServerRequest request) throws DeploymentException {
    JsonArray lines = new JsonArray();
    for (String line : lifecycle.audit(number(request, "count", USUAL_AUDIT))) {
      lines.add(new JsonObject(line));
    }
    return lines;
  }

  private void act(String method, String path, String summary, List<Field> fields, Action action) {
    routes.add(
        new Route(
            method,
            path,
            summary,
            fields,
            false,
            Route.JSON,
            ACTED,
            (request, found) -> begin(request, found, fields, action)));
  }

  private void begin(
      HttpServerRequest request, Map<String, String> found, List<Field> fields, Action action) {
    HttpServerResponse response = request.response();
    if (!protectedByToken) {
      // A page in somebody's browser on this machine could send it, too.
      error(response, 403, "nothing is changed over HTTP without a token. Remedy: set admin.token");
      return;
    }
    Actor actor = new Actor("admin token", String.valueOf(request.remoteAddress()));
    JsonBody.read(
        request,
        fields,
        body -> answer(request, List.of(), () -> action.act(actor, found, body)),
        (reason, status) -> error(response, status, reason));
  }

  private Object retire(Actor actor, Map<String, String> found, JsonObject body)
      throws DeploymentException {
    Number hours = body.getNumber("after");
    Double after = hours == null ? null : Double.valueOf(hours.doubleValue());
    return lifecycle.retire(actor, name(found), after, body.getBoolean("dryrun", false));
  }

  private void answer(HttpServerRequest request, List<Field> ofQuery, Callable<Object> work) {
    HttpServerResponse response = request.response();
    for (String name : request.params().names()) {
      if (ofQuery.stream().noneMatch(field -> field.name().equals(name))) {
        error(response, 400, "there is no parameter of this name: " + name);
        return;
      }
    }
    Context context = vertx.getOrCreateContext();
    // Not on Vert.x's few threads: a drain may last, and metrics are to be shown meanwhile.
    var _ =
        Thread.ofVirtual()
            .name("keyward-deployment")
            .start(
                () -> {
                  try {
                    String text = Json.encodePrettily(work.call()) + "\n";
                    context.runOnContext(done -> show(response, text));
                  } catch (Exception failure) {
                    context.runOnContext(done -> refuse(response, failure));
                  }
                });
  }

  private static void show(HttpServerResponse response, String text) {
    response.putHeader("Content-Type", "application/json; charset=utf-8").end(text);
  }

  private static void refuse(HttpServerResponse response, Throwable failure) {
    if (failure instanceof DeploymentException refused) {
      int status =
          switch (refused.kind()) {
            case UNKNOWN -> 404;
            case INVALID -> 400;
            case REFUSED -> 409;
            case LOADING -> 503;
            case FAILED -> 500;
          };
      error(response, status, refused.reason());
    } else {
      log.error("An answer about deployments could not be made", failure);
      error(response, 500, "internal error");
    }
  }

  private static void error(HttpServerResponse response, int status, String reason) {
    if (!response.ended()) {
      response
          .setStatusCode(status)
          .putHeader("Content-Type", "application/json; charset=utf-8")
          .end(new JsonObject().put("error", reason).encode() + "\n");
    }
  }
}
