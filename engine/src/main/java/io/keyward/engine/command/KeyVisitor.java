package io.keyward.engine.command;

/** Takes the keys of a request one by one, with what the command does to each. */
@FunctionalInterface
public interface KeyVisitor {
  /**
   * A key.
   *
   * @param position the argument that is the key
   * @param access {@link KeySpec#READ}, {@link KeySpec#WRITE}, both added, or 0 if the command only
   *     asks what is public of a key, such as its type
   */
  void visit(int position, int access);
}
