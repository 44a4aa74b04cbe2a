package io.keyward.gateway.tls;

import io.keyward.config.directive.RefusedException;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ciphers that clients may choose from: those of TLS 1.2 and of TLS 1.3, each kind named by a
 * directive of its own, or all of it.
 *
 * @param provider the library that encrypts
 * @param ciphers those of TLS 1.2, by OpenSSL's names
 * @param suites those of TLS 1.3
 */
record CipherNames(SslProvider provider, String ciphers, String suites) {
  private static final Pattern BETWEEN = Pattern.compile("[:, ]+");
  private static final List<String> ALL_OF_13 =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");
  private static final List<String> ALL_OF_12 =
      List.of(
          "ECDHE-ECDSA-AES256-GCM-SHA384",
          "ECDHE-ECDSA-AES128-GCM-SHA256",
          "ECDHE-RSA-AES128-GCM-SHA256",
          "ECDHE-RSA-AES256-GCM-SHA384",
          "ECDHE-ECDSA-CHACHA20-POLY1305",
          "ECDHE-RSA-CHACHA20-POLY1305");

  /** Those of TLS 1.2 that are safe today. */
  private static final Pattern OPENSSL_NAME =
      Pattern.compile("(ECDHE-RSA|ECDHE-ECDSA)-(?:AES(128|256)-GCM-(SHA\\d+)|CHACHA20-POLY1305)");

  /** Whether the directives name any. */
  boolean chosen() {
    return !ciphers.isBlank() || !suites.isBlank();
  }

  /**
   * Their names as the library has them.
   *
   * @throws RefusedException if it does not know one
   */
  List<String> names() throws RefusedException {
    List<String> names = new ArrayList<>();
    for (String name : ciphers.isBlank() ? ALL_OF_12 : words(ciphers)) {
      names.add(ofTls12(name));
    }
    for (String name : suites.isBlank() ? ALL_OF_13 : words(suites)) {
      if (!ALL_OF_13.contains(name)) {
        throw new RefusedException(
            "tls-ciphersuites takes names such as TLS_AES_256_GCM_SHA384, not " + name);
      }
      names.add(name);
    }
    return names;
  }

  private String ofTls12(String name) throws RefusedException {
    if (provider == SslProvider.JDK) {
      Matcher known = OPENSSL_NAME.matcher(name);
      if (known.matches()) {
        String encryption =
            known.group(2) == null
                ? "CHACHA20_POLY1305_SHA256"
                : "AES_" + known.group(2) + "_GCM_" + known.group(3);
        return "TLS_" + known.group(1).replace('-', '_') + "_WITH_" + encryption;
      }
    } else if (OpenSsl.isCipherSuiteAvailable(name)) {
      return name;
    }
    throw new RefusedException(
        "tls-ciphers takes names such as ECDHE-RSA-AES256-GCM-SHA384, not " + name);
  }

  private static List<String> words(String text) {
    return BETWEEN.splitAsStream(text.strip()).filter(word -> !word.isEmpty()).toList();
  }
}
