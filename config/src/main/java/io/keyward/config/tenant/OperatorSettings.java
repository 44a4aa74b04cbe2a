package io.keyward.config.tenant;

import java.util.List;

/**
 * The administrator's login.
 *
 * @param username the name that the operator logs in with
 * @param secrets any of them proves it
 */
public record OperatorSettings(String username, List<Secret> secrets) {
  /** Keeps copies, so that the record cannot change. */
  public OperatorSettings {
    secrets = List.copyOf(secrets);
  }
}
