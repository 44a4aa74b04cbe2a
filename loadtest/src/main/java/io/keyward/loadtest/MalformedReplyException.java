package io.keyward.loadtest;

/** The server sent bytes that are not RESP2. */
final class MalformedReplyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MalformedReplyException(String what) {
    super("not a RESP2 reply: " + what);
  }
}
