package io.keyward.engine.builtin;

import io.keyward.engine.builtin.propagation.EffectStream;
import io.keyward.engine.builtin.propagation.WholeKeyspace;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Writes into a home's stream what a Redis is to be told of functions, and hands over what is told,
 * so that others may tell of theirs; on its loop.
 */
public final class FunctionTelling {
  private final Home home;
  private boolean soon;

  FunctionTelling(Home home) {
    this.home = home;
  }

  /** A keyspace's command has written what it has done: what is due may be told with it. */
  public void tellWith(BuiltinKeyspace keyspace) {
    try {
      tell(keyspace);
    } catch (OutOfMemoryError full) {
      // The regular work sees to what is left, and the stream to what it has no memory for.
    }
    soon();
  }

  private void tell(@Nullable BuiltinKeyspace by) {
    FunctionNames names = home.functionNames();
    FunctionNames.Telling next = names.next(home, by);
    while (next != null) {
      write(next.library(), next.text());
      next = names.next(home, by);
    }
  }

  private void write(String library, @Nullable LibraryText text) {
    EffectStream stream = home.effects();
    if (!stream.listened()) {
      return;
    }
    stream.beginUnit();
    try {
      stream.begin(0, text == null ? 3 : 4, WholeKeyspace.everywhere());
      stream.argument("FUNCTION");
      if (text == null) {
        stream.argument("DELETE");
        stream.argument(library);
      } else {
        stream.argument("LOAD");
        stream.argument("REPLACE");
        stream.argument(text.code(), 0, text.code().length);
      }
    } finally {
      stream.endUnit();
    }
  }

  /** Has what is due told when no command is in the middle, and handed over. */
  public void soon() {
    if (!soon) {
      soon = true;
      try {
        home.loop().execute(this::whenIdle);
      } catch (OutOfMemoryError full) {
        // The regular work sees to it.
        soon = false;
      }
    }
  }

  private void whenIdle() {
    try {
      home.whenIdle(this::tellAndHandOver);
    } catch (OutOfMemoryError full) {
      soon = false;
    }
  }

  private void tellAndHandOver() {
    soon = false;
    try {
      do {
        tell(null);
        home.effects().handOver();
      } while (home.functionNames().handedOver(home));
    } catch (OutOfMemoryError full) {
      // As above.
    }
  }

  /** Lets be told what somebody has held back; any thread may call. */
  public void goOn(Object who) {
    home.functionNames().goOn(who);
    try {
      home.onLoop(this::soon);
    } catch (OutOfMemoryError | RejectedExecutionException impossible) {
      // The regular work sees to it, unless the loop has ended.
    }
  }

  /** Does what there was no memory for when it was due; from time to time. */
  void tend() {
    if (!soon && home.functionNames().concerns(home)) {
      soon();
    }
  }
}
