package io.keyward.config.tenant;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * What a login is proved by: a password in clear, or a hash of one.
 *
 * <p>The texts of hashes are {@code sha256:<64 hex digits>} and {@code
 * pbkdf2-sha256:<iterations>:<salt in hex>:<key of 32 bytes in hex>} (RFC 8018). Comparisons take
 * the same time however much of the password is right.
 */
public sealed interface Secret {
  /** Whether this is the password's text in UTF-8. */
  boolean matches(byte[] password);

  /** Whether a comparison takes milliseconds, so that an event loop must not do it. */
  boolean slow();

  /**
   * The secret of a text: a hash if it is written as one, else the password itself.
   *
   * @throws IllegalArgumentException if it begins as a hash and is none; the message says why
   */
  static Secret of(String text) {
    if (text.startsWith("sha256:")) {
      return Sha256.parse(text);
    }
    if (text.startsWith("pbkdf2-sha256:")) {
      return Pbkdf2.parse(text);
    }
    return new Plain(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A hash of the password for the configuration file, slow to try out. */
  static String hash(String password) {
    byte[] salt = new byte[16];
    new SecureRandom().nextBytes(salt);
    byte[] key = Pbkdf2.derive(password.getBytes(StandardCharsets.UTF_8), salt, Pbkdf2.ITERATIONS);
    HexFormat hex = HexFormat.of();
    return "pbkdf2-sha256:"
        + Pbkdf2.ITERATIONS
        + ":"
        + hex.formatHex(salt)
        + ":"
        + hex.formatHex(key);
  }

  /** SHA-256 of the bytes. */
  private static byte[] sha256(byte[] bytes) {
    return Sha256.DIGEST.get().digest(bytes);
  }

  /** The password as it is; its hash is compared, so that its length shows in no time. */
  final class Plain implements Secret {
    private final byte[] digest;

    Plain(byte[] password) {
      digest = sha256(password);
    }

    @Override
    public boolean matches(byte[] password) {
      return MessageDigest.isEqual(digest, sha256(password));
    }

    @Override
    public boolean slow() {
      return false;
    }
  }

  /** A plain hash: quick to compare, so only as good as the password is long. */
  final class Sha256 implements Secret {
    private static final Pattern FORM = Pattern.compile("sha256:([0-9a-fA-F]{64})");

    /**
     * One for each thread, since logins come by thousands; it keeps nothing of what it is given.
     */
    private static final ThreadLocal<MessageDigest> DIGEST =
        ThreadLocal.withInitial(
            () -> {
              try {
                return MessageDigest.getInstance("SHA-256");
              } catch (NoSuchAlgorithmException impossible) {
                throw new AssertionError("every JDK has SHA-256", impossible);
              }
            });

    private final byte[] digest;

    private Sha256(byte[] digest) {
      this.digest = digest;
    }

    static Secret parse(String text) {
      Matcher parts = FORM.matcher(text);
      if (!parts.matches()) {
        throw new IllegalArgumentException("sha256: is followed by 64 hexadecimal digits");
      }
      return new Sha256(HexFormat.of().parseHex(parts.group(1).toLowerCase(Locale.ROOT)));
    }

    @Override
    public boolean matches(byte[] password) {
      return MessageDigest.isEqual(digest, sha256(password));
    }

    @Override
    public boolean slow() {
      return false;
    }
  }

  /** A salted hash that is made slow to try out. */
  final class Pbkdf2 implements Secret {
    private static final int ITERATIONS = 210_000;
    private static final int MOST_ITERATIONS = 10_000_000;
    private static final int KEY_BITS = 256;
    private static final Pattern FORM =
        Pattern.compile(
            "pbkdf2-sha256:([1-9][0-9]{0,7}):((?:[0-9a-f]{2}){8,64}):([0-9a-f]{64})",
            Pattern.CASE_INSENSITIVE);

    private final int iterations;
    private final byte[] salt;
    private final byte[] key;

    private Pbkdf2(int iterations, byte[] salt, byte[] key) {
      this.iterations = iterations;
      this.salt = salt;
      this.key = key;
    }

    static Secret parse(String text) {
      Matcher parts = FORM.matcher(text);
      if (!parts.matches() || Integer.parseInt(parts.group(1)) > MOST_ITERATIONS) {
        throw new IllegalArgumentException(
            "pbkdf2-sha256: is followed by iterations (at most "
                + MOST_ITERATIONS
                + "), salt (8 to 64 bytes) and key (32 bytes) in hexadecimal, with colons between");
      }
      HexFormat hex = HexFormat.of();
      return new Pbkdf2(
          Integer.parseInt(parts.group(1)),
          hex.parseHex(parts.group(2).toLowerCase(Locale.ROOT)),
          hex.parseHex(parts.group(3).toLowerCase(Locale.ROOT)));
    }

    static byte[] derive(byte[] password, byte[] salt, int iterations) {
      char[] characters = new String(password, StandardCharsets.UTF_8).toCharArray();
      try {
        return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
            .generateSecret(new PBEKeySpec(characters, salt, iterations, KEY_BITS))
            .getEncoded();
      } catch (GeneralSecurityException impossible) {
        throw new AssertionError("every JDK has PBKDF2 with SHA-256", impossible);
      }
    }

    @Override
    public boolean matches(byte[] password) {
      return MessageDigest.isEqual(key, derive(password, salt, iterations));
    }

    @Override
    public boolean slow() {
      return true;
    }
  }
}
