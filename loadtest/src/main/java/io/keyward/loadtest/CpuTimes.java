package io.keyward.loadtest;

import java.io.IOException;

/**
 * Processor time used in nanoseconds.
 *
 * @param server by the server under test
 * @param client by this program
 * @param machine by everything on the machine, these two included
 */
record CpuTimes(long server, long client, long machine) {
  static final CpuTimes ZERO = new CpuTimes(0, 0, 0);

  /** What was used until now. */
  static CpuTimes now(RunningServer server) throws IOException {
    return new CpuTimes(
        server.cpuNanos(),
        ProcessFigures.cpuNanos(ProcessHandle.current().pid()),
        ProcessFigures.machineNanos());
  }

  CpuTimes plus(CpuTimes other) {
    return new CpuTimes(server + other.server, client + other.client, machine + other.machine);
  }

  CpuTimes minus(CpuTimes other) {
    return new CpuTimes(server - other.server, client - other.client, machine - other.machine);
  }

  /** Time that programs which have no part in the comparison used. */
  long others() {
    return Math.max(0, machine - server - client);
  }
}
