package io.keyward.loadtest;

import java.util.ArrayList;
import java.util.List;

/** Latencies with the instants of the answers, in nanoseconds; adding one copies nothing. */
final class Samples {
  private static final int IN_A_PIECE = 1 << 16;

  private final List<long[]> pieces = new ArrayList<>();
  private int inLast = IN_A_PIECE;

  /** Is told each sample. */
  @FunctionalInterface
  interface Visitor {
    void visit(long answered, long latency);
  }

  void add(long answered, long latency) {
    if (inLast == IN_A_PIECE) {
      pieces.add(new long[IN_A_PIECE]);
      inLast = 0;
    }
    long[] last = pieces.getLast();
    last[inLast++] = answered;
    last[inLast++] = latency;
  }

  void forEach(Visitor visitor) {
    for (int p = 0; p < pieces.size(); p++) {
      long[] piece = pieces.get(p);
      int end = p == pieces.size() - 1 ? inLast : IN_A_PIECE;
      for (int i = 0; i < end; i += 2) {
        visitor.visit(piece[i], piece[i + 1]);
      }
    }
  }
}
