package io.keyward.engine.builtin;

import io.keyward.engine.CommandException;
import io.keyward.engine.Request;

/** A script or function that is running, as others may learn of it and end it. */
public final class RunningScript {
  private static final CommandException BUSY_SCRIPT =
      new CommandException(
          "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.");
  private static final CommandException BUSY_FUNCTION =
      new CommandException(
          "BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN"
              + " NOSAVE.");
  private static final CommandException UNKILLABLE =
      new CommandException(
          "UNKILLABLE Sorry the script already executed write commands against the dataset. You"
              + " can either wait the script termination or kill the server in a hard way using the"
              + " SHUTDOWN NOSAVE command.");

  private final String name;
  private final boolean function;
  private final Request request;
  private final long startedAt = System.nanoTime();
  private boolean written;
  private boolean killed;

  /**
   * Begins.
   *
   * @param name of the function, or the script's digest
   * @param function whether it is a function rather than a script
   * @param request by which it was called
   */
  public RunningScript(String name, boolean function, Request request) {
    this.name = name;
    this.function = function;
    this.request = request;
  }

  public String name() {
    return name;
  }

  /** The command that called it. */
  public Request request() {
    return request;
  }

  /** Milliseconds since it began. */
  public long millis() {
    return (System.nanoTime() - startedAt) / 1_000_000;
  }

  /** Notes that it has called a command that writes: from now on it cannot be killed. */
  public void noteWrite() {
    written = true;
  }

  /** Whether it has called a command that writes. */
  public boolean hasWritten() {
    return written;
  }

  /** Whether somebody wants it to end. */
  public boolean killed() {
    return killed;
  }

  /** What others are answered while it runs for long. */
  public CommandException busy() {
    return function ? BUSY_FUNCTION : BUSY_SCRIPT;
  }

  /**
   * Ends it at its next check point.
   *
   * @param asFunction whether it is taken for a function rather than a script
   * @throws CommandException if it has written, or is not of that kind
   */
  public void kill(boolean asFunction) {
    if (written) {
      throw UNKILLABLE;
    }
    if (asFunction != function) {
      throw busy();
    }
    killed = true;
  }
}
