package io.keyward.loadtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Processor time and memory of processes, as Linux tells them under /proc. */
final class ProcessFigures {
  /** The kernel reports times in hundredths of a second to every program (USER_HZ). */
  private static final long NANOS_PER_TICK = 10_000_000;

  // Fields of /proc/<pid>/stat, counted from the one after the command name.
  private static final int UTIME = 11;
  private static final int STIME = 12;

  private ProcessFigures() {}

  /** User and system time of all threads the process has or had, to 10 ms. */
  static long cpuNanos(long pid) throws IOException {
    return cpuNanos(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
  }

  /** Bytes of the process that are in memory now (VmRSS). */
  static long residentBytes(long pid) throws IOException {
    return residentBytes(Files.readString(Path.of("/proc", Long.toString(pid), "status")));
  }

  /** Time that all processors of the machine have worked for anybody, or were taken from it. */
  static long machineNanos() throws IOException {
    return machineNanos(Files.readString(Path.of("/proc/stat")));
  }

  static long machineNanos(String stat) {
    // cpu  user nice system idle iowait irq softirq steal …
    String[] fields = stat.lines().findFirst().orElseThrow().split(" +", 10);
    long ticks = 0;
    for (int i = 1; i <= 8; i++) {
      if (i != 4 && i != 5) {
        ticks += Long.parseLong(fields[i]);
      }
    }
    return ticks * NANOS_PER_TICK;
  }

  static long cpuNanos(String stat) {
    // The command name stands in parentheses and may hold spaces and parentheses itself.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", STIME + 2);
    return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) * NANOS_PER_TICK;
  }

  static long residentBytes(String status) {
    return status
        .lines()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no VmRSS in the status of the process"));
  }
}
