package io.keyward.gateway;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which threads of this process Linux lets run first where they share a processor: event loops,
 * since clients wait for them, before those in which the JVM compiles and whatever else there is.
 *
 * <p>Left alone, a loop that wakes up waits until who is running has had its slice, which the clock
 * ends at one of its ticks, up to four milliseconds later. A thread that asks for shorter slices
 * (sched_setattr(2), Linux 6.12 and later) interrupts those with longer ones as soon as it wakes
 * up, as long as it takes no more than its share. The share is what niceness says, and each thread
 * has one of its own: a compilation beside a loop that could use all of the processor gets a
 * quarter of it rather than half.
 *
 * <p>The JVM lets one of its compiler threads start further ones, which inherit the niceness. What
 * a loop starts, such as the thread that writes a new base of the log, does not inherit its slices.
 */
final class Precedence {
  private static final Logger log = LoggerFactory.getLogger(Precedence.class);

  private static final Path THREADS = Path.of("/proc/self/task");

  /** Linux keeps fifteen characters of a thread's name. */
  private static final String EVENT_LOOPS = "vert.x-eventloo.*";

  private static final String COMPILERS = "C[12] Compiler.*";

  /** A quarter of a processor that is shared with a loop that could use all of it. */
  private static final int NICER_BY = 5;

  private static final int LEAST_URGENT = 19;

  /** PRIO_PROCESS of setpriority(2), which on Linux takes the number of a thread as well. */
  private static final int OF_A_THREAD = 0;

  /** The shortest that there is. */
  private static final long LOOPS_SLICE_NANOS = 100_000;

  /**
   * The first form of sched_attr: size (4 bytes), policy (4), flags (8), niceness (4), priority
   * (4), runtime (8), which is the slice under the usual policy, deadline (8), period (8).
   */
  private static final int ATTRIBUTES = 48;

  private static final int POLICY_AT = 4;
  private static final int FLAGS_AT = 8;
  private static final int RUNTIME_AT = 24;
  private static final int USUAL_POLICY = 0;

  /** SCHED_FLAG_RESET_ON_FORK: threads that a loop starts have what is usual. */
  private static final long NOT_INHERITED = 1;

  private final Linker linker;

  private Precedence(Linker linker) {
    this.linker = linker;
  }

  /** Begins to ask for it; does nothing where threads have no files. */
  static void ask() {
    if (Files.isDirectory(THREADS)) {
      Thread.ofPlatform().name("keyward-precedence").daemon().start(Precedence::askNow);
    }
  }

  @SuppressWarnings("restricted") // calls of the system's, which the launcher allows
  private static void askNow() {
    try {
      Precedence precedence = new Precedence(Linker.nativeLinker());
      precedence.letCompilersGiveWay();
      precedence.shortenSlicesOfLoops();
    } catch (Throwable unable) {
      log.debug("All threads are equally urgent", unable);
    }
  }

  @SuppressWarnings("restricted")
  private MethodHandle function(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
  }

  private void letCompilersGiveWay() throws Throwable {
    MethodHandle get = function("getpriority", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    MethodHandle set =
        function("setpriority", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    int own = (int) get.invokeExact(OF_A_THREAD, 0);
    int nicer = Math.min(own + NICER_BY, LEAST_URGENT);
    for (int thread : numbers(THREADS, COMPILERS)) {
      // One that has ended meanwhile is no loss, and nobody is refused to be nicer.
      int _ = (int) set.invokeExact(OF_A_THREAD, thread, nicer);
    }
  }

  private void shortenSlicesOfLoops() throws Throwable {
    Calls calls = Calls.here();
    if (calls == null) {
      return;
    }
    MethodHandle get =
        function(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
            Linker.Option.firstVariadicArg(1));
    MethodHandle set =
        function(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT),
            Linker.Option.firstVariadicArg(1));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(ATTRIBUTES, Long.BYTES);
      for (int thread : numbers(THREADS, EVENT_LOOPS)) {
        long got = (long) get.invokeExact(calls.get(), thread, attributes, ATTRIBUTES, 0);
        if (got == 0 && attributes.get(JAVA_INT, POLICY_AT) == USUAL_POLICY) {
          attributes.set(JAVA_LONG, RUNTIME_AT, LOOPS_SLICE_NANOS);
          attributes.set(JAVA_LONG, FLAGS_AT, attributes.get(JAVA_LONG, FLAGS_AT) | NOT_INHERITED);
          // Where it is refused, loops wait as they did.
          long _ = (long) set.invokeExact(calls.set(), thread, attributes, 0);
        }
      }
    }
  }

  /** The numbers of sched_getattr and sched_setattr, for which older C libraries have no name. */
  private record Calls(long get, long set) {
    static @Nullable Calls here() {
      return switch (System.getProperty("os.arch")) {
        case "amd64" -> new Calls(315, 314);
        case "aarch64", "riscv64" -> new Calls(275, 274);
        default -> null;
      };
    }
  }

  /** Those with such a name among the threads that have files in a folder. */
  static List<Integer> numbers(Path threads, String name) throws IOException {
    List<Integer> numbers = new ArrayList<>();
    try (Stream<Path> found = Files.list(threads)) {
      for (Path thread : found.toList()) {
        if (name(thread).matches(name)) {
          numbers.add(Integer.parseInt(thread.getFileName().toString()));
        }
      }
    }
    return numbers;
  }

  /** A thread's name; empty if it has ended. */
  private static String name(Path thread) {
    try {
      return Files.readString(thread.resolve("comm")).strip();
    } catch (IOException ended) {
      return "";
    }
  }
}
