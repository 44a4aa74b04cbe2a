package io.keyward.engine.builtin.script.lua;

/**
 * Ends a script that has used up its time or memory or is killed; no {@code pcall} holds it back.
 */
public final class ScriptAborted extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  /** An end for a reason, in words for the client. */
  public ScriptAborted(String reason) {
    super(reason, null, false, false);
    this.reason = reason;
  }

  /** Why, in words for the client. */
  public String reason() {
    return reason;
  }
}
