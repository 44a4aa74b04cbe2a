package io.keyward.gateway.tls;

import io.keyward.config.directive.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A PEM file with a private key, RSA or EC, in the forms that OpenSSL writes: PKCS #8, plain or
 * encrypted, and the older one of each kind, which the JDK does not read and which becomes PKCS #8
 * by a header in front of it.
 */
final class PrivateKeyFile {
  private static final HexFormat HEX = HexFormat.of();

  /** The header of an RSA key, whole. */
  private static final byte[] RSA = HEX.parseHex("300d06092a864886f70d0101010500");

  /** The first half of an EC key's; the curve is the other. */
  private static final byte[] EC = HEX.parseHex("06072a8648ce3d0201");

  private static final byte[] VERSION = {DerElement.INTEGER, 1, 0};

  /** The tag before the name of the curve within an EC key. */
  private static final int CURVE = 0xA0;

  private PrivateKeyFile() {}

  /**
   * Reads the first key of the file.
   *
   * @param password what opens it if it is encrypted, or empty
   * @throws RefusedException if there is none that can be used
   */
  static PrivateKey read(Path file, String password) throws IOException, RefusedException {
    try {
      for (PemBlock block : PemBlock.of(file)) {
        if (block.encrypted()) {
          throw new RefusedException(
              "tls-key-file is encrypted in the old way; openssl pkcs8 -topk8 makes one of it that"
                  + " can be read");
        }
        switch (block.label()) {
          case "PRIVATE KEY" -> {
            return key(block.der());
          }
          case "ENCRYPTED PRIVATE KEY" -> {
            return key(opened(block.der(), password));
          }
          case "RSA PRIVATE KEY" -> {
            return key(wrapped(RSA, block.der()));
          }
          case "EC PRIVATE KEY" -> {
            return key(wrapped(curveHeader(block.der()), block.der()));
          }
          default -> {
            // A certificate, or the curve, which is named in the key too.
          }
        }
      }
    } catch (IllegalArgumentException damaged) {
      throw new RefusedException("tls-key-file is damaged");
    } catch (GeneralSecurityException unusable) {
      throw new RefusedException("tls-key-file holds no RSA or EC key that can be used");
    }
    throw new RefusedException("tls-key-file holds no private key in PEM");
  }

  private static PrivateKey key(byte[] pkcs8) throws GeneralSecurityException {
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(pkcs8);
    try {
      return KeyFactory.getInstance("RSA").generatePrivate(spec);
    } catch (InvalidKeySpecException other) {
      return KeyFactory.getInstance("EC").generatePrivate(spec);
    }
  }

  private static byte[] opened(byte[] encrypted, String password) throws RefusedException {
    if (password.isEmpty()) {
      throw new RefusedException("tls-key-file is encrypted, and there is no tls-key-file-pass");
    }
    EncryptedPrivateKeyInfo sealed;
    try {
      sealed = new EncryptedPrivateKeyInfo(encrypted);
    } catch (IOException unknown) {
      throw new RefusedException(
          "tls-key-file is encrypted in a way that is not known here; openssl pkcs8 -topk8 makes"
              + " one of it that can be read");
    }
    PBEKeySpec secret = new PBEKeySpec(password.toCharArray());
    try {
      // The newer schemes have their name among the parameters.
      String scheme =
          sealed.getAlgName().equals("PBES2")
              ? sealed.getAlgParameters().toString()
              : sealed.getAlgName();
      return sealed
          .getKeySpec(SecretKeyFactory.getInstance(scheme).generateSecret(secret))
          .getEncoded();
    } catch (GeneralSecurityException wrong) {
      throw new RefusedException("tls-key-file is not opened by tls-key-file-pass");
    } finally {
      secret.clearPassword();
    }
  }

  private static byte[] wrapped(byte[] header, byte[] key) {
    return DerElement.of(
            DerElement.SEQUENCE, VERSION, header, DerElement.of(DerElement.OCTETS, key).encoded())
        .encoded();
  }

  /** The header that names the curve of the key. */
  private static byte[] curveHeader(byte[] key) throws InvalidKeySpecException {
    List<DerElement> whole = DerElement.in(key);
    if (whole.size() == 1 && whole.getFirst().tag() == DerElement.SEQUENCE) {
      for (DerElement part : DerElement.in(whole.getFirst().content())) {
        if (part.tag() == CURVE) {
          return DerElement.of(DerElement.SEQUENCE, EC, part.content()).encoded();
        }
      }
    }
    throw new InvalidKeySpecException("it names no curve");
  }
}
