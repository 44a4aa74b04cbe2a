package io.keyward.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.server.Gateways;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Web pages of others can ask nothing of the admin endpoint. */
class WebPagesTest {
  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateway = Gateways.start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static int status(Gateway asked, String line, String... headers) throws IOException {
    int port = asked.ports().admin();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(Patience.MILLIS);
      String request =
          line + " HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\nConnection: close\r\n\r\n";
      socket
          .getOutputStream()
          .write(request.replace("PORT", "" + port).getBytes(StandardCharsets.US_ASCII));
      BufferedReader answer =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      return Integer.parseInt(answer.readLine().split(" ", -1)[1]);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:PORT, 200",
    "localhost:PORT, 200",
    "localhost, 200",
    "LOCALHOST.:PORT, 200",
    "[::1]:PORT, 200",
    "10.0.0.7, 200",
    "rebound.example.org:PORT, 403",
    "127.0.0.1.example.org, 403",
    "localhost.example.org, 403",
  })
  void withoutATokenANameThatMayLeadAnywhereIsRefused(String host, int expected)
      throws IOException {
    assertThat(status(gateway, "GET /deployments", "Host: " + host)).isEqualTo(expected);
    assertThat(status(gateway, "GET /metrics", "Host: " + host)).isEqualTo(expected);
    assertThat(status(gateway, "GET /streams/none/key", "Host: " + host))
        .isEqualTo(expected == 200 ? 404 : 403);
    assertThat(status(gateway, "GET /readyz", "Host: " + host)).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({"http://example.org, 403", "null, 403", "http://127.0.0.1:PORT, 200"})
  void withoutATokenAPageOfAnotherOriginReloadsNothing(String origin, int expected)
      throws IOException {
    assertThat(
            status(
                gateway,
                "POST /reload",
                "Host: 127.0.0.1:PORT",
                "Content-Length: 0",
                "Origin: " + origin))
        .isEqualTo(expected);
  }

  @Test
  void aTokenLetsInByAnyName() throws IOException {
    try (Gateway guarded = Gateways.start(Map.of("KEYWARD_ADMIN_TOKEN", "the-token"))) {
      String host = "Host: gateway.example.org";
      assertThat(status(guarded, "GET /info", host, "Authorization: Bearer the-token"))
          .isEqualTo(200);
      long before = guarded.server().tenancy().failedLogins().total();
      assertThat(status(guarded, "GET /info", host)).isEqualTo(401);
      assertThat(status(guarded, "GET /info", host, "Authorization: Bearer guessed"))
          .isEqualTo(401);
      assertThat(guarded.server().tenancy().failedLogins().total()).isEqualTo(before + 1);
    }
  }
}
