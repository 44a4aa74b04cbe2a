package io.keyward.config.directive;

/**
 * A directive's value was refused.
 *
 * <p>The message is text for a client: the reason alone where a {@link Kind} or a listener refuses,
 * the whole error of CONFIG SET (without the error code) where {@link LiveSettings} does.
 */
public final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  /**
   * A refusal for a reason.
   *
   * @param reason what is wrong with the value, in the words the client gets to see
   */
  public RefusedException(String reason) {
    super(reason);
    this.reason = reason;
  }

  /** The message. */
  public String reason() {
    return reason;
  }
}
