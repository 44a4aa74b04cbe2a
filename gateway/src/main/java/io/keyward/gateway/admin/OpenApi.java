package io.keyward.gateway.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Describes the calls of the admin port in the words of OpenAPI 3.1, from their declarations. */
final class OpenApi {
  private OpenApi() {}

  /** The description of all calls. */
  static JsonObject describe(List<Route> routes, String version) {
    JsonObject paths = new JsonObject();
    for (Route route : routes) {
      JsonObject path = paths.getJsonObject(route.path(), new JsonObject());
      path.put(route.method().toLowerCase(Locale.ROOT), operation(route));
      paths.put(route.path(), path);
    }
    return new JsonObject()
        .put("openapi", "3.1.0")
        .put(
            "info",
            new JsonObject()
                .put("title", "Keyward admin port")
                .put("description", "Health, metrics and the life of deployments.")
                .put("version", version))
        .put("paths", paths)
        .put(
            "components",
            new JsonObject()
                .put(
                    "securitySchemes",
                    new JsonObject()
                        .put(
                            "token",
                            new JsonObject()
                                .put("type", "http")
                                .put("scheme", "bearer")
                                .put("description", "admin.token of keyward.yaml")))
                .put("schemas", new JsonObject().put("Error", error())));
  }

  private static JsonObject error() {
    return new JsonObject()
        .put("type", "object")
        .put("required", new JsonArray().add("error"))
        .put("properties", new JsonObject().put("error", new JsonObject().put("type", "string")));
  }

  private static JsonObject operation(Route route) {
    JsonArray parameters = new JsonArray();
    for (String name : route.names()) {
      parameters.add(
          new JsonObject()
              .put("name", name)
              .put("in", "path")
              .put("required", true)
              .put("schema", new JsonObject().put("type", "string")));
    }
    boolean noBody = route.method().equals("GET");
    JsonObject properties = new JsonObject();
    JsonArray required = new JsonArray();
    for (Route.Field field : route.fields()) {
      if (noBody || field.header()) {
        parameters.add(
            new JsonObject()
                .put("name", field.name())
                .put("in", field.header() ? "header" : "query")
                .put("required", field.required())
                .put("description", field.summary())
                .put("schema", schema(field)));
      } else {
        properties.put(field.name(), schema(field).put("description", field.summary()));
        if (field.required()) {
          required.add(field.name());
        }
      }
    }
    JsonObject operation =
        new JsonObject()
            .put("operationId", operationId(route))
            .put("summary", route.summary())
            .put("parameters", parameters)
            .put("responses", responses(route));
    if (!route.open()) {
      operation.put(
          "security", new JsonArray().add(new JsonObject().put("token", new JsonArray())));
    }
    if (!properties.isEmpty()) {
      JsonObject schema =
          new JsonObject()
              .put("type", "object")
              .put("additionalProperties", false)
              .put("properties", properties);
      if (!required.isEmpty()) {
        schema.put("required", required);
      }
      operation.put(
          "requestBody",
          new JsonObject()
              .put("required", !required.isEmpty())
              .put(
                  "content",
                  new JsonObject()
                      .put("application/json", new JsonObject().put("schema", schema))));
    }
    return operation;
  }

  private static JsonObject schema(Route.Field field) {
    return type(field.kind().name().toLowerCase(Locale.ROOT));
  }

  private static JsonObject responses(Route route) {
    Map<Integer, String> answers = new TreeMap<>(route.answers());
    if (!route.open()) {
      answers.putIfAbsent(401, "The token of admin.token is missing or wrong.");
      answers.putIfAbsent(403, "There is no admin.token, and a web page may have asked.");
    }
    answers.put(500, "Something has gone wrong in the gateway; its log says more.");
    JsonObject responses = new JsonObject();
    answers.forEach(
        (code, meaning) ->
            responses.put(
                Integer.toString(code),
                new JsonObject().put("description", meaning).put("content", content(route, code))));
    return responses;
  }

  /** What is asked for in its own form; what is wrong in JSON where the call speaks it. */
  private static JsonObject content(Route route, int code) {
    boolean json = route.type().equals(Route.JSON);
    if (code == 200) {
      return new JsonObject().put(route.type(), json ? new JsonObject() : schemaOf(type("string")));
    }
    JsonObject text = new JsonObject().put(Route.TEXT, schemaOf(type("string")));
    JsonObject error = schemaOf(new JsonObject().put("$ref", "#/components/schemas/Error"));
    // What the port itself refuses, before it comes to the call, is plain text.
    return switch (code) {
      case 401 -> text;
      case 403, 500 -> json ? text.put(Route.JSON, error) : text;
      default -> json ? new JsonObject().put(Route.JSON, error) : text;
    };
  }

  private static JsonObject schemaOf(JsonObject schema) {
    return new JsonObject().put("schema", schema);
  }

  private static JsonObject type(String name) {
    return new JsonObject().put("type", name);
  }

  /** {@code postDeploymentsNameClone}. */
  private static String operationId(Route route) {
    StringBuilder id = new StringBuilder(route.method().toLowerCase(Locale.ROOT));
    for (String word : route.path().split("[^A-Za-z]+", -1)) {
      if (!word.isEmpty()) {
        id.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
      }
    }
    return id.toString();
  }
}
