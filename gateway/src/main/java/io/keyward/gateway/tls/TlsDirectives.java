package io.keyward.gateway.tls;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Makes a TLS context of what the {@code tls-} directives say at this moment. */
final class TlsDirectives {
  private final LiveSettings live;

  TlsDirectives(LiveSettings live) {
    this.live = live;
  }

  /** The directives from which a context is made. */
  static List<Directive> all() {
    return List.of(
        Directive.TLS_CERT_FILE,
        Directive.TLS_KEY_FILE,
        Directive.TLS_KEY_FILE_PASS,
        Directive.TLS_CA_CERT_FILE,
        Directive.TLS_CA_CERT_DIR,
        Directive.TLS_AUTH_CLIENTS,
        Directive.TLS_PROTOCOLS,
        Directive.TLS_CIPHERS,
        Directive.TLS_CIPHERSUITES);
  }

  /** BoringSSL where it runs, unless suites of TLS 1.3 are chosen, which it does not let. */
  private static SslProvider provider(boolean anySuite) {
    return anySuite && OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
  }

  /**
   * Reads the files and makes a context.
   *
   * @throws RefusedException if a file or a value cannot be used
   */
  SslContext context() throws RefusedException {
    try {
      ServerCertificate shown =
          ServerCertificate.read(
              file(Directive.TLS_CERT_FILE),
              file(Directive.TLS_KEY_FILE),
              live.text(Directive.TLS_KEY_FILE_PASS));
      SslContextBuilder builder = SslContextBuilder.forServer(shown.key(), shown.chain());
      SslProvider provider = provider(live.text(Directive.TLS_CIPHERSUITES).isEmpty());
      builder.sslProvider(provider);
      builder.protocols(protocols());
      ClientAuth asked = clientAuth();
      builder.clientAuth(asked);
      List<X509Certificate> authorities = authorities();
      if (!authorities.isEmpty()) {
        builder.trustManager(ClientTrust.in(authorities));
      } else if (asked != ClientAuth.NONE) {
        // Whoever the JDK trusts would be let in.
        throw new RefusedException(
            "tls-auth-clients needs the certificate of an authority in tls-ca-cert-file or"
                + " tls-ca-cert-dir");
      }
      CipherNames ciphers =
          new CipherNames(
              provider, live.text(Directive.TLS_CIPHERS), live.text(Directive.TLS_CIPHERSUITES));
      if (ciphers.chosen()) {
        builder.ciphers(ciphers.names());
      }
      return builder.build();
    } catch (RuntimeException | IOException | GeneralSecurityException unusable) {
      throw new RefusedException("Unable to update TLS configuration: " + reason(unusable));
    }
  }

  private Path file(Directive directive) throws RefusedException {
    String path = live.text(directive);
    if (path.isEmpty()) {
      throw new RefusedException(directive.directiveName() + " is not set");
    }
    if (!Files.isReadable(Path.of(path))) {
      throw new RefusedException(directive.directiveName() + " names no file that can be read");
    }
    return Path.of(path);
  }

  private List<String> protocols() throws RefusedException {
    String text = live.text(Directive.TLS_PROTOCOLS).strip();
    if (text.isEmpty()) {
      return List.of("TLSv1.3", "TLSv1.2");
    }
    List<String> protocols = new ArrayList<>();
    for (String word : text.split("\\s+", -1)) {
      switch (word.toLowerCase(Locale.ROOT)) {
        case "tlsv1.2" -> protocols.add("TLSv1.2");
        case "tlsv1.3" -> protocols.add("TLSv1.3");
        default -> throw new RefusedException("tls-protocols takes TLSv1.2 and TLSv1.3");
      }
    }
    return protocols;
  }

  private ClientAuth clientAuth() {
    return switch (live.text(Directive.TLS_AUTH_CLIENTS)) {
      case "no" -> ClientAuth.NONE;
      case "optional" -> ClientAuth.OPTIONAL;
      default -> ClientAuth.REQUIRE;
    };
  }

  /** The certificates of all authorities. */
  private List<X509Certificate> authorities() throws IOException, RefusedException {
    List<X509Certificate> all = new ArrayList<>();
    try {
      if (!live.text(Directive.TLS_CA_CERT_FILE).isEmpty()) {
        all.addAll(PemBlock.certificates(file(Directive.TLS_CA_CERT_FILE)));
      }
      String folder = live.text(Directive.TLS_CA_CERT_DIR);
      if (!folder.isEmpty()) {
        try (Stream<Path> files = Files.list(Path.of(folder))) {
          for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
            all.addAll(PemBlock.certificates(file));
          }
        }
      }
    } catch (CertificateException damaged) {
      throw new RefusedException("tls-ca-cert-file or tls-ca-cert-dir holds a damaged certificate");
    }
    return all;
  }

  private static String reason(Throwable unusable) {
    Throwable root = unusable;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null ? root.getClass().getSimpleName() : message;
  }
}
