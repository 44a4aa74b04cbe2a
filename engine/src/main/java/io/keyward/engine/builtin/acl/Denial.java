package io.keyward.engine.builtin.acl;

import io.keyward.engine.Request;
import io.keyward.engine.command.Command;
import java.util.Locale;

/**
 * What a user may not do.
 *
 * @param position the argument with the key or channel; 0 if the command itself is denied
 */
public record Denial(User user, Reason reason, int position) {
  /** What is refused, in the order in which the ones tell more than the others. */
  public enum Reason {
    COMMAND("no permission to execute the command or subcommand"),
    KEY("no permission to touch the specified keys"),
    AUTH("no permission"),
    CHANNEL("no permission to access one of the channels used as arguments");

    private final String whenExecuted;

    Reason(String whenExecuted) {
      this.whenExecuted = whenExecuted;
    }

    /** The name in ACL LOG. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  // A verdict that needs no object: 1 + reason in the upper half, position in the lower. The
  // greatest of several is the one to tell.
  static final long NONE = 0;
  static final long COMMAND = packed(Reason.COMMAND, 0);

  static long key(int position) {
    return packed(Reason.KEY, position);
  }

  static long channel(int position) {
    return packed(Reason.CHANNEL, position);
  }

  private static long packed(Reason reason, int position) {
    return (reason.ordinal() + 1L) << Integer.SIZE | position;
  }

  static Denial of(User user, long packed) {
    return new Denial(user, Reason.values()[(int) (packed >>> Integer.SIZE) - 1], (int) packed);
  }

  /** What the client is told, without the names that it might not know. */
  public String text(Command command) {
    return switch (reason) {
      case COMMAND, AUTH -> commandText(command);
      case KEY -> "No permissions to access a key";
      case CHANNEL -> "No permissions to access a channel";
    };
  }

  private String commandText(Command command) {
    return "User "
        + user.name()
        + " has no permissions to run the '"
        + command.fullName()
        + "' command";
  }

  /** What ACL DRYRUN tells, with the key or channel. */
  public String fullText(Command command, Request request) {
    return switch (reason) {
      case COMMAND, AUTH -> commandText(command);
      case KEY, CHANNEL ->
          "User "
              + user.name()
              + " has no permissions to access the '"
              + request.text(position)
              + "' "
              + reason.wireName();
    };
  }

  /** What EXEC tells if it was allowed when it was queued. */
  public String textWhenExecuted() {
    return "ACLs rules changed between the moment the transaction was accumulated and the EXEC"
        + " call. This command is no longer allowed for the following reason: "
        + reason.whenExecuted;
  }

  /** What ACL LOG shows as the object: the command, the key or the channel. */
  String object(Command command, Request request) {
    return reason == Reason.COMMAND ? command.fullName() : request.text(position);
  }
}
