package io.keyward.gateway.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
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
    boolean inQuery = route.method().equals("GET");
    JsonObject properties = new JsonObject();
    JsonArray required = new JsonArray();
    for (Route.Field field : route.fields()) {
      if (inQuery) {
        parameters.add(
            new JsonObject()
                .put("name", field.name())
                .put("in", "query")
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
    return new JsonObject().put("type", field.kind().name().toLowerCase(Locale.ROOT));
  }

  private static JsonObject responses(Route route) {
    JsonObject responses = new JsonObject();
    new TreeMap<>(route.answers())
        .forEach(
            (code, meaning) ->
                responses.put(
                    Integer.toString(code), new JsonObject().put("description", meaning)));
    return responses;
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
