package io.keyward.gateway.deployment;

/** An action on a deployment is not done. */
public final class DeploymentException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why not. */
  public enum Kind {
    /** There is no such deployment. */
    UNKNOWN,
    /** The request itself is wrong. */
    INVALID,
    /** The data is still being loaded. */
    LOADING,
    /** It is not possible as things stand. */
    REFUSED,
    /** The data folder cannot be written, or a loop does not answer. */
    FAILED
  }

  private final Kind kind;
  private final String reason;

  DeploymentException(Kind kind, String reason) {
    super(reason);
    this.kind = kind;
    this.reason = reason;
  }

  public Kind kind() {
    return kind;
  }

  /** In words that fit behind an error code. */
  public String reason() {
    return reason;
  }
}
