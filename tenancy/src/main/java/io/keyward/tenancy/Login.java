package io.keyward.tenancy;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.builtin.acl.AccessControl;
import io.keyward.engine.builtin.acl.RuleException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The logins that the configuration gives the single deployment: Redis's {@code default} user and
 * the user that REDIS_USERNAME names, with the password of {@code requirepass}.
 *
 * <p>They are users of the keyspace as any other, so that ACL SETUSER may change them.
 */
public final class Login {
  private final String username;
  private final LiveSettings live;

  /**
   * The login of a deployment.
   *
   * @param username the user's name; empty = the default user alone
   */
  public Login(String username, LiveSettings live) {
    this.username =
        new String(username.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    this.live = live;
  }

  /** Makes the user that REDIS_USERNAME names, who may do everything. */
  public void addTo(AccessControl access) {
    if (!username.isEmpty() && !username.equals(AccessControl.DEFAULT_USER)) {
      try {
        access.set(username, List.of("reset", "on", "~*", "&*", "+@all"));
      } catch (RuleException defect) {
        throw new IllegalStateException(defect);
      }
    }
    setPassword(access);
  }

  /** Gives the users the present password; an empty one lets everybody in as the default user. */
  public void setPassword(AccessControl access) {
    byte[] password = live.text(Directive.REQUIREPASS).getBytes(StandardCharsets.UTF_8);
    access.password(AccessControl.DEFAULT_USER, password);
    if (!username.isEmpty()) {
      access.password(username, password);
    }
  }
}
