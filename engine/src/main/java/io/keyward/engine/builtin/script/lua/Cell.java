package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/** A variable that outlives its block because a closure uses it. */
final class Cell {
  @Nullable Object value;

  Cell(@Nullable Object value) {
    this.value = value;
  }
}
