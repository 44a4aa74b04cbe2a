package io.keyward.tenancy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.keyward.config.tenant.Secret;
import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tries passwords on secrets, and remembers which passwords have proved slow ones.
 *
 * <p>Remembered is a keyed hash of the password, with a key of this process, never the password.
 * Few slow comparisons run at the same time, so that guessing does not take the processor away.
 */
final class Proofs {
  private static final int MOST_REMEMBERED = 10_000;
  private static final Duration REMEMBERED = Duration.ofHours(1);

  private record Proof(Secret secret, ByteBuffer keyedHash) {}

  private final Cache<Proof, Boolean> proved =
      Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).expireAfterAccess(REMEMBERED).build();
  private final byte[] key = new byte[32];
  private final Semaphore slowAtOnce =
      new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

  Proofs() {
    new SecureRandom().nextBytes(key);
  }

  /** Whether a password is proved without a slow comparison. */
  boolean quicklyProved(List<Secret> secrets, byte[] password) {
    boolean found = false;
    for (Secret secret : secrets) {
      // All are tried, so that the time does not tell which one it was.
      found |=
          secret.slow()
              ? proved.getIfPresent(new Proof(secret, keyedHash(password))) != null
              : secret.matches(password);
    }
    return found;
  }

  /** Compares with the slow secrets; takes milliseconds, or longer if many do it. */
  boolean slowlyProved(List<Secret> secrets, byte[] password) {
    slowAtOnce.acquireUninterruptibly();
    try {
      boolean found = false;
      for (Secret secret : secrets) {
        if (secret.slow() && secret.matches(password)) {
          proved.put(new Proof(secret, keyedHash(password)), true);
          found = true;
        }
      }
      return found;
    } finally {
      slowAtOnce.release();
    }
  }

  private ByteBuffer keyedHash(byte[] password) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return ByteBuffer.wrap(mac.doFinal(password));
    } catch (NoSuchAlgorithmException | InvalidKeyException impossible) {
      throw new AssertionError("every JDK has HMAC with SHA-256", impossible);
    }
  }
}
