package io.keyward.engine.builtin.acl;

/** A rule that cannot be applied, with the reason in Redis's words. */
public final class RuleException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What may be wrong with a rule. */
  enum Fault {
    UNKNOWN_COMMAND("Unknown command or category name in ACL"),
    SYNTAX("Syntax error"),
    KEYS_AFTER_ALL(
        "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not"
            + " have any effect. Try 'resetkeys' to start with an empty list of patterns"),
    CHANNELS_AFTER_ALL(
        "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does"
            + " not have any effect. Try 'resetchannels' to start with an empty list of channels"),
    NO_SUCH_PASSWORD("The password you are trying to remove from the user does not exist"),
    MALFORMED_HASH(
        "The password hash must be exactly 64 characters and contain only lowercase hexadecimal"
            + " characters"),
    ARGUMENT_OF_SUBCOMMAND("Allowing first-arg of a subcommand is not supported");

    final String reason;

    Fault(String reason) {
      this.reason = reason;
    }
  }

  /** Whether the rule names a command or category that there is not, and so tells no secret. */
  private final boolean unknownCommand;

  RuleException(Fault fault) {
    this(fault.reason, fault == Fault.UNKNOWN_COMMAND);
  }

  RuleException(String reason) {
    this(reason, false);
  }

  private RuleException(String reason, boolean unknownCommand) {
    super(reason, null, false, false);
    this.unknownCommand = unknownCommand;
  }

  /** The reason, without a code. */
  public String reason() {
    String message = getMessage();
    return message == null ? "" : message;
  }

  boolean unknownCommand() {
    return unknownCommand;
  }
}
