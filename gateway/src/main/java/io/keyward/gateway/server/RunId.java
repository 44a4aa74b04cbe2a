package io.keyward.gateway.server;

import io.keyward.engine.builtin.BuiltinKeyspace;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.UUID;

/** 40 hexadecimal digits that are others at each start, and for each deployment. */
final class RunId {
  private static final int DIGITS = 40;

  private final String text;

  RunId() {
    byte[] random = new byte[DIGITS / 2];
    new SecureRandom().nextBytes(random);
    text = HexFormat.of().formatHex(random);
  }

  /** The server's own. */
  String text() {
    return text;
  }

  /** A deployment's, which tells nothing of the server's or of another deployment's. */
  String of(BuiltinKeyspace keyspace) {
    String seed = text + keyspace.prefix();
    String digits =
        UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8)).toString().replace("-", "");
    return digits + digits.substring(0, DIGITS - digits.length());
  }
}
