package io.keyward.engine.builtin.hyperloglog;

import io.keyward.engine.builtin.memory.Bytes;
import java.util.Arrays;
import java.util.Random;

/** Checks on this machine that registers keep what they are given, and that estimates are good. */
final class HyperLogLogSelfTest {
  private static final int ROUNDS = 20;
  private static final int ELEMENTS = 100_000;
  private static final int SPARSE_BYTES = 3000;
  private static final double STANDARD_ERROR = 1.04 / Math.sqrt(DenseRegisters.COUNT);

  private final Random random = new Random();
  private final byte[] dense = new byte[DenseRegisters.BYTES];
  private final byte[] sparse = new byte[SPARSE_BYTES + SparseRegisters.GROWTH];
  private int sparseEnd;

  /** What is wrong, or nothing. */
  String run() {
    for (int round = 0; round < ROUNDS; round++) {
      String failure = registersKeepTheirRanks();
      if (!failure.isEmpty()) {
        return failure;
      }
    }
    return estimatesAreGood();
  }

  private String registersKeepTheirRanks() {
    byte[] ranks = new byte[DenseRegisters.COUNT];
    for (int register = 0; register < ranks.length; register++) {
      ranks[register] = (byte) random.nextInt(64);
      DenseRegisters.put(dense, 0, register, ranks[register]);
    }
    for (int register = 0; register < ranks.length; register++) {
      int rank = DenseRegisters.get(dense, 0, register);
      if (rank != ranks[register]) {
        return "Register %d should be %d but is %d".formatted(register, ranks[register], rank);
      }
    }
    return "";
  }

  private String estimatesAreGood() {
    Arrays.fill(dense, (byte) 0);
    sparseEnd = SparseRegisters.write(new byte[DenseRegisters.COUNT], sparse, 0);
    long seed = random.nextLong();
    byte[] element = new byte[Long.BYTES];
    int checkpoint = 1;
    for (int count = 1; count <= ELEMENTS; count++) {
      Bytes.putLong(element, 0, count ^ seed);
      add(ElementHash.of(element, 0, element.length));
      if (count == checkpoint) {
        checkpoint *= 10;
        long estimate = Cardinality.estimate(denseCounts());
        if (sparseEnd != SparseRegisters.FULL && estimate != Cardinality.estimate(sparseCounts())) {
          return "dense/sparse disagree";
        }
        long error = Math.abs(estimate - count);
        if (error > Math.ceil(STANDARD_ERROR * 6 * count)) {
          return "Too big error. card:" + count + " abserr:" + error;
        }
      }
    }
    return "";
  }

  private void add(long hash) {
    int register = ElementHash.register(hash);
    int rank = ElementHash.rank(hash);
    DenseRegisters.raise(dense, 0, register, rank);
    if (sparseEnd == SparseRegisters.FULL || rank > SparseRegisters.MOST_RANK) {
      sparseEnd = SparseRegisters.FULL;
    } else if (rank > SparseRegisters.get(sparse, 0, sparseEnd, register)) {
      sparseEnd = SparseRegisters.raise(sparse, 0, sparseEnd, register, rank, SPARSE_BYTES);
    }
  }

  private int[] denseCounts() {
    int[] counts = new int[Cardinality.COUNTS];
    DenseRegisters.tally(dense, 0, counts);
    return counts;
  }

  private int[] sparseCounts() {
    int[] counts = new int[Cardinality.COUNTS];
    SparseRegisters.tally(sparse, 0, sparseEnd, counts);
    return counts;
  }
}
