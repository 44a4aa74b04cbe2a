package io.keyward.gateway.command;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringTokenizer;

/**
 * What the operating system says of this process.
 *
 * <p>It comes from {@code /proc} where there is one; the kernel answers from memory, so reading it
 * does not wait. Elsewhere the JVM's own figures stand in.
 */
final class ProcessFigures {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /** The kernel's unit of CPU time in {@code /proc/<pid>/stat}, the same on every Linux. */
  private static final double TICKS_PER_SECOND = 100;

  private ProcessFigures() {}

  /** Seconds of CPU time. */
  record CpuTime(double user, double system) {}

  private static String read(String file) {
    try {
      return new String(Files.readAllBytes(Path.of(file)), StandardCharsets.ISO_8859_1);
    } catch (IOException absent) {
      return "";
    }
  }

  /** Bytes of memory that the process occupies. */
  static long residentBytes() {
    String status = read("/proc/self/status");
    int at = status.indexOf("VmRSS:");
    if (at < 0) {
      Runtime runtime = Runtime.getRuntime();
      return runtime.totalMemory();
    }
    int end = status.indexOf("kB", at);
    return Long.parseLong(status.substring(at + "VmRSS:".length(), end).strip()) * 1024;
  }

  static long totalSystemBytes() {
    return SYSTEM.getTotalMemorySize();
  }

  static CpuTime processCpu() {
    return cpu("/proc/self/stat");
  }

  /** The CPU time of the calling thread. */
  static CpuTime threadCpu() {
    return cpu("/proc/thread-self/stat");
  }

  /** Fields 14 and 15; the name in field 2 may hold spaces and ends in the last parenthesis. */
  private static CpuTime cpu(String file) {
    String stat = read(file);
    int end = stat.lastIndexOf(')');
    if (end < 0) {
      return new CpuTime(SYSTEM.getProcessCpuTime() / 1e9, 0);
    }
    StringTokenizer fields = new StringTokenizer(stat.substring(end + 2), " ");
    for (int field = 3; field < 14; field++) {
      fields.nextToken();
    }
    return new CpuTime(
        Long.parseLong(fields.nextToken()) / TICKS_PER_SECOND,
        Long.parseLong(fields.nextToken()) / TICKS_PER_SECOND);
  }

  static String operatingSystem() {
    return System.getProperty("os.name")
        + " "
        + System.getProperty("os.version")
        + " "
        + System.getProperty("os.arch");
  }
}
