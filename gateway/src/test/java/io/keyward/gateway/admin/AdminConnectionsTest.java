package io.keyward.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.fixture.Patience;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many connections the admin endpoint keeps, and for how long. */
class AdminConnectionsTest {
  private final AtomicLong now = new AtomicLong(1_000_000);
  private final BlockingQueue<HttpServerRequest> asked = new LinkedBlockingQueue<>();
  private final BlockingQueue<Object> come = new LinkedBlockingQueue<>();
  private final Vertx vertx = Vertx.vertx();
  private final AdminConnections connections = new AdminConnections(vertx, () -> 20, now::get);
  private HttpServer http;
  private HttpServerRequest last;

  @BeforeEach
  void open() {
    http =
        vertx
            .createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false))
            .connectionHandler(
                connection -> {
                  connections.comes(connection);
                  come.add(connection);
                })
            .requestHandler(
                request -> {
                  connections.asks(request);
                  if (request.path().equals("/welcome")) {
                    connections.welcome(request);
                  }
                  if (request.path().equals("/reads")) {
                    asked.add(request);
                    return;
                  }
                  request.endHandler(read -> asked.add(request));
                  if (request.path().equals("/stays")) {
                    request.response().setChunked(true).write("begun");
                  } else {
                    request.response().end("ok");
                  }
                });
    http.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
  }

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private Socket connected() throws IOException, InterruptedException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), http.actualPort());
    socket.setSoTimeout(Patience.MILLIS);
    assertThat(come.poll(Patience.MILLIS, TimeUnit.MILLISECONDS)).isNotNull();
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private Socket asking(String path, String further) throws IOException, InterruptedException {
    Socket socket = connected();
    send(socket, "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + further + "\r\n");
    last = asked.poll(Patience.MILLIS, TimeUnit.MILLISECONDS);
    assertThat(last).isNotNull();
    return socket;
  }

  private static boolean isClosed(Socket socket) throws IOException {
    try {
      byte[] _ = socket.getInputStream().readAllBytes();
      return true;
    } catch (SocketException reset) {
      return true;
    }
  }

  /** The server answers on it. */
  private static void assertOpen(Socket socket) throws IOException {
    send(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(socket.getInputStream().readNBytes(8))
        .isEqualTo("HTTP/1.1".getBytes(StandardCharsets.US_ASCII));
  }

  private void later(long millis) {
    now.addAndGet(millis);
    connections.closeQuiet();
  }

  @Test
  void ofStrangersTheOldestGiveWayAndNobodyElse() throws Exception {
    try (Socket welcome = asking("/welcome", "");
        Socket first = connected();
        Socket second = connected();
        Socket third = connected()) {
      assertThat(isClosed(first)).isTrue();
      assertOpen(second);
      assertOpen(third);
      assertOpen(welcome);
    }
  }

  @Test
  void whoSendsNoWholeRequestIsClosedSoon() throws Exception {
    try (Socket silent = connected();
        Socket half = asking("/reads", "Content-Length: 10\r\n")) {
      send(half, "12345");
      later(9_000);
      send(silent, "GET / HT");
      later(2_000);
      assertThat(isClosed(silent)).isTrue();
      assertThat(isClosed(half)).isTrue();
    }
  }

  @Test
  void whoAsksNoMoreIsClosedLaterAndWhoIsBeingAnsweredIsNot() throws Exception {
    try (Socket idle = asking("/welcome", "");
        Socket followed = asking("/stays", "")) {
      later(70_000);
      later(70_000);
      assertThat(isClosed(idle)).isTrue();
      last.response().end("the end");
      String answer = "";
      for (int c = 0; c >= 0 && !answer.endsWith("the end"); answer += (char) c) {
        c = followed.getInputStream().read();
      }
      assertThat(answer).endsWith("the end");
      try (Socket next = asking("/welcome", "")) {
        assertOpen(next);
      }
    }
  }
}
