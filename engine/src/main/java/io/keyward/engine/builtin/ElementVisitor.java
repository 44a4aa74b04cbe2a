package io.keyward.engine.builtin;

/** Sees the elements of a collection one after the other. */
@FunctionalInterface
public interface ElementVisitor {
  /**
   * Takes one element; its bytes are valid during the call only.
   *
   * @return whether to go on
   */
  boolean visit(byte[] bytes, int offset, int length);
}
