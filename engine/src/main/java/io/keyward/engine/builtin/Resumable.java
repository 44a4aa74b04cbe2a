package io.keyward.engine.builtin;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Work that can stop in the middle of any call and be gone on with later, on the same thread.
 *
 * <p>It is the JDK's one-shot delimited continuation, on which its virtual threads are built: the
 * frames between {@link #run} and {@link #pause} move to the heap and back. That costs some 30 ns
 * for work that never pauses and 200 ns for a pause, and there is no second thread that could race
 * with the loop or that a hand-over would have to wake: the alternative, a thread that alternates
 * with the loop, costs 10 µs for each slice. The class is internal to the JDK, so the package has
 * to be exported to us ({@code --add-exports java.base/jdk.internal.vm=ALL-UNNAMED}, which the
 * gateway's jar asks for in its manifest); without that {@link #SUPPORTED} is false. Nothing but
 * this class knows of it.
 */
final class Resumable {
  /** Whether this JVM lets us pause work. */
  static final boolean SUPPORTED;

  private static final MethodHandle CREATE;
  private static final MethodHandle RUN;
  private static final MethodHandle IS_DONE;
  private static final MethodHandle YIELD;

  static {
    MethodHandle none = MethodHandles.empty(MethodType.methodType(void.class));
    MethodHandle create = none;
    MethodHandle run = none;
    MethodHandle isDone = none;
    MethodHandle yield = none;
    boolean supported = false;
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      Class<?> continuation = Class.forName("jdk.internal.vm.Continuation");
      Class<?> scope = Class.forName("jdk.internal.vm.ContinuationScope");
      Object ours =
          lookup
              .findConstructor(scope, MethodType.methodType(void.class, String.class))
              .invoke("keyward-slices");
      create =
          lookup
              .findConstructor(
                  continuation, MethodType.methodType(void.class, scope, Runnable.class))
              .bindTo(ours)
              .asType(MethodType.methodType(Object.class, Runnable.class));
      run =
          lookup
              .findVirtual(continuation, "run", MethodType.methodType(void.class))
              .asType(MethodType.methodType(void.class, Object.class));
      isDone =
          lookup
              .findVirtual(continuation, "isDone", MethodType.methodType(boolean.class))
              .asType(MethodType.methodType(boolean.class, Object.class));
      yield =
          lookup
              .findStatic(continuation, "yield", MethodType.methodType(boolean.class, scope))
              .bindTo(ours)
              .asType(MethodType.methodType(void.class));
      supported = true;
    } catch (ClassNotFoundException | IllegalAccessException | NoSuchMethodException absent) {
      // Not exported to us: commands run to their end, and whoever starts the process is told.
      supported = false;
    } catch (Throwable defect) {
      throw new ExceptionInInitializerError(defect);
    }
    SUPPORTED = supported;
    CREATE = create;
    RUN = run;
    IS_DONE = isDone;
    YIELD = yield;
  }

  private final Object continuation;

  Resumable(Runnable work) {
    try {
      continuation = (Object) CREATE.invokeExact(work);
    } catch (Throwable failure) {
      throw unexpected(failure);
    }
  }

  /**
   * Begins the work or goes on with it, until it pauses or ends; what it throws is thrown here.
   *
   * @return whether it has ended
   */
  boolean run() {
    try {
      RUN.invokeExact(continuation);
      return (boolean) IS_DONE.invokeExact(continuation);
    } catch (Throwable failure) {
      throw unexpected(failure);
    }
  }

  /**
   * Pauses the work that is running; to be called within it.
   *
   * @return false if a frame on the way cannot be moved, so that the work has just gone on
   */
  static boolean pause() {
    try {
      YIELD.invokeExact();
      return true;
    } catch (IllegalStateException pinned) {
      return false;
    } catch (Throwable failure) {
      throw unexpected(failure);
    }
  }

  private static RuntimeException unexpected(Throwable failure) {
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    return new IllegalStateException(failure);
  }
}
