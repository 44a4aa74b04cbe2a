package io.keyward.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the system and INFO tell of a server, and how servers are named. */
class ServerFilesTest {
  private static final Path TOP = Path.of("/somewhere/keyward");

  @Test
  void readsProcessorTimeBehindAnOddCommandName() {
    String stat =
        "4242 (a b) c) S 1 4242 4242 0 -1 4194560 1131 0 0 0 250 125 0 0 20 0 4 0 1234 5678 910\n";

    assertThat(ProcessFigures.cpuNanos(stat)).isEqualTo(3_750_000_000L);
  }

  @Test
  void readsResidentMemory() {
    String status = "Name:\tredis-server\nVmPeak:\t   99999 kB\nVmRSS:\t   12345 kB\nThreads:\t4\n";

    assertThat(ProcessFigures.residentBytes(status)).isEqualTo(12_345 * 1024);
  }

  @Test
  void theProcessorTimeOfThisProcessGrows() throws Exception {
    long pid = ProcessHandle.current().pid();
    long before = ProcessFigures.cpuNanos(pid);
    long now = before;
    while (now - before < 50_000_000) {
      now = ProcessFigures.cpuNanos(pid);
    }
    assertThat(ProcessFigures.residentBytes(pid)).isGreaterThan(10_000_000);
  }

  @Test
  void findsAFieldOfInfo() {
    String info = "# Memory\r\nused_memory:1024\r\nused_memory_human:1.00K\r\n";

    assertThat(ControlConnection.infoField(info, "used_memory")).isEqualTo("1024");
    assertThat(ControlConnection.infoField(info, "used")).isNull();
  }

  @Test
  void aServerCommandTakesItsPort() {
    ServerCommand command = ServerCommand.parse("v8=valkey-server --port {port} --save \"\"", TOP);

    assertThat(command.name()).isEqualTo("v8");
    assertThat(command.onPort(7001)).isEqualTo("valkey-server --port 7001 --save \"\"");
  }

  @Test
  void theDefaultServersAreKnownByName() {
    assertThat(ServerCommand.parse("redis", TOP).line()).startsWith("redis-server ");
    assertThat(ServerCommand.parse("keyward", TOP).line())
        .startsWith("'/somewhere/keyward/gateway/run' ");
  }

  @Test
  void aServerCommandWithoutNameOrPortIsRefused() {
    assertThatThrownBy(() -> ServerCommand.parse("valkey-server --port {port}", TOP))
        .hasMessageContaining("name=command with {port}");
    assertThatThrownBy(() -> ServerCommand.parse("v8=valkey-server", TOP))
        .hasMessageContaining("name=command with {port}");
  }
}
