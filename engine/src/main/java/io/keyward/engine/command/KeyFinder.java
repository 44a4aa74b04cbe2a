package io.keyward.engine.command;

import io.keyward.engine.Request;
import java.util.function.IntConsumer;

/** Finds the keys of a command whose options decide which arguments are keys. */
@FunctionalInterface
public interface KeyFinder {
  /**
   * Gives the position of each key of a request, in the order of the arguments.
   *
   * @throws io.keyward.engine.CommandException if the arguments are not those of the command
   */
  void find(Request request, IntConsumer positions);
}
