package io.keyward.engine.command;

import io.keyward.engine.Request;
import io.keyward.engine.command.KeySpec.KeyFlag;
import java.util.Set;

/** Tells what a command does to its key where the options decide it, as with SET and its GET. */
@FunctionalInterface
public interface VariableFlags {
  /** The flags for a request, well-formed or not; one that is not gets the wider ones. */
  Set<KeyFlag> of(Request request);
}
