package io.keyward.tenancy;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Who may log in to the single deployment: Redis's {@code default} user, and the user that
 * REDIS_USERNAME names, with the password of {@code requirepass}.
 *
 * <p>Without a password everybody is logged in. Any thread may ask.
 */
public final class Login {
  /** The user that a connection is before it logs in, and with AUTH without a name. */
  public static final String DEFAULT_USER = "default";

  private final String username;
  private final LiveSettings live;

  /**
   * The login of a deployment.
   *
   * @param username the user's name; empty = {@link #DEFAULT_USER} alone
   */
  public Login(String username, LiveSettings live) {
    this.username = username;
    this.live = live;
  }

  /** Whether no password is needed. */
  public boolean open() {
    return live.text(Directive.REQUIREPASS).isEmpty();
  }

  /**
   * Whether this user exists and this is the password; without a password {@link #DEFAULT_USER} is
   * let in with any.
   *
   * @param user the name, byte for character (ISO 8859-1)
   * @param password the password's bytes
   */
  public boolean accepts(String user, byte[] password) {
    String name =
        new String(username.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    boolean known = user.equals(DEFAULT_USER) || (!name.isEmpty() && user.equals(name));
    if (open()) {
      return known;
    }
    byte[] expected = live.text(Directive.REQUIREPASS).getBytes(StandardCharsets.UTF_8);
    // The comparison takes the same time however much of the password is right.
    return MessageDigest.isEqual(expected, password) && known;
  }
}
