package io.keyward.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.ConfigurationException;
import io.keyward.config.Settings;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.DataFolders;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.server.StartException;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.XAddParams;

/** Streams are read over HTTP: from the beginning, from an id on, and to the end. */
class StreamEndpointTest {
  private final HttpClient http = HttpClient.newHttpClient();
  private Gateway gateway;
  private Jedis redis;

  @BeforeEach
  void start() throws ConfigurationException, StartException {
    gateway =
        Gateway.startOnFreePorts(
            Settings.load(
                List.of("--bind", "127.0.0.1", "--dir", DataFolders.fresh()),
                Map.of("KEYWARD_ADMIN_TOKEN", "let-me-in", "REDIS_KEY_PREFIX", "blue")));
    redis = new Jedis("127.0.0.1", gateway.ports().redis(), Patience.MILLIS);
  }

  @AfterEach
  void stop() {
    redis.close();
    http.shutdownNow();
    gateway.close();
  }

  private HttpRequest.Builder request(String path) {
    URI address = URI.create("http://127.0.0.1:" + gateway.ports().admin() + path);
    return HttpRequest.newBuilder(address).header("Authorization", "Bearer let-me-in");
  }

  private int status(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
    response.body().close();
    return response.statusCode();
  }

  private String add(String token) {
    return redis
        .xadd("stream:{c1}:chunks", Map.of("event", token), XAddParams.xAddParams())
        .toString();
  }

  /** What one reader gets, event by event. */
  private final class Reader implements AutoCloseable {
    private final BufferedReader lines;
    private String lastId = "";

    Reader(String path, String... header) throws IOException, InterruptedException {
      HttpRequest.Builder asked = request(path);
      if (header.length > 0) {
        asked.headers(header);
      }
      HttpResponse<InputStream> response = http.send(asked.build(), BodyHandlers.ofInputStream());
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("content-type"))
          .hasValue("text/event-stream; charset=utf-8");
      lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    String next() throws IOException {
      String data = null;
      while (true) {
        String line = lines.readLine();
        if (line == null) {
          return "end";
        }
        if (line.startsWith("id: ")) {
          lastId = line.substring(4);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        } else if (line.isEmpty() && data != null) {
          return new JsonObject(data).getString("event");
        }
      }
    }

    @Override
    public void close() throws IOException {
      lines.close();
    }
  }

  private static final String PATH = "/streams/blue/stream:%7Bc1%7D:chunks";

  @Test
  void replaysWhatIsThereAndFollows() throws Exception {
    add("one");
    add("zwei „ü“\nzwei");
    try (Reader reader = new Reader(PATH)) {
      assertThat(reader.next()).isEqualTo("one");
      assertThat(reader.next()).isEqualTo("zwei „ü“\nzwei");
      String id = add("three");
      assertThat(reader.next()).isEqualTo("three");
      assertThat(reader.lastId).isEqualTo(id);
    }
  }

  @Test
  void goesOnAfterTheIdThatAReaderKnows() throws Exception {
    add("one");
    String known = add("two");
    try (Reader reader = new Reader(PATH, "Last-Event-ID", known);
        Reader other = new Reader(PATH + "?from=" + known)) {
      add("three");
      assertThat(reader.next()).isEqualTo("three");
      assertThat(other.next()).isEqualTo("three");
    }
  }

  @Test
  void losesNothingOfALongStreamAndDoublesNothing() throws Exception {
    for (int i = 0; i < 1000; i++) {
      add("t" + i);
    }
    List<String> expected = new ArrayList<>();
    List<String> heard = new ArrayList<>();
    try (Reader reader = new Reader(PATH)) {
      for (int i = 0; i < 2000; i++) {
        if (i >= 1000) {
          add("t" + i);
        }
        expected.add("t" + i);
        heard.add(reader.next());
      }
    }
    assertThat(heard).isEqualTo(expected);
  }

  @Test
  void waitsForAStreamThatBeginsLater() throws Exception {
    try (Reader reader = new Reader(PATH)) {
      add("first");
      assertThat(reader.next()).isEqualTo("first");
    }
  }

  @Test
  void aReaderIsAClientLikeOthersAndLeavesWithItsConnection() throws Exception {
    Reader reader = new Reader(PATH);
    add("one");
    assertThat(reader.next()).isEqualTo("one");
    assertThat(redis.clientList()).contains("name=http-stream");
    reader.close();
    long deadline = System.nanoTime() + Patience.NANOS;
    while (redis.clientList().contains("name=http-stream") && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(redis.clientList()).doesNotContain("name=http-stream");
  }

  @Test
  void aKilledReaderIsToldByTheEnd() throws Exception {
    try (Reader reader = new Reader(PATH)) {
      add("one");
      assertThat(reader.next()).isEqualTo("one");
      String line =
          redis
              .clientList()
              .lines()
              .filter(each -> each.contains("name=http-stream"))
              .findFirst()
              .orElseThrow();
      redis.clientKill(
          new redis.clients.jedis.params.ClientKillParams()
              .id(line.replaceFirst("^id=(\\d+).*$", "$1")));
      assertThat(reader.next()).isEqualTo("end");
    }
  }

  @Test
  void refusesWhatItCannotServe() throws Exception {
    redis.set("text", "no stream");
    assertThat(status(request("/streams/green/x").build())).isEqualTo(404);
    assertThat(status(request("/streams/blue").build())).isEqualTo(404);
    assertThat(status(request(PATH).header("Last-Event-ID", "x\ty").build())).isEqualTo(400);
    assertThat(status(request(PATH).setHeader("Authorization", "Bearer wrong").build()))
        .isEqualTo(401);
    HttpResponse<String> wrongType =
        http.send(request("/streams/blue/text").build(), BodyHandlers.ofString());
    assertThat(wrongType.body()).contains("event: error\ndata: WRONGTYPE");
  }
}
