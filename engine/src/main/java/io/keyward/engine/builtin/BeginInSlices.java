package io.keyward.engine.builtin;

/**
 * Sends a command that has found out, before it has done anything, that it will take long back to
 * its beginning, to run in slices. It is caught by {@link Executor} alone.
 */
final class BeginInSlices extends Error {
  private static final long serialVersionUID = 1;

  static final BeginInSlices AGAIN = new BeginInSlices();

  private BeginInSlices() {
    super("the command is to begin again in slices", null, false, false);
  }
}
