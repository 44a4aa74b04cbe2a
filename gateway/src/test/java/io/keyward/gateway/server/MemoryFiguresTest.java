package io.keyward.gateway.server;

import static io.keyward.gateway.server.Rewrites.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Settings;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.DataFolders;
import io.keyward.gateway.server.FailingDisk.Fault;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** INFO tells what buffers take, and for how long data has been beyond {@code maxmemory}. */
class MemoryFiguresTest {
  private static long figure(Words wire, String section, String name) {
    return wire.call("INFO " + section)
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  private static Gateway inMemory() {
    return Gateways.start("--appendonly", "no", "--save", "");
  }

  @Test
  void theTimeBeyondMaxmemory() throws Exception {
    try (Gateway gateway = inMemory();
        Words wire = new Words(gateway)) {
      wire.call("SET key value");
      assertThat(figure(wire, "stats", "total_eviction_exceeded_time")).isZero();
      wire.call("CONFIG SET maxmemory 1");
      assertThat(wire.call("SET key value")).startsWith("OOM ");
      until("the time goes on", () -> figure(wire, "stats", "current_eviction_exceeded_time") > 1);
      wire.call("CONFIG SET maxmemory 0");
      until("the data fits", () -> figure(wire, "stats", "current_eviction_exceeded_time") == 0);
      assertThat(figure(wire, "stats", "total_eviction_exceeded_time")).isPositive();
      wire.call("CONFIG RESETSTAT");
      assertThat(figure(wire, "stats", "total_eviction_exceeded_time")).isZero();
    }
  }

  /** In the queue of the log's writer, or already where it gathers what it writes at once. */
  @ParameterizedTest
  @ValueSource(ints = {10, 600_000})
  void whatWaitsForTheDisk(int bytes) throws Exception {
    FailingDisk disk = new FailingDisk();
    String dir = DataFolders.fresh();
    List<String> options = List.of("--bind", "127.0.0.1", "--save", "", "--dir", dir);
    try (Gateway gateway = Gateway.startOnFreePorts(Settings.load(options, Map.of()), disk);
        Words wire = new Words(gateway)) {
      assertThat(figure(wire, "memory", "mem_aof_buffer")).isZero();
      disk.begin(Fault.FULL);
      try {
        wire.call("SET key " + "v".repeat(bytes));
        assertThat(figure(wire, "memory", "mem_aof_buffer")).isGreaterThan(bytes);
      } finally {
        disk.end(Fault.FULL);
      }
      until("it is written", () -> figure(wire, "memory", "mem_aof_buffer") == 0);
    }
  }

  @Test
  void whatReplicasTake() throws Exception {
    try (Gateway gateway = inMemory();
        Words wire = new Words(gateway)) {
      assertThat(figure(wire, "memory", "mem_total_replication_buffers")).isZero();
      assertThat(figure(wire, "memory", "mem_clients_slaves")).isZero();
      try (Wire replica = Wire.to(gateway.ports().redis())) {
        assertThat(replica.ask("PSYNC ? -1")).startsWith("+FULLRESYNC");
        until("it counts", () -> figure(wire, "memory", "mem_clients_slaves") > 0);
        assertThat(figure(wire, "memory", "mem_total_replication_buffers")).isGreaterThan(1 << 20);
      }
      until("it is gone", () -> figure(wire, "memory", "mem_clients_slaves") == 0);
    }
  }
}
