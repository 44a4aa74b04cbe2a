package io.keyward.engine.builtin.generic;

import java.util.ArrayList;
import java.util.List;

/**
 * A list of references to slots that grows by pieces, so that no step of it takes long.
 *
 * <p>A piece is an array as large as a page: a collector lets it stay where it is.
 */
final class References {
  private static final int PIECE_BITS = 15;
  private static final int PIECE = 1 << PIECE_BITS;

  private final List<int[]> pieces = new ArrayList<>();
  private int size;

  int size() {
    return size;
  }

  int get(int index) {
    return pieces.get(index >>> PIECE_BITS)[index & PIECE - 1];
  }

  void set(int index, int reference) {
    pieces.get(index >>> PIECE_BITS)[index & PIECE - 1] = reference;
  }

  /** Finds the memory for one more. */
  void makeRoom() {
    if (size >>> PIECE_BITS == pieces.size()) {
      pieces.add(new int[PIECE]);
    }
  }

  void add(int reference) {
    makeRoom();
    set(size++, reference);
  }
}
