package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.Gateway;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DEBUG RELOAD loads what was saved, beside what is there or in its place. */
@ParameterizedClass
@ValueSource(ints = {1, 2})
class DebugReloadTest {
  private static final String LOAD =
      "FUNCTION LOAD #!lua\tname=%s\nredis.register_function('%s',function()return'%s'end)";
  private static final String NOT_LOADED =
      "ERR Error trying to load the RDB dump, check server logs.";

  private final String loops;
  private final Gateway gateway;
  private final Words wire;

  DebugReloadTest(int loops) {
    this.loops = Integer.toString(loops);
    gateway = start("--appendonly", "no");
    wire = new Words(gateway);
  }

  private Gateway start(String... more) {
    List<String> options = new ArrayList<>(List.of("--save", "", "--event-loops", loops));
    options.addAll(List.of("--enable-debug-command", "yes"));
    options.addAll(List.of(more));
    return Gateways.start(options.toArray(String[]::new));
  }

  @BeforeEach
  void fill() {
    wire.call("SET kept 1");
    wire.call(LOAD.formatted("first", "f", "first"));
    assertThat(wire.call("SAVE")).isEqualTo("OK");
  }

  @AfterEach
  void stop() throws Exception {
    wire.close();
    gateway.close();
  }

  @Test
  void whatIsThereGoesBefore() {
    wire.call("SET later 1");
    assertThat(wire.call("DEBUG RELOAD NOSAVE")).isEqualTo("OK");
    assertThat(wire.call("KEYS *")).isEqualTo("kept");
    wire.call("SET later 1");
    assertThat(wire.call("DEBUG RELOAD NOSAVE MERGE")).isEqualTo("OK");
    assertThat(wire.call("KEYS *")).isEqualTo("kept");
  }

  @Test
  void informationTellsWhatWasLoaded() {
    wire.call("MSET a 1 b 1 c 1");
    assertThat(wire.call("DEBUG RELOAD")).isEqualTo("OK");
    assertThat(wire.call("INFO persistence"))
        .contains("rdb_last_load_keys_loaded:4", "rdb_changes_since_last_save:0");
    wire.call("SET a 2");
    assertThat(wire.call("DEBUG RELOAD NOSAVE")).isEqualTo("OK");
    assertThat(wire.call("INFO persistence"))
        .contains("rdb_last_load_keys_loaded:4", "rdb_changes_since_last_save:0");
    try (Gateway other = start("--appendonly", "yes");
        Words another = new Words(other)) {
      another.call("MSET a 1 b 1");
      assertThat(another.call("DEBUG LOADAOF")).isEqualTo("OK");
      assertThat(another.call("INFO persistence")).contains("rdb_changes_since_last_save:0");
    }
  }

  @Test
  void withoutMergeNothingMayBeThereThatTheFileHas() {
    assertThat(wire.call("DEBUG RELOAD NOSAVE NOFLUSH")).isEqualTo(NOT_LOADED);
    wire.call("FUNCTION FLUSH");
    assertThat(wire.call("DEBUG RELOAD NOSAVE NOFLUSH")).isEqualTo(NOT_LOADED);
    wire.call("FUNCTION FLUSH");
    wire.call("DEL kept");
    wire.call("SET later 1");
    assertThat(wire.call("DEBUG RELOAD NOSAVE NOFLUSH")).isEqualTo("OK");
    assertThat(wire.call("MGET kept later")).isEqualTo("1 1");
    assertThat(wire.call("FCALL f 0")).isEqualTo("first");
  }

