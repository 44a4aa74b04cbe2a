package io.keyward.engine.builtin.rdb;

import io.keyward.engine.builtin.memory.SteadyWalk;

/**
 * A big value whose elements a walk shows as they were, whatever becomes of them meanwhile.
 *
 * @param walk shows the elements to what writes them
 */
public record WalkedValue(SteadyWalk walk) implements PiecewiseValue {
  private static final int BUCKETS = 8;

  @Override
  public boolean writePiece() {
    for (int i = 0; i < BUCKETS; i++) {
      if (walk.step()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean steady() {
    return true;
  }

  @Override
  public boolean broken() {
    return walk.broken();
  }
}
