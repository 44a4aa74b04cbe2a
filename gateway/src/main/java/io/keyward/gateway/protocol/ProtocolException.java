package io.keyward.gateway.protocol;

/**
 * The bytes are not what the protocol allows; the connection is closed after the error reply.
 *
 * <p>It carries no stack trace: it is an answer to bad input, which anybody may send often.
 */
public final class ProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean attack;

  private ProtocolException(String text, boolean attack) {
    super(text, null, false, false);
    this.attack = attack;
  }

  /** Malformed input, described in Redis's words. */
  static ProtocolException malformed(String text) {
    return new ProtocolException("ERR Protocol error: " + text, false);
  }

  /** A line of HTTP: a browser was made to talk to the gateway. */
  static ProtocolException attack() {
    return new ProtocolException("", true);
  }

  /** The error line for the client. */
  public String line() {
    String message = getMessage();
    return message == null ? "" : message;
  }

  /** Whether the connection is to be closed at once, without any reply. */
  public boolean isAttack() {
    return attack;
  }
}
