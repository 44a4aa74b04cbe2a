package io.keyward.gateway.admin;

import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** What a request to the admin port has to show. */
final class AdminToken {
  private final byte[] expected;

  /** Every request is admitted if the token is empty. */
  AdminToken(String token) {
    expected = (token.isEmpty() ? "" : "Bearer " + token).getBytes(StandardCharsets.UTF_8);
  }

  boolean admits(HttpServerRequest request) {
    String shown = request.getHeader("Authorization");
    return expected.length == 0
        || (shown != null
            && MessageDigest.isEqual(expected, shown.getBytes(StandardCharsets.UTF_8)));
  }
}
