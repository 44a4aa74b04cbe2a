package io.keyward.engine;

/**
 * An error reply on its way to the client.
 *
 * <p>It carries no stack trace: it is an answer, not a defect, and errors that do not vary are made
 * once and thrown often. The message is the whole error line without the leading {@code -},
 * beginning with its code, such as {@code WRONGTYPE} or {@code ERR}.
 */
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean counted;

  public CommandException(String message) {
    this(message, false);
  }

  private CommandException(String message, boolean counted) {
    super(message, null, false, false);
    this.counted = counted;
  }

  /** An error that is passed on, having been counted where it arose. */
  public static CommandException counted(String line) {
    return new CommandException(line, true);
  }

  /** Whether the error has been counted where it arose. */
  public boolean isCounted() {
    return counted;
  }

  /** The whole error line, code first, without {@code -} and line end. */
  public String line() {
    String message = getMessage();
    return message == null ? "ERR" : message;
  }

  /** An {@code ERR} error with the given text. */
  public static CommandException error(String text) {
    return new CommandException("ERR " + text);
  }
}
