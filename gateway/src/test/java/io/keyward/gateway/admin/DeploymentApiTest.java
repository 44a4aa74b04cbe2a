package io.keyward.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Settings;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.DataFolders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deployments are managed by the admin endpoint as its description says. */
class DeploymentApiTest {
  private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "DELETE", "PATCH");

  @TempDir Path folder;
  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    gateway = start("admin: {token: s3cret-token}\n");
  }

  private Gateway start(String first) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            first
                + """
                operator: {username: operator, password: of-operator}
                tenants:
                  shop:
                    secret: of-shop
                    deployments:
                      blue: {password: of-blue}
                """);
    return Gateway.startOnFreePorts(
        Settings.load(
            List.of(file.toString(), "--bind", "127.0.0.1", "--dir", DataFolders.fresh()),
            Map.of()));
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private HttpResponse<String> ask(String token, String method, String path, String body)
      throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.ports().admin() + path))
              .method(method, HttpRequest.BodyPublishers.ofString(body));
      if (!token.isEmpty()) {
        request.header("Authorization", "Bearer " + token);
      }
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private HttpResponse<String> ask(String method, String path, String body) throws Exception {
    return ask("s3cret-token", method, path, body);
  }

  private JsonObject done(String method, String path, String body) throws Exception {
    HttpResponse<String> response = ask(method, path, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return new JsonObject(response.body());
  }

  private JsonObject description() throws Exception {
    return done("GET", "/openapi.json", "");
  }

  @Test
  void theDescriptionNamesEveryCallAndNoOther() throws Exception {
    JsonObject description = description();
    assertThat(description.getString("openapi")).startsWith("3.");
    JsonObject paths = description.getJsonObject("paths");
    assertThat(paths.fieldNames())
        .contains(
            "/livez",
            "/readyz",
            "/info",
            "/metrics",
            "/reload",
            "/streams/{prefix}/{key}",
            "/deployments",
            "/deployments/{name}/streams",
            "/deployments/{name}/clone",
            "/aliases/{alias}",
            "/audit");
    Set<String> ids = new TreeSet<>();
    for (String path : paths.fieldNames()) {
      JsonObject operations = paths.getJsonObject(path);
      String asked = path.replaceAll("\\{[a-z]+}", "nobody");
      for (String method : METHODS) {
        JsonObject operation = operations.getJsonObject(method.toLowerCase(Locale.ROOT));
        HttpResponse<String> response = ask(method, asked, "{\"nothing\": 1}");
        if (operation == null) {
          assertThat(response.statusCode()).as("%s %s", method, path).isEqualTo(405);
          continue;
        }
        assertThat(response.statusCode()).as("%s %s", method, path).isNotEqualTo(405);
        assertThat(response.body()).doesNotContain("There is no such call");
        assertThat(operation.getJsonObject("responses").fieldNames())
            .as("%s %s", method, path)
            .contains(Integer.toString(response.statusCode()));
        assertThat(ids.add(operation.getString("operationId"))).isTrue();
        boolean open = !operation.containsKey("security");
        assertThat(ask("", method, asked, "").statusCode() != 401)
            .as("%s %s without the token", method, path)
            .isEqualTo(open);
        assertParameters(path, operation);
      }
    }
    assertThat(ask("GET", "/nothing", "").statusCode()).isEqualTo(404);
    assertThat(ask("", "GET", "/nothing", "").statusCode()).isEqualTo(401);
  }

  private static void assertParameters(String path, JsonObject operation) {
    List<String> named =
        operation.getJsonArray("parameters").stream()
            .map(JsonObject.class::cast)
            .filter(parameter -> parameter.getString("in").equals("path"))
            .map(parameter -> "{" + parameter.getString("name") + "}")
            .toList();
    assertThat(named)
        .isEqualTo(
            List.of(path.split("/", -1)).stream().filter(part -> part.startsWith("{")).toList());
  }

  @Test
  void theLifeOfADeploymentFromItsMakingToItsEnd() throws Exception {
    assertThat(done("POST", "/deployments", "{\"name\": \"shop.rev1\"}").getString("state"))
        .isEqualTo("active");
    JsonArray all = new JsonArray(ask("GET", "/deployments", "").body());
    assertThat(all.getJsonObject(0).getString("name")).isEqualTo("blue");
    assertThat(all.getJsonObject(1).getLong("keys")).isZero();
    assertThat(
            done("POST", "/deployments/shop.rev1/clone", "{\"target\": \"shop.rev2\"}")
                .getLong("keys"))
        .isZero();
    assertThat(done("PUT", "/aliases/live", "{\"deployment\": \"shop.rev2\"}").getString("before"))
        .isEmpty();
    assertThat(done("GET", "/aliases", "").getString("live")).isEqualTo("shop.rev2");
    assertThat(done("POST", "/deployments/shop.rev1/drain", "{\"seconds\": 0}").getString("state"))
        .isEqualTo("drained");
    assertThat(
            done("POST", "/deployments/shop.rev1/retire", "{\"after\": 2, \"dryrun\": true}")
                .getLong("would-free-keys"))
        .isZero();
    assertThat(ask("DELETE", "/deployments/shop.rev2", "").statusCode()).isEqualTo(409);
    assertThat(done("DELETE", "/deployments/shop.rev1", "").getLong("freed-keys")).isZero();
    assertThat(ask("GET", "/deployments/shop.rev1", "").statusCode()).isEqualTo(404);
    assertThat(done("GET", "/deployments/shop.rev2/stats", "").getLong("commands")).isZero();
    JsonArray audited = new JsonArray(ask("GET", "/audit?count=2", "").body());
    assertThat(audited).hasSize(2);
    assertThat(audited.getJsonObject(0).getString("action")).isEqualTo("drop");
    assertThat(audited.getJsonObject(0).getString("who")).isEqualTo("admin token");
  }

  @Test
  void aWrongRequestIsToldWhatIsWrong() throws Exception {
    assertThat(ask("POST", "/deployments", "{\"nam\": \"shop.rev1\"}").body())
        .contains("no field of this name: nam");
    assertThat(ask("POST", "/deployments", "{}").body()).contains("name is missing");
    assertThat(ask("POST", "/deployments", "{\"name\": 5}").body()).contains("type STRING");
    assertThat(ask("POST", "/deployments", "{\"name\": null}").body()).contains("type STRING");
    for (String optional : List.of("drain {\"seconds\": null}", "retire {\"dryrun\": null}")) {
      String[] call = optional.split(" ", 2);
      HttpResponse<String> answer = ask("POST", "/deployments/blue/" + call[0], call[1]);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
      assertThat(answer.body()).contains("is not of the type");
    }
    for (String malformed :
        List.of("[", "[]", "5", "{\"name\": \"shop.a\", \"name\": \"shop.b\"}", "{} {}")) {
      HttpResponse<String> answer = ask("POST", "/deployments", malformed);
      assertThat(answer.statusCode()).as(malformed).isEqualTo(400);
      assertThat(answer.body()).contains("no JSON object");
    }
    assertThat(ask("POST", "/deployments", "x".repeat(100_000)).statusCode()).isEqualTo(413);
    assertThat(ask("GET", "/audit?count=x", "").statusCode()).isEqualTo(400);
    for (String name : List.of("shop.a%b", "shop.", "shop.-a", "shop." + "x".repeat(129))) {
      HttpResponse<String> answer =
          ask("POST", "/deployments", new JsonObject().put("name", name).encode());
      assertThat(answer.statusCode()).as(name).isEqualTo(400);
      assertThat(answer.body()).contains("invalid name of a deployment: letters");
    }
    assertThat(ask("POST", "/deployments/blue/clone", "{\"target\": \"shop.a b\"}").statusCode())
        .isEqualTo(400);
    assertThat(ask("PUT", "/aliases/-live", "{\"deployment\": \"blue\"}").statusCode())
        .isEqualTo(400);
    assertThat(ask("POST", "/deployments", "{\"name\": \"nobody.a\"}").statusCode()).isEqualTo(409);
    assertThat(ask("POST", "/deployments/blue/retire", "{\"after\": -1}").statusCode())
        .isEqualTo(400);
  }

  @Test
  void withoutATokenNothingIsChanged() throws Exception {
    gateway.close();
    gateway = start("");
    assertThat(ask("", "GET", "/deployments", "").statusCode()).isEqualTo(200);
    HttpResponse<String> refused = ask("", "DELETE", "/deployments/blue", "");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("Remedy: set admin.token");
  }
}