  @Test
  void nothingIsGivenUpForAFileThatIsNotThereOrDamaged() throws Exception {
    Path file = Path.of(wire.call("CONFIG GET dir").substring("dir ".length()), "dump.rdb");
    byte[] bytes = Files.readAllBytes(file);
    byte[] damaged = bytes.clone();
    damaged[bytes.length / 2] ^= 1;
    wire.call("SET later 1");
    for (byte[] wrong :
        List.of(
            new byte[0],
            "no snapshot at all".getBytes(StandardCharsets.UTF_8),
            Arrays.copyOf(bytes, bytes.length - 1),
            damaged)) {
      Files.write(file, wrong);
      assertThat(wire.call("DEBUG RELOAD NOSAVE")).isEqualTo(NOT_LOADED);
      assertThat(wire.call("MGET kept later")).isEqualTo("1 1");
    }
    Files.delete(file);
    assertThat(wire.call("DEBUG RELOAD NOSAVE")).isEqualTo(NOT_LOADED);
    assertThat(wire.call("DEBUG LOADAOF")).startsWith("ERR ");
    assertThat(wire.call("MGET kept later")).isEqualTo("1 1");
    assertThat(wire.call("FCALL f 0")).isEqualTo("first");
    Files.write(file, bytes);
    assertThat(wire.call("DEBUG RELOAD NOSAVE")).isEqualTo("OK");
    assertThat(wire.call("KEYS *")).isEqualTo("kept");
  }

  /** As Redis 2.4 wrote it; checksums came with version 5. */
  @Test
  void aSnapshotOfTheTimeBeforeChecksumsIsLoaded() throws Exception {
    Path file = Path.of(wire.call("CONFIG GET dir").substring("dir ".length()), "dump.rdb");
    String former = "REDIS0003\u00fe\0\0\6former\5value\u00ff";
    Files.write(file, former.getBytes(StandardCharsets.ISO_8859_1));
    assertThat(wire.call("DEBUG RELOAD NOSAVE")).isEqualTo("OK");
    assertThat(wire.call("KEYS *")).isEqualTo("former");
    assertThat(wire.call("GET former")).isEqualTo("value");
  }

  @Test
  void nothingIsGivenUpForALogOfWhichAFileIsMissing() throws Exception {
    try (Gateway other = start();
        Words client = new Words(other)) {
      client.call("SET key value");
      Path folder = Path.of(client.call("CONFIG GET dir").substring("dir ".length()));
      Files.delete(folder.resolve("appendonlydir/appendonly.aof.1.incr.aof"));
      assertThat(client.call("DEBUG LOADAOF")).startsWith("ERR Error trying to load the AOF files");
      assertThat(client.call("GET key")).isEqualTo("value");
    }
  }

  @Test
  void withMergeTheFilePrevails() {
    wire.call("SET kept 2");
    wire.call("SET later 1");
    wire.call(LOAD.formatted("second", "g", "second"));
    assertThat(wire.call("DEBUG RELOAD NOSAVE NOFLUSH MERGE")).isEqualTo("OK");
    assertThat(wire.call("MGET kept later")).isEqualTo("1 1");
    assertThat(wire.call("FCALL f 0") + wire.call("FCALL g 0")).isEqualTo("firstsecond");
  }

  @ParameterizedTest
  @ValueSource(strings = {"DEBUG RELOAD", "DEBUG LOADAOF"})
  void whatStandsInNoFileStays(String command, @TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            """
            operator: {username: operator, password: of-operator}
            tenants:
              shop:
                pinned: [ROLES]
                deployments:
                  blue: {password: of-blue}
                  cache: {password: of-cache, durability: memory}
            """);
    try (Gateway other =
            Gateways.startWith(
                Map.of("KEYWARD_EVENT_LOOPS", loops),
                file.toString(),
                "--enable-debug-command",
                "yes");
        Words operator = new Words(other);
        Words blue = new Words(other);
        Words cache = new Words(other)) {
      operator.call("AUTH operator of-operator");
      blue.call("AUTH blue of-blue");
      cache.call("AUTH cache of-cache");
      blue.call("MSET ROLES:a pinned key kept");
      blue.call("SELECT 3");
      blue.call("SET ROLES:b pinned");
      cache.call("SET key memory");
      assertThat(operator.call(command)).isEqualTo("OK");
      assertThat(blue.call("GET ROLES:b")).isEqualTo("pinned");
      blue.call("SELECT 0");
      assertThat(blue.call("MGET ROLES:a key")).isEqualTo("pinned kept");
      assertThat(blue.call("DBSIZE")).isEqualTo("2");
      assertThat(cache.call("GET key")).isEqualTo("memory");
    }
  }
}
