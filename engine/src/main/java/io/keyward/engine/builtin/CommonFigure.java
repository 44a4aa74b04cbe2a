package io.keyward.engine.builtin;

/** What a family of commands counts of a keyspace's keys, kept as its attachment. */
public interface CommonFigure {
  /** Counts the same in a keyspace whose keys are these too from now on. */
  void addTo(BuiltinKeyspace heir);
}
