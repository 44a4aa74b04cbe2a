package io.keyward.engine;

import java.util.Locale;

/** Errors whose text never varies, in Redis's words. */
public final class Errors {
  private static final int MOST_SHOWN = 128;

  public static final CommandException WRONG_TYPE =
      new CommandException("WRONGTYPE Operation against a key holding the wrong kind of value");
  public static final CommandException SYNTAX = CommandException.error("syntax error");
  public static final CommandException NOT_AN_INTEGER =
      CommandException.error("value is not an integer or out of range");
  public static final CommandException NOT_A_FLOAT =
      CommandException.error("value is not a valid float");
  public static final CommandException OUT_OF_RANGE =
      CommandException.error("value is out of range");
  public static final CommandException NOT_POSITIVE =
      CommandException.error("value is out of range, must be positive");
  public static final CommandException NO_SUCH_KEY = CommandException.error("no such key");
  public static final CommandException INDEX_OUT_OF_RANGE =
      CommandException.error("index out of range");
  public static final CommandException OVERFLOW =
      CommandException.error("increment or decrement would overflow");
  public static final CommandException NAN_OR_INFINITY =
      CommandException.error("increment would produce NaN or Infinity");
  public static final CommandException STRING_TOO_LONG =
      CommandException.error("string exceeds maximum allowed size (proto-max-bulk-len)");
  public static final CommandException INVALID_CURSOR = CommandException.error("invalid cursor");
  public static final CommandException DATABASE_OUT_OF_RANGE =
      CommandException.error("DB index is out of range");
  public static final CommandException OUT_OF_MEMORY =
      new CommandException("OOM command not allowed when used memory > 'maxmemory'.");
  public static final CommandException NO_MEMORY =
      new CommandException("OOM command needs more memory than there is");
  public static final CommandException NOT_AUTHENTICATED =
      new CommandException("NOAUTH Authentication required.");
  public static final CommandException EXECUTION_ABORTED =
      new CommandException("EXECABORT Transaction discarded because of previous errors.");
  public static final CommandException TIMEOUT_NOT_A_FLOAT =
      CommandException.error("timeout is not a float or out of range");
  public static final CommandException TIMEOUT_NEGATIVE =
      CommandException.error("timeout is negative");

  public static final CommandException TOO_FEW_REPLICAS =
      new CommandException("NOREPLICAS Not enough good replicas to write.");
  public static final CommandException REPLICA_TOUCHES_DATA =
      CommandException.error("Replica can't interact with the keyspace");

  /** The reply to most commands while data is being loaded. */
  public static final CommandException LOADING =
      new CommandException("LOADING Redis is loading the dataset in memory");

  private Errors() {}

  /** The error for an expiry that cannot be represented, naming the command in lower case. */
  public static CommandException invalidExpiry(String command) {
    return CommandException.error("invalid expire time in '" + command + "' command");
  }

  /** The error for an integer that lies outside of the bounds. */
  public static CommandException notBetween(long least, long most) {
    return CommandException.error(
        "value is out of range, value must between " + least + " and " + most);
  }

  /** The error for a command of this full name that the client may not call. */
  public static CommandException notPermitted(Client client, String fullName) {
    return new CommandException(
        "NOPERM User "
            + client.user()
            + " has no permissions to run the '"
            + fullName
            + "' command");
  }

  /** The error for a call with too few or too many arguments. */
  public static CommandException wrongArity(String fullName) {
    return CommandException.error("wrong number of arguments for '" + fullName + "' command");
  }

  /** The error for a subcommand that is there, but not with these arguments. */
  public static CommandException misusedSubcommand(Request request) {
    return CommandException.error(
        "unknown subcommand or wrong number of arguments for '"
            + shownName(request.text(1))
            + "'. Try "
            + request.text(0).toUpperCase(Locale.ROOT)
            + " HELP.");
  }

  /** So much of a name that a client has made up as an error shows. */
  public static String shownName(String name) {
    return name.length() <= MOST_SHOWN ? name : name.substring(0, MOST_SHOWN);
  }
}
