package io.keyward.engine.builtin.set;

/** Sees the members of a set one after the other. */
@FunctionalInterface
interface MemberVisitor {
  /**
   * Takes one member; its bytes are valid during the call only.
   *
   * @return whether to go on
   */
  boolean visit(byte[] bytes, int offset, int length);
}
