package io.keyward.engine.builtin.appendonly;

import io.keyward.engine.builtin.BuiltinKeyspace;
import org.jspecify.annotations.Nullable;

/** The keyspaces by their prefixes. Any thread may ask. */
@FunctionalInterface
public interface Residents {
  /** The keyspace of this prefix, or null. */
  @Nullable BuiltinKeyspace of(String prefix);
}
