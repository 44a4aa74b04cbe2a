package io.keyward.engine.builtin;

import io.keyward.engine.Request;

/** Empties all keyspaces and loads them again from their files, for DEBUG RELOAD and LOADAOF. */
public interface Reloading {
  /**
   * Begins; the client waits and is answered in the end.
   *
   * @param save whether the file is written first
   * @param flush whether what is there goes before the file is loaded
   */
  void reload(Request request, boolean save, boolean flush);

  /** Begins with the append-only file, which has everything that was done. */
  void reloadLog(Request request);
}
