package io.keyward.gateway.server;

import static io.keyward.gateway.server.Rewrites.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.Ports;
import io.keyward.gateway.fixture.TestCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deployments that connections are in by their port or certificate, and what a reload changes. */
class RecognitionTest {
  private static final String NOT_YET = "-NOAUTH Authentication required.";

  @TempDir Path folder;
  private TestCertificate certificate;
  private Path file;
  private Gateway gateway;

  @BeforeEach
  void start() throws IOException {
    certificate = TestCertificate.create(folder);
    file = folder.resolve("keyward.yaml");
    startWith("127.0.0.1", "white: {password: of-white}", "black: {password: of-black}");
  }

  private void startWith(String bind, String... deployments) throws IOException {
    write(deployments);
    startAt(bind);
  }

  private void startAt(String bind) {
    List<String> options = new ArrayList<>(List.of(file.toString(), "--bind", bind));
    options.addAll(certificate.options("optional"));
    gateway = Gateways.startWith(Map.of(), options.toArray(String[]::new));
  }

  private void write(String... deployments) throws IOException {
    Files.writeString(
        file,
        """
        event-loops: 2
        tenants:
          shop:
            deployments:
              %s
        """
            .formatted(String.join("\n      ", deployments)));
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  /** A client that shows its certificate, which is made out to {@code localhost}. */
  private Wire withCertificate() throws IOException, GeneralSecurityException {
    return new Wire(
        (SSLSocket)
            certificate
                .context(true)
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), gateway.ports().tls()));
  }

  /** Whether nobody listens; a socket that has been closed may take a moment to go. */
  private static boolean refuses(int port) {
    try (Wire _ = Wire.to(port)) {
      return false;
    } catch (UncheckedIOException refused) {
      assertThat(refused).hasCauseInstanceOf(ConnectException.class);
      return true;
    }
  }

  @Test
  void aPortMayStandForADeployment() throws IOException {
    int port = Ports.free();
    gateway.close();
    startWith("127.0.0.1", "white: {ports: [" + port + "]}", "black: {password: of-black}");
    try (Wire white = Wire.to(port);
        Wire black = Wire.to(gateway.ports().redis())) {
      assertThat(white.ask("SET key of-white")).isEqualTo("+OK");
      assertThat(black.ask("AUTH black of-black")).isEqualTo("+OK");
      assertThat(black.ask("EXISTS key")).isEqualTo(":0");
      assertThat(white.ask("AUTH black of-black")).isEqualTo("+OK");
      assertThat(white.ask("EXISTS key")).isEqualTo(":0");
      assertThat(white.ask("RESET")).isEqualTo("+RESET");
      assertThat(white.ask("EXISTS key")).isEqualTo(":1");
    }
  }

  @Test
  void aDefaultUserThatIsSwitchedOffIsNobodyByAnyWay() throws IOException {
    int port = Ports.free();
    gateway.close();
    startWith("127.0.0.1", "white: {ports: [" + port + "], password: of-white}");
    try (Wire first = Wire.to(port);
        Wire second = Wire.to(gateway.ports().redis())) {
      assertThat(first.ask("ACL SETUSER alice on >hers ~* &* +@all")).isEqualTo("+OK");
      assertThat(first.ask("ACL SETUSER default off")).isEqualTo("+OK");
      try (Wire later = Wire.to(port)) {
        assertThat(later.ask("GET key")).isEqualTo(NOT_YET);
        assertThat(later.ask("AUTH alice hers")).isEqualTo("+OK");
        assertThat(later.ask("EXISTS key")).isEqualTo(":0");
      }
      assertThat(second.ask("AUTH white of-white"))
          .isEqualTo("-WRONGPASS invalid username-password pair or user is disabled.");
      assertThat(second.readToEnd()).isEmpty();
    }
    try (Wire alice = Wire.to(gateway.ports().redis())) {
      assertThat(alice.ask("AUTH white/alice hers")).isEqualTo("+OK");
    }
  }

  @Test
  void aPortThatAsksForNoLoginIsClosedToOtherMachines() throws Exception {
    int port = Ports.free();
    gateway.close();
    startWith("0.0.0.0", "white: {ports: [" + port + "]}", "black: {password: of-black}");
    InetAddress outside = LimitsTest.outsideAddress();
    try (Wire white = new Wire(new Socket(outside, port));
        Wire black = new Wire(new Socket(outside, gateway.ports().redis()))) {
      assertThat(white.readToEnd()).startsWith("-DENIED Keyward is running in protected mode");
      assertThat(black.ask("AUTH black of-black")).isEqualTo("+OK");
    }
    gateway.server().live().set(Directive.PROTECTED_MODE, "no");
    try (Wire white = new Wire(new Socket(outside, port))) {
      assertThat(white.ask("PING")).isEqualTo("+PONG");
    }
  }

  @Test
  void deploymentsThatTheFileNamesNoMoreAreClosedAndKeepTheirKeys() throws IOException {
    try (Wire white = Wire.to(gateway.ports().redis());
        Wire black = Wire.to(gateway.ports().redis())) {
      assertThat(white.ask("AUTH white of-white")).isEqualTo("+OK");
      assertThat(white.ask("SET key of-white")).isEqualTo("+OK");
      assertThat(black.ask("AUTH black of-black")).isEqualTo("+OK");
      write("white: {password: of-white}", "black: {password: of-black}", "white: {}");
      assertThat(gateway.reload()).contains("tenants.shop.deployments.white", "there twice");
      assertThat(white.ask("EXISTS key")).isEqualTo(":1");

      write("red: {password: of-red}", "black: {password: of-black}");
      assertThat(gateway.reload()).isEmpty();
      assertThat(white.readToEnd()).isEmpty();
      assertThat(black.ask("PING")).isEqualTo("+PONG");
      assertThat(black.ask("AUTH red of-red")).isEqualTo("+OK");
      assertThat(black.ask("AUTH white of-white")).startsWith("-WRONGPASS");

      write("white: {password: of-white}", "black: {password: of-black}");
      assertThat(gateway.reload()).isEmpty();
      try (Wire again = Wire.to(gateway.ports().redis())) {
        assertThat(again.ask("AUTH white of-white")).isEqualTo("+OK");
        assertThat(again.ask("EXISTS key")).isEqualTo(":1");
      }
    }
  }

  @Test
  void aReloadOpensAndClosesPortsOfDeployments() throws IOException {
    int first = Ports.free();
    int second = Ports.free();
    write("white: {ports: [" + first + "]}", "black: {password: of-black}");
    assertThat(gateway.reload()).isEmpty();
    try (Wire white = Wire.to(first)) {
      assertThat(white.ask("SET key of-white")).isEqualTo("+OK");

      write("white: {ports: [" + second + "]}", "black: {ports: [" + first + "]}");
      assertThat(gateway.reload()).isEmpty();
      try (Wire moved = Wire.to(second);
          Wire black = Wire.to(first)) {
        assertThat(moved.ask("EXISTS key")).isEqualTo(":1");
        assertThat(black.ask("EXISTS key")).isEqualTo(":0");
      }
      assertThat(white.ask("EXISTS key")).isEqualTo(":1");
      assertThat(white.ask("RESET")).isEqualTo("+RESET");
      assertThat(white.ask("EXISTS key")).isEqualTo(":0");

      write("white: {password: of-white}", "black: {password: of-black}");
      assertThat(gateway.reload()).isEmpty();
      until("the port is closed", () -> refuses(second));
      assertThat(white.ask("PING")).isEqualTo("+PONG");
      assertThat(white.ask("RESET")).isEqualTo("+RESET");
      assertThat(white.ask("PING")).isEqualTo(NOT_YET);
    }
  }

  /** Whether a client that comes to a port at this moment finds the default deployment there. */
  private static boolean isDefaultAt(int port) {
    try (Wire client = Wire.to(port)) {
      return client.ask("EXISTS of-all").equals(":1");
    } catch (UncheckedIOException notOpen) {
      return false;
    }
  }

  @Test
  void whoComesWhileAPortOpensOrClosesIsNeverInTheDefaultDeployment() throws Exception {
    String deployments = Files.readString(file);
    gateway.close();
    String all = "prefix: all\n";
    Files.writeString(file, all + deployments);
    gateway = Gateways.startWith(Map.of(), file.toString());
    try (Wire client = Wire.to(gateway.ports().redis())) {
      assertThat(client.ask("SET of-all 1")).isEqualTo("+OK");
    }
    int port = Ports.free();
    AtomicBoolean over = new AtomicBoolean();
    try (ExecutorService clients = Executors.newFixedThreadPool(2)) {
      Callable<Boolean> coming =
          () -> {
            boolean found = false;
            while (!over.get() && !found) {
              found = isDefaultAt(port);
            }
            return found;
          };
      List<Future<Boolean>> found = List.of(clients.submit(coming), clients.submit(coming));
      try {
        for (int i = 0; i < 40; i++) {
          Files.writeString(
              file,
              i % 2 == 0
                  ? all + deployments.replace("{password: of-white}", "{ports: [" + port + "]}")
                  : all + deployments);
          assertThat(gateway.reload()).isEmpty();
        }
      } finally {
        over.set(true);
      }
      for (Future<Boolean> each : found) {
        assertThat(each.get()).isFalse();
      }
    }
  }

  @Test
  void whoComesToADeploymentThatIsDrainedIsNotInTheDefaultOne() throws Exception {
    int port = Ports.free();
    write("white: {ports: [" + port + "], certificates: [localhost]}");
    Files.writeString(file, "operator: {password: of-op}\nprefix: all\n" + Files.readString(file));
    gateway.close();
    startAt("127.0.0.1");
    try (Wire operator = Wire.to(gateway.ports().redis());
        Wire white = Wire.to(port)) {
      assertThat(operator.ask("SET of-all 1")).isEqualTo("+OK");
      assertThat(white.ask("EXISTS of-all")).isEqualTo(":0");
      assertThat(operator.ask("AUTH operator of-op")).isEqualTo("+OK");
      operator.send("DEPLOYMENT DRAIN white 0\r\n");
      assertThat(white.readToEnd()).isEmpty();
      white.endInput();
      assertThat(operator.line()).doesNotStartWith("-");
    }
    try (Wire white = Wire.to(port)) {
      assertThat(white.readToEnd())
          .isEqualTo("-ERR the deployment takes no logins: it was drained or dropped\r\n");
    }
    try (Wire white = withCertificate()) {
      assertThat(white.send("EXISTS of-all\r\n").readToEnd()).isEmpty();
    } catch (UncheckedIOException closed) {
      // While it was still sending.
      assertThat(closed.getCause()).isNotInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void aPortThatCannotBeOpenedChangesNothing() throws IOException {
    int free = Ports.free();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      write(
          "white: {ports: [" + free + ", " + taken.getLocalPort() + "]}",
          "black: {password: changed}");
      assertThat(gateway.reload()).contains("port " + taken.getLocalPort(), "in use", "Remedy");
    }
    until("the port is closed again", () -> refuses(free));
    try (Wire black = Wire.to(gateway.ports().redis())) {
      assertThat(black.ask("AUTH black of-black")).isEqualTo("+OK");
    }
  }

  @Test
  void clientsAreAskedForCertificatesAsLongAsThoseAreLogins() throws Exception {
    String reason = "deployments have certificates as logins, and no client is asked for one";
    write("white: {password: of-white, certificates: [localhost]}", "black: {password: of-black}");
    Files.writeString(file, "operator: {password: of-op}\n" + Files.readString(file));
    assertThat(gateway.reload()).isEmpty();
    try (Wire operator = Wire.to(gateway.ports().redis())) {
      assertThat(operator.ask("AUTH operator of-op")).isEqualTo("+OK");
      for (String off : List.of("tls-auth-clients no", "tls-port 0")) {
        assertThat(operator.ask("CONFIG SET " + off))
            .isEqualTo(
                "-ERR CONFIG SET failed (possibly related to argument '%s') - %s"
                    .formatted(off.substring(0, off.indexOf(' ')), reason));
        try (Wire white = withCertificate()) {
          assertThat(white.ask("SET key of-white")).isEqualTo("+OK");
        }
      }

      write("white: {password: of-white}", "black: {password: of-black}");
      Files.writeString(file, "operator: {password: of-op}\n" + Files.readString(file));
      assertThat(gateway.reload()).isEmpty();
      assertThat(operator.ask("CONFIG SET tls-auth-clients no")).isEqualTo("+OK");
    }
    write("white: {password: changed, certificates: [localhost]}", "black: {password: of-black}");
    assertThat(gateway.reload()).contains(reason, "set tls-port, and tls-auth-clients yes");
    try (Wire white = Wire.to(gateway.ports().redis())) {
      assertThat(white.ask("AUTH white of-white")).isEqualTo("+OK");
    }
  }

  @Test
  void aReloadMovesACertificateToAnotherDeployment() throws Exception {
    write("white: {certificates: [localhost]}", "black: {password: of-black}");
    assertThat(gateway.reload()).isEmpty();
    try (Wire client = withCertificate()) {
      assertThat(client.ask("SET key of-white")).isEqualTo("+OK");

      write("white: {password: of-white}", "black: {certificates: [\"cn = LOCALHOST\"]}");
      assertThat(gateway.reload()).isEmpty();
      try (Wire black = withCertificate()) {
        assertThat(black.ask("SET own of-black")).isEqualTo("+OK");
        assertThat(black.ask("EXISTS key")).isEqualTo(":0");
      }
      assertThat(client.ask("EXISTS key")).isEqualTo(":1");
      assertThat(client.ask("AUTH white of-white")).isEqualTo("+OK");
      assertThat(client.ask("RESET")).isEqualTo("+RESET");
      assertThat(client.ask("EXISTS own")).isEqualTo(":1");

      write("white: {password: of-white}", "black: {password: of-black}");
      assertThat(gateway.reload()).isEmpty();
      assertThat(client.ask("RESET")).isEqualTo("+RESET");
      assertThat(client.ask("PING")).isEqualTo(NOT_YET);
      try (Wire stranger = withCertificate()) {
        assertThat(stranger.ask("PING")).isEqualTo(NOT_YET);
      }
    }
  }
}
