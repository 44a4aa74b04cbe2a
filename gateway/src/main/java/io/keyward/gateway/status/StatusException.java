package io.keyward.gateway.status;

/** Why the status cannot be told, with the remedy. */
public final class StatusException extends Exception {
  private static final long serialVersionUID = 1L;

  StatusException(String message) {
    super(message);
  }
}
