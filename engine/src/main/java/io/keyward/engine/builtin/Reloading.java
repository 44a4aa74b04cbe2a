package io.keyward.engine.builtin;

import io.keyward.engine.Request;

/** Empties all keyspaces and loads them again from their files, for DEBUG RELOAD and LOADAOF. */
public interface Reloading {
  /** What becomes of the keys and functions that are there. */
  enum Present {
    /** They go before the file is loaded. */
    FLUSHED,
    /** They stay, but for those that the file has too. */
    REPLACED,
    /** They stay, and the file may hold none of them. */
    REFUSED
  }

  /**
   * Begins; the client waits and is answered in the end.
   *
   * @param save whether the file is written first
   */
  void reload(Request request, boolean save, Present present);

  /** Begins with the append-only file, which has everything that was done. */
  void reloadLog(Request request);
}
