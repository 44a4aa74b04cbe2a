package io.keyward.engine.command;

import io.keyward.engine.Request;
import java.util.function.IntConsumer;

/** Finds the arguments of a command that hold secrets: passwords, keys to private keys. */
@FunctionalInterface
public interface SecretFinder {
  /** Gives the position of each secret of a request, well-formed or not. */
  void find(Request request, IntConsumer positions);
}
