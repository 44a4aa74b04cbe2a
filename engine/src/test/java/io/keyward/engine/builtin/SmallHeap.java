package io.keyward.engine.builtin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A JVM of its own with a small heap, and what takes all of that there. */
public final class SmallHeap {
  private static final Object[] NOTHING = {};

  /** Where it lies what has been taken. */
  private static Object[] hoard = NOTHING;

  private SmallHeap() {}

  /** Runs a class in such a JVM, and returns what it prints. */
  public static String run(Class<?> program) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-Dtest.seed=" + Long.getLong("test.seed", System.nanoTime()),
                "-cp",
                System.getProperty("java.class.path"),
                program.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  /** Takes memory until there is none for the smallest object that refers to another. */
  public static void takeAll() {
    for (int size = 1 << 20; size > 0; ) {
      try {
        hoard = new Object[] {hoard, new byte[size]};
      } catch (OutOfMemoryError full) {
        size /= 2;
      }
    }
    boolean some = true;
    while (some) {
      try {
        hoard = new Object[] {hoard};
      } catch (OutOfMemoryError full) {
        some = false;
      }
    }
  }

  /** Gives back what has been taken. */
  public static void giveBack() {
    hoard = NOTHING;
  }
}
