package io.keyward.loadtest;

/** The server answered a request with an error; the message is the server's text. */
final class ErrorReplyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ErrorReplyException(String text) {
    super(text);
  }
}
