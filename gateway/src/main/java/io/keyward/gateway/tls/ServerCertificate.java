package io.keyward.gateway.tls;

import io.keyward.config.directive.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What the gateway shows its clients, and proves to be its own.
 *
 * @param chain its certificate, then those of the authorities between
 * @param key the private key of the first one
 */
record ServerCertificate(List<X509Certificate> chain, PrivateKey key) {
  private static final byte[] PROBE = {1};

  /**
   * Reads both of PEM files.
   *
   * @throws RefusedException if a file holds none, or the two do not belong together
   */
  static ServerCertificate read(Path certificates, Path privateKey, String password)
      throws IOException, RefusedException {
    List<X509Certificate> chain;
    try {
      chain = PemBlock.certificates(certificates);
    } catch (CertificateException damaged) {
      throw new RefusedException("tls-cert-file holds a damaged certificate");
    }
    if (chain.isEmpty()) {
      throw new RefusedException("tls-cert-file holds no certificate in PEM");
    }
    PrivateKey key = PrivateKeyFile.read(privateKey, password);
    try {
      if (!belongs(key, chain.getFirst())) {
        throw new RefusedException(
            "tls-key-file does not hold the key of the certificate in tls-cert-file");
      }
    } catch (GeneralSecurityException unusable) {
      throw new RefusedException(
          "tls-cert-file holds a certificate of a kind that cannot be used: "
              + unusable.getMessage());
    }
    return new ServerCertificate(chain, key);
  }

  /** Whether the certificate confirms what the key has signed. */
  private static boolean belongs(PrivateKey key, X509Certificate certificate)
      throws GeneralSecurityException {
    String kind = certificate.getPublicKey().getAlgorithm();
    if (!key.getAlgorithm().equals(kind)) {
      return false;
    }
    Signature signature =
        Signature.getInstance(kind.equals("EC") ? "SHA256withECDSA" : "SHA256with" + kind);
    try {
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (InvalidKeyException | SignatureException other) {
      return false;
    }
  }
}
