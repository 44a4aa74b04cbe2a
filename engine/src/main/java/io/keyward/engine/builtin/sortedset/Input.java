package io.keyward.engine.builtin.sortedset;

/** A set or a sorted set as the input of set algebra; a member of a set has the score 1. */
interface Input {
  int size();

  /** Moves to the next member, the first when called first; says whether there is one. */
  boolean next();

  /** The array that holds the present member's name. */
  byte[] bytes();

  int offset();

  int length();

  double score();

  /** The score of the member of this name, NaN if there is none; the present member stays. */
  double find(byte[] name, int offset, int length);
}
