package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which certificates, keys and ciphers an operator may name, and what is said of the others. */
class TlsFilesTest {
  /** Header and tail of an EC key in SEC 1 on the curve P-256, around its 32 bytes. */
  private static final String EC_HEADER = "30310201010420";

  private static final String EC_CURVE = "a00a06082a8648ce3d030107";

  /** Where the older form of an RSA key of 2048 bits begins within PKCS #8. */
  private static final int RSA_HEADER = 26;

  @TempDir Path directory;
  private TestCertificate certificate;

  @BeforeEach
  void makeCertificate() throws IOException {
    certificate = TestCertificate.create(Files.createDirectory(directory.resolve("ec")));
  }

  private Gateway start() {
    return Gateways.start(certificate.options("no").toArray(String[]::new));
  }

  /** What clients and server agree on. */
  private static String negotiated(Gateway gateway, TestCertificate trusted, String protocol)
      throws IOException, GeneralSecurityException {
    SSLSocket socket =
        (SSLSocket)
            trusted
                .context(false)
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), gateway.ports().tls());
    socket.setEnabledProtocols(new String[] {protocol});
    try (Wire wire = new Wire(socket)) {
      assertThat(wire.ask("PING")).isEqualTo("+PONG");
      return socket.getSession().getCipherSuite();
    }
  }

  /** What CONFIG SET answers. */
  private static String set(Gateway gateway, String... assignments) {
    try (Wire wire = Wire.to(gateway.ports().redis())) {
      return wire.ask("CONFIG SET " + String.join(" ", assignments));
    }
  }

  private static String set(Gateway gateway, Path chain, Path key, String password) {
    return set(
        gateway,
        "tls-cert-file",
        chain.toString(),
        "tls-key-file",
        key.toString(),
        "tls-key-file-pass",
        '"' + password + '"');
  }

  @Test
  void keysInTheOlderFormsServeToo() throws Exception {
    TestCertificate rsa =
        TestCertificate.create(
            Files.createDirectory(directory.resolve("rsa")), "RSA", "-keysize", "2048");
    byte[] ofRsa = rsa.key().getEncoded();
    Path pkcs1 =
        TestCertificate.pem(
            directory.resolve("rsa.key"),
            "RSA PRIVATE KEY",
            Arrays.copyOfRange(ofRsa, RSA_HEADER, ofRsa.length));
    byte[] ofEc = certificate.key().getEncoded();
    String secret = HexFormat.of().formatHex(ofEc, ofEc.length - 32, ofEc.length);
    Path sec1 =
        TestCertificate.pem(
            directory.resolve("ec.key"),
            "EC PRIVATE KEY",
            HexFormat.of().parseHex(EC_HEADER + secret + EC_CURVE));
    try (Gateway gateway = start()) {
      assertThat(set(gateway, rsa.certificate(), pkcs1, "")).isEqualTo("+OK");
      assertThat(negotiated(gateway, rsa, "TLSv1.3")).isNotEmpty();
      assertThat(set(gateway, certificate.certificate(), sec1, "")).isEqualTo("+OK");
      assertThat(negotiated(gateway, certificate, "TLSv1.3")).isNotEmpty();
    }
  }

  @Test
  void aKeyOfAnotherCertificateIsRefusedAndTheFormerStays() throws Exception {
    TestCertificate other =
        TestCertificate.another(Files.createDirectory(directory.resolve("other")));
    try (Gateway gateway = start()) {
      assertThat(set(gateway, certificate.certificate(), other.privateKey(), ""))
          .contains("tls-key-file does not hold the key of the certificate");
      assertThat(negotiated(gateway, certificate, "TLSv1.3")).isNotEmpty();
    }
  }

  @Test
  void anEncryptedKeyNeedsItsPassword() throws Exception {
    String scheme = "PBEWithHmacSHA256AndAES_256";
    SecretKey secret =
        SecretKeyFactory.getInstance(scheme).generateSecret(new PBEKeySpec("sesame".toCharArray()));
    Cipher cipher = Cipher.getInstance(scheme);
    cipher.init(Cipher.ENCRYPT_MODE, secret);
    byte[] sealed = cipher.doFinal(certificate.key().getEncoded());
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("PBES2");
    parameters.init(cipher.getParameters().getEncoded());
    Path key =
        TestCertificate.pem(
            directory.resolve("sealed.key"),
            "ENCRYPTED PRIVATE KEY",
            new EncryptedPrivateKeyInfo(parameters, sealed).getEncoded());
    Path chain = certificate.certificate();
    try (Gateway gateway = start()) {
      assertThat(set(gateway, chain, key, ""))
          .contains("tls-key-file is encrypted, and there is no tls-key-file-pass");
      assertThat(set(gateway, chain, key, "barley"))
          .contains("tls-key-file is not opened by tls-key-file-pass")
          .doesNotContain("barley");
      assertThat(set(gateway, chain, key, "sesame")).isEqualTo("+OK");
      assertThat(negotiated(gateway, certificate, "TLSv1.3")).isNotEmpty();
      assertThat(set(gateway, chain, certificate.privateKey(), "needed by none")).isEqualTo("+OK");
      assertThat(negotiated(gateway, certificate, "TLSv1.3")).isNotEmpty();
    }
  }

  @Test
  void clientsAreNotAskedForACertificateThatNoAuthorityIsNamedFor() throws Exception {
    try (Gateway gateway = start()) {
      assertThat(set(gateway, "tls-ca-cert-file", "\"\"")).isEqualTo("+OK");
      for (String asked : List.of("yes", "optional")) {
        assertThat(set(gateway, "tls-auth-clients", asked))
            .contains("tls-ca-cert-file or tls-ca-cert-dir");
      }
      Path empty = Files.createDirectory(directory.resolve("empty"));
      assertThat(set(gateway, "tls-ca-cert-dir", empty.toString(), "tls-auth-clients", "yes"))
          .contains("tls-ca-cert-file or tls-ca-cert-dir");
      assertThat(negotiated(gateway, certificate, "TLSv1.3")).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aClientOfAnUnknownAuthorityIsToldSo(String protocol) throws Exception {
    TestCertificate other =
        TestCertificate.another(Files.createDirectory(directory.resolve("other")));
    try (Gateway gateway = start()) {
      assertThat(
              set(
                  gateway,
                  "tls-auth-clients",
                  "yes",
                  "tls-ca-cert-file",
                  other.certificate().toString()))
          .isEqualTo("+OK");
      assertThat(refusal(gateway, protocol)).contains("unknown_ca");
    }
  }

  /** What a client hears that the gateway does not let in. */
  private String refusal(Gateway gateway, String protocol) throws Exception {
    for (int attempt = 1; ; attempt++) {
      try (SSLSocket socket =
          (SSLSocket)
              certificate
                  .context(true)
                  .getSocketFactory()
                  .createSocket(InetAddress.getLoopbackAddress(), gateway.ports().tls())) {
        socket.setEnabledProtocols(new String[] {protocol});
        socket.startHandshake();
        // A client of TLS 1.3 hears of it when it reads.
        return "let in: " + socket.getInputStream().read();
      } catch (SSLException | SocketException heard) {
        // One that is still sending when it is refused may lose what it was told.
        boolean lost = heard instanceof SocketException || heard.getCause() instanceof IOException;
        if (!lost || attempt == 100) {
          return String.valueOf(heard.getMessage());
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "tls-ciphers, ECDHE-ECDSA-AES256-GCM-SHA384, TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "tls-ciphersuites, TLS_CHACHA20_POLY1305_SHA256, TLSv1.3, TLS_CHACHA20_POLY1305_SHA256"
  })
  void ciphersOfOneVersionAreChosenAndTheOtherVersionStays(
      String directive, String name, String version, String agreed) throws Exception {
    try (Gateway gateway = start()) {
      assertThat(set(gateway, directive, name)).isEqualTo("+OK");
      assertThat(negotiated(gateway, certificate, version)).isEqualTo(agreed);
      String other = version.equals("TLSv1.2") ? "TLSv1.3" : "TLSv1.2";
      assertThat(negotiated(gateway, certificate, other)).isNotEqualTo(agreed);
    }
  }

  @Test
  void aCipherThatThereIsNotIsNamed() {
    try (Gateway gateway = start()) {
      assertThat(set(gateway, "tls-ciphers", "DEFAULT:!MEDIUM")).contains("not DEFAULT");
      assertThat(set(gateway, "tls-ciphersuites", "TLS_NONE")).contains("not TLS_NONE");
    }
  }
}
