package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that speak TLS, certificates of both sides, and their change at run time. */
class TlsTest {
  @TempDir Path directory;
  private TestCertificate certificate;

  @BeforeEach
  void makeCertificate() throws IOException {
    certificate = TestCertificate.create(Files.createDirectory(directory.resolve("first")));
  }

  private Gateway start(String authClients, String... further) {
    List<String> options = new ArrayList<>(certificate.options(authClients));
    options.addAll(List.of(further));
    return Gateways.start(options.toArray(String[]::new));
  }

  /** A socket that trusts {@code trusted}, and shows it as its own certificate if it is to. */
  private static SSLSocket connect(
      Gateway gateway, TestCertificate trusted, boolean showsOwn, String protocol)
      throws IOException, GeneralSecurityException {
    SSLSocket socket =
        (SSLSocket)
            trusted
                .context(showsOwn)
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), gateway.ports().tls());
    socket.setEnabledProtocols(new String[] {protocol});
    return socket;
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void servesBothVersionsWithLargeValues(String protocol) throws Exception {
    try (Gateway gateway = start("no", "--event-loops", "2");
        Wire wire = new Wire(connect(gateway, certificate, false, protocol))) {
      String value = "x".repeat(1_000_000);
      wire.send("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$" + value.length() + "\r\n" + value + "\r\n");
      assertThat(wire.line()).isEqualTo("+OK");
      wire.send("GET a\r\n".repeat(20));
      for (int i = 0; i < 20; i++) {
        assertThat(wire.line()).isEqualTo("$1000000");
        assertThat(wire.read(value.length()).equals(value)).isTrue();
        wire.read(2);
      }
      assertThat(((SSLSocket) wire.socket()).getSession().getProtocol()).isEqualTo(protocol);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aCertificateMayStandForADeployment(String protocol) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("keyward.yaml"),
            """
            event-loops: 2
            tenants:
              shop:
                deployments:
                  blue: {certificates: [localhost]}
                  green: {password: of-green, certificates: "CN=other"}
            """);
    List<String> options = new ArrayList<>(List.of(file.toString()));
    options.addAll(certificate.options("optional"));
    try (Gateway gateway = Gateways.startWith(Map.of(), options.toArray(String[]::new));
        Wire blue = new Wire(connect(gateway, certificate, true, protocol));
        Wire stranger = new Wire(connect(gateway, certificate, false, protocol))) {
      assertThat(blue.ask("SET key of-blue")).isEqualTo("+OK");
      assertThat(stranger.ask("PING")).isEqualTo("-NOAUTH Authentication required.");
      assertThat(stranger.ask("AUTH green of-green")).isEqualTo("+OK");
      assertThat(stranger.ask("EXISTS key")).isEqualTo(":0");
      assertThat(blue.ask("AUTH green of-green")).isEqualTo("+OK");
      assertThat(blue.ask("RESET")).isEqualTo("+RESET");
      assertThat(blue.ask("EXISTS key")).isEqualTo(":1");
    }
  }

  @Test
  void aVersionThatIsNotAllowedIsRefused() throws Exception {
    try (Gateway gateway = start("no", "--tls-protocols", "TLSv1.3");
        SSLSocket socket = connect(gateway, certificate, false, "TLSv1.2")) {
      assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
    }
  }

  @Test
  void clientCertificatesAreAskedForAsConfigured() throws Exception {
    try (Gateway gateway = start("yes")) {
      try (Wire wire = new Wire(connect(gateway, certificate, true, "TLSv1.2"))) {
        assertThat(wire.ask("PING")).isEqualTo("+PONG");
      }
      try (SSLSocket socket = connect(gateway, certificate, false, "TLSv1.2")) {
        assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
      }
      gateway.server().live().set(Directive.TLS_AUTH_CLIENTS, "optional");
      try (Wire wire = new Wire(connect(gateway, certificate, false, "TLSv1.2"))) {
        assertThat(wire.ask("PING")).isEqualTo("+PONG");
      }
    }
  }

  @Test
  void newCertificatesServeNewConnectionsWithoutARestart() throws Exception {
    try (Gateway gateway = start("no");
        Wire old = new Wire(connect(gateway, certificate, false, "TLSv1.3"))) {
      assertThat(old.ask("PING")).isEqualTo("+PONG");
      TestCertificate second =
          TestCertificate.another(Files.createDirectory(directory.resolve("second")));
      Files.copy(
          second.certificate(), certificate.certificate(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(
          second.privateKey(), certificate.privateKey(), StandardCopyOption.REPLACE_EXISTING);
      assertThat(gateway.reload()).isEmpty();
      try (Wire wire = new Wire(connect(gateway, second, false, "TLSv1.3"))) {
        assertThat(wire.ask("PING")).isEqualTo("+PONG");
      }
      try (SSLSocket socket = connect(gateway, certificate, false, "TLSv1.3")) {
        assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
      }
      assertThat(old.ask("PING")).isEqualTo("+PONG");
    }
  }

  @Test
  void certificatesThatCannotBeUsedAreRefusedAndTheFormerStay() throws Exception {
    try (Gateway gateway = start("no")) {
      LiveSettings live = gateway.server().live();
      Path broken = Files.writeString(directory.resolve("broken.crt"), "no certificate");
      assertThatThrownBy(() -> live.set(Directive.TLS_CERT_FILE, broken.toString()))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("tls-cert-file");
      try (Wire wire = new Wire(connect(gateway, certificate, false, "TLSv1.3"))) {
        assertThat(wire.ask("PING")).isEqualTo("+PONG");
      }
    }
  }

  @Test
  void aPlainClientOnTheTlsPortIsClosed() {
    try (Gateway gateway = start("no");
        Wire wire = Wire.to(gateway.ports().tls())) {
      wire.send("PING\r\n");
      assertThat(wire.readToEnd()).doesNotContain("PONG");
    }
  }
}
