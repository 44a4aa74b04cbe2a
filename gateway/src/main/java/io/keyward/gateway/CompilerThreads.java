package io.keyward.gateway;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of this process in which the JVM compiles. On Linux each thread has a niceness of its
 * own; with that of the event loops a compilation takes half of a processor that it shares with
 * one, in turns of milliseconds, which clients wait for.
 *
 * <p>The JVM lets one of these threads start further ones, which inherit the niceness.
 */
final class CompilerThreads {
  private static final Logger log = LoggerFactory.getLogger(CompilerThreads.class);

  private static final Path THREADS = Path.of("/proc/self/task");

  /** A quarter of a processor that is shared with a loop that could use all of it. */
  private static final int NICER_BY = 5;

  private static final int LEAST_URGENT = 19;

  /** PRIO_PROCESS of setpriority(2), which on Linux takes the number of a thread as well. */
  private static final int OF_A_THREAD = 0;

  private CompilerThreads() {}

  /** Begins to let them give way to all other threads; does nothing where threads have no files. */
  static void giveWay() {
    if (Files.isDirectory(THREADS)) {
      Thread.ofPlatform()
          .name("keyward-compiler-threads")
          .daemon()
          .start(CompilerThreads::giveWayNow);
    }
  }

  @SuppressWarnings("restricted") // a call of the system's, which the launcher allows
  private static void giveWayNow() {
    try {
      Linker linker = Linker.nativeLinker();
      SymbolLookup library = linker.defaultLookup();
      MethodHandle get =
          linker.downcallHandle(
              library.findOrThrow("getpriority"),
              FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
      MethodHandle set =
          linker.downcallHandle(
              library.findOrThrow("setpriority"),
              FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
      int own = (int) get.invokeExact(OF_A_THREAD, 0);
      int nicer = Math.min(own + NICER_BY, LEAST_URGENT);
      for (int thread : numbers(THREADS)) {
        // One that has ended meanwhile is no loss, and nobody is refused to be nicer.
        int _ = (int) set.invokeExact(OF_A_THREAD, thread, nicer);
      }
    } catch (Throwable unable) {
      log.debug("Compiler threads are as urgent as event loops", unable);
    }
  }

  /** Those of the compiler's among the threads that have files in a folder. */
  static List<Integer> numbers(Path threads) throws IOException {
    List<Integer> numbers = new ArrayList<>();
    try (Stream<Path> found = Files.list(threads)) {
      for (Path thread : found.toList()) {
        if (compiles(thread)) {
          numbers.add(Integer.parseInt(thread.getFileName().toString()));
        }
      }
    }
    return numbers;
  }

  private static boolean compiles(Path thread) {
    try {
      return Files.readString(thread.resolve("comm")).matches("C[12] Compiler(?s:.*)");
    } catch (IOException ended) {
      return false;
    }
  }
}
