package io.keyward.gateway.server;

/** The server cannot start; the message says why and what to do. */
public final class StartException extends Exception {
  private static final long serialVersionUID = 1L;

  public StartException(String message, Throwable cause) {
    super(message, cause);
  }

  public StartException(String message) {
    super(message);
  }
}
