package io.keyward.engine.builtin.script.lua;

import java.util.concurrent.SynchronousQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread with a stack of its own, on which a deep call or a coroutine runs while its owner waits.
 *
 * <p>Owner and side take turns: each hand-over is one message, and nobody works while it waits. The
 * owner does what the side asks for, until the side is done or yields.
 */
final class SideStack {
  private static final long DEEP_STACK_BYTES = 256L << 20;
  private static final long COROUTINE_STACK_BYTES = 2L << 20;

  private sealed interface Message {
    /** To the owner: do this at home. */
    record Ask(Supplier<@Nullable Object> work) implements Message {}

    /** To the side: here is what you waited for. */
    record Answer(@Nullable Object value, @Nullable Throwable failure) implements Message {}

    /** To the owner: the side waits with these values until it is resumed. */
    record Yield(@Nullable Object values) implements Message {}

    /** To the owner: the side has ended. */
    record Done(@Nullable Object value, @Nullable Throwable failure) implements Message {}
  }

  private final LuaState state;
  private final SynchronousQueue<Message> toOwner = new SynchronousQueue<>();
  private final SynchronousQueue<Message> toSide = new SynchronousQueue<>();
  private boolean ended;

  private SideStack(LuaState state) {
    this.state = state;
  }

  /** Runs a call to its end on a large stack. */
  static @Nullable Object call(LuaState state, Supplier<@Nullable Object> work) {
    SideStack deep = new SideStack(state);
    deep.start(work, DEEP_STACK_BYTES, "script-stack");
    return deep.serve();
  }

  /** Prepares a coroutine, which begins with the first {@link #resume}. */
  static SideStack coroutine(LuaState state, Supplier<@Nullable Object> work) {
    SideStack coroutine = new SideStack(state);
    coroutine.start(
        () -> {
          coroutine.await();
          return work.get();
        },
        COROUTINE_STACK_BYTES,
        "script-coroutine");
    return coroutine;
  }

  private void start(Supplier<@Nullable Object> work, long stackBytes, String name) {
    Thread.ofPlatform()
        .daemon()
        .name(name)
        .stackSize(stackBytes)
        .start(() -> put(toOwner, outcome(work)));
  }

  private static Message outcome(Supplier<@Nullable Object> work) {
    try {
      return new Message.Done(work.get(), null);
    } catch (StackOverflowError overflow) {
      return new Message.Done(null, LuaError.message("stack overflow"));
    } catch (Throwable failure) {
      return new Message.Done(null, failure);
    }
  }

  private static void put(SynchronousQueue<Message> queue, Message message) {
    boolean interrupted = false;
    while (true) {
      try {
        queue.put(message);
        break;
      } catch (InterruptedException again) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static Message take(SynchronousQueue<Message> queue) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return queue.take();
        } catch (InterruptedException again) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  // On the owner's thread

  /** Lets the coroutine go on until it yields or ends. */
  @Nullable Object resume(@Nullable Object values) {
    put(toSide, new Message.Answer(values, null));
    return serve();
  }

  /** Lets a waiting coroutine unwind. */
  void stop() {
    if (!ended) {
      put(toSide, new Message.Answer(null, new ScriptAborted("the script has ended")));
      while (!ended) {
        Message message = take(toOwner);
        if (message instanceof Message.Done) {
          ended = true;
        } else {
          put(toSide, new Message.Answer(null, new ScriptAborted("the script has ended")));
        }
      }
    }
  }

  boolean ended() {
    return ended;
  }

  private @Nullable Object serve() {
    SideStack before = state.side;
    while (true) {
      state.side = this;
      Message message = take(toOwner);
      state.side = before;
      switch (message) {
        case Message.Ask(Supplier<@Nullable Object> work) -> put(toSide, answer(work));
        case Message.Yield(Object values) -> {
          return values;
        }
        case Message.Done(Object value, Throwable failure) -> {
          ended = true;
          rethrow(failure);
          return value;
        }
        case Message.Answer answer ->
            throw new IllegalStateException("an answer on its way to the owner: " + answer);
      }
    }
  }

  private Message answer(Supplier<@Nullable Object> work) {
    try {
      return new Message.Answer(state.atHome(work), null);
    } catch (Throwable failure) {
      return new Message.Answer(null, failure);
    }
  }

  private static void rethrow(@Nullable Throwable failure) {
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
    if (failure instanceof Error error) {
      throw error;
    }
  }

  // On the side's thread

  /** Has something done on the home thread. */
  @Nullable Object ask(Supplier<@Nullable Object> work) {
    put(toOwner, new Message.Ask(work));
    Object value = await();
    state.side = this;
    return value;
  }

  /** Gives values to the owner and waits to be resumed. */
  @Nullable Object suspend(@Nullable Object values) {
    put(toOwner, new Message.Yield(values));
    return await();
  }

  private @Nullable Object await() {
    Message message = take(toSide);
    if (message instanceof Message.Answer(Object value, Throwable failure)) {
      rethrow(failure);
      return value;
    }
    throw new IllegalStateException("not an answer: " + message);
  }
}
