package io.keyward.engine.builtin;

import io.keyward.engine.Request;

/** Saves all keyspaces, empties them and loads them again, for DEBUG RELOAD. */
public interface Reloading {
  /**
   * Begins; the client waits and is answered in the end.
   *
   * @param save whether the file is written first
   * @param flush whether what is there goes before the file is loaded
   */
  void reload(Request request, boolean save, boolean flush);
}
