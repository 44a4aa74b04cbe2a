package io.keyward.engine.builtin.snapshot;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Home;
import org.jspecify.annotations.Nullable;

/** Tells which keyspace takes what stands in a file. */
public interface KeyPlaces {
  /**
   * Where a key belongs.
   *
   * @param keyspace the keyspace that takes it
   * @param from where its name there begins in the key
   */
  record Place(BuiltinKeyspace keyspace, int from) {}

  /** Where a key belongs, or null if nowhere. */
  @Nullable Place of(byte[] key);

  /** Whether keys may belong to a keyspace of a home, as far as can be told now. */
  default boolean leadTo(Home home) {
    return true;
  }

  /** Whether what belongs nowhere is left out; else the file cannot be loaded. */
  default boolean leavesOut() {
    return false;
  }

  /**
   * The keyspace that takes libraries of functions, or null if none does.
   *
   * @param prefix of the keyspace that had them, empty where the file does not say it
   */
  @Nullable BuiltinKeyspace ofFunctions(String prefix);
}
