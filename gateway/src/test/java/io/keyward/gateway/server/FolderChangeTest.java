package io.keyward.gateway.server;

import static io.keyward.gateway.server.Rewrites.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.gateway.Gateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CONFIG SET dir: where the data goes from then on, and whose the folders are. */
class FolderChangeTest {
  private static final String FAILED =
      "ERR CONFIG SET failed (possibly related to argument 'dir') - ";

  @TempDir Path folder;

  private Path made(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  private static Gateway start(Path data, String... more) {
    List<String> options =
        List.of("--dir", data.toString(), "--save", "", "--enable-protected-configs", "yes");
    return Gateways.start(Stream.concat(options.stream(), Stream.of(more)).toArray(String[]::new));
  }

  @Test
  void snapshotsGoToTheFolderThatIsNamed() throws Exception {
    Path second = made("second");
    Files.writeString(folder.resolve("file"), "");
    try (Gateway gateway = start(folder.resolve("first"), "--appendonly", "no");
        Words wire = new Words(gateway)) {
      wire.call("SET key value");
      assertThat(wire.call("SAVE")).isEqualTo("OK");
      for (String wrong : List.of(folder + "/nowhere", "")) {
        assertThat(wire.call("CONFIG SET dir " + wrong))
            .isEqualTo(FAILED + "No such file or directory");
      }
      assertThat(wire.call("CONFIG SET dir " + folder + "/file"))
          .isEqualTo(FAILED + "Not a directory");
      assertThat(wire.call("CONFIG GET dir")).isEqualTo("dir " + folder + "/first");
      assertThat(wire.call("CONFIG SET dir " + folder + "/first/../second")).isEqualTo("OK");
      assertThat(wire.call("CONFIG GET dir")).isEqualTo("dir " + second);
      assertThat(wire.call("SAVE")).isEqualTo("OK");
      assertThat(second.resolve("dump.rdb")).exists();
      // The one is free, the other taken.
      start(folder.resolve("first")).close();
      assertThatThrownBy(() -> start(second).close())
          .hasMessageContaining("another gateway has the folder");
    }
  }

  @Test
  void theAppendOnlyFileDoesNotFollow() throws Exception {
    Path second = made("second");
    try (Gateway gateway = start(folder.resolve("first"), "--appendonly", "yes");
        Words wire = new Words(gateway)) {
      wire.call("SET key value");
      assertThat(wire.call("CONFIG SET dir " + second))
          .startsWith(FAILED + "the append-only file stays where it is: set appendonly to no");
      assertThat(wire.call("CONFIG GET dir")).isEqualTo("dir " + folder + "/first");
      assertThatThrownBy(() -> start(folder.resolve("first")).close())
          .hasMessageContaining("another gateway has the folder");
      assertThat(wire.call("CONFIG SET appendonly no dir " + second)).isEqualTo("OK");
      assertThat(wire.call("CONFIG SET appendonly yes")).isEqualTo("OK");
      wire.call("SET later value");
      assertThat(Rewrites.awaited(wire)).contains("aof_last_bgrewrite_status:ok");
    }
    assertBothKeysAreIn(second);
  }

  private static void assertBothKeysAreIn(Path data) {
    try (Gateway gateway = start(data, "--appendonly", "yes");
        Words wire = new Words(gateway)) {
      assertThat(wire.call("MGET key later")).isEqualTo("value value");
    }
  }

  @Test
  void whatIsSwitchedOnWhileItRunsTakesTheFolder() {
    try (Gateway owner = start(folder.resolve("first"), "--appendonly", "yes");
        Gateway gateway = start(folder.resolve("first"), "--appendonly", "no");
        Words wire = new Words(gateway)) {
      assertThat(owner.ports().redis()).isPositive();
      assertThat(wire.call("CONFIG SET appendonly yes")).contains("Unable to turn on AOF");
      assertThat(wire.call("CONFIG GET appendonly")).isEqualTo("appendonly no");
      assertThat(wire.call("SAVE")).contains("another gateway has the folder");
      assertThat(wire.call("BGREWRITEAOF"))
          .isEqualTo("Background append only file rewriting started");
      assertThat(Rewrites.awaited(wire)).contains("aof_last_bgrewrite_status:err");
    }
    try (Gateway gateway = start(folder.resolve("first"), "--appendonly", "no");
        Words wire = new Words(gateway)) {
      assertThat(wire.call("CONFIG SET appendonly yes")).isEqualTo("OK");
      assertThatThrownBy(() -> start(folder.resolve("first"), "--appendonly", "yes").close())
          .hasMessageContaining("another gateway has the folder");
    }
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SAVE", "BGREWRITEAOF"})
  void aFolderThatHasVanishedIsMadeAnewWithItsLockAndItsFiles(String command) throws Exception {
    Path data = folder.resolve("first");
    try (Gateway gateway = start(data, "--appendonly", "yes");
        Words wire = new Words(gateway)) {
      wire.call("SET key value");
      delete(data);
      wire.call(command);
      until(
          "a base in the new folder",
          () -> Files.exists(data.resolve("appendonlydir/appendonly.aof.1.base.rdb")));
      assertThat(Rewrites.awaited(wire)).contains("aof_last_bgrewrite_status:ok");
      assertThatThrownBy(() -> start(data).close())
          .hasMessageContaining("another gateway has the folder");
      wire.call("SET later value");
    }
    assertBothKeysAreIn(data);
  }

  @Test
  void aFolderThatAnotherGatewayHasTakenMeanwhileIsLeftAlone() throws Exception {
    Path data = folder.resolve("first");
    try (Gateway gateway = start(data, "--appendonly", "yes");
        Words wire = new Words(gateway)) {
      wire.call("SET key value");
      delete(data);
      try (Gateway other = start(data, "--appendonly", "yes");
          Words there = new Words(other)) {
        there.call("SET key other");
        assertThat(wire.call("SAVE")).contains("another gateway has the folder");
        wire.call("BGREWRITEAOF");
        assertThat(Rewrites.awaited(wire)).contains("aof_last_bgrewrite_status:err");
      }
      try (Gateway other = start(data, "--appendonly", "yes");
          Words there = new Words(other)) {
        assertThat(there.call("GET key")).isEqualTo("other");
      }
    }
  }

  @Test
  void theSnapshotCannotHaveTheNameOfTheLogsFolder() throws Exception {
    try (Gateway gateway = start(folder.resolve("first"), "--appendonly", "no");
        Words wire = new Words(gateway)) {
      assertThat(wire.call("CONFIG SET dbfilename appendonlydir"))
          .isEqualTo(
              "ERR CONFIG SET failed (possibly related to argument 'dbfilename') - appenddirname is"
                  + " the same, and both name something in dir");
      assertThat(wire.call("CONFIG GET dbfilename")).isEqualTo("dbfilename dump.rdb");
    }
  }

  @Test
  void whatIsKnownOfDeploymentsGoesAlong() throws Exception {
    made("second");
    Path yaml = folder.resolve("keyward.yaml");
    Files.writeString(
        yaml,
        """
        operator: {username: operator, password: operator}
        tenants:
          shop: {secret: s, deployments: {blue: {password: p}}}
        directives: {appendonly: "no", save: "", enable-protected-configs: "yes"}
        """);
    try (Gateway gateway =
            Gateways.startWith(Map.of(), yaml.toString(), "--dir", folder + "/first");
        Wire promoting = Wire.to(gateway.ports().redis());
        Wire operator = Wire.to(gateway.ports().redis())) {
      assertThat(promoting.ask("AUTH operator operator")).isEqualTo("+OK");
      assertThat(promoting.ask("DEPLOYMENT PROMOTE shop blue")).startsWith("*");
      assertThat(operator.ask("AUTH operator operator")).isEqualTo("+OK");
      assertThat(operator.ask("CONFIG SET dir " + folder + "/second")).isEqualTo("+OK");
    }
    try (Gateway gateway =
            Gateways.startWith(Map.of(), yaml.toString(), "--dir", folder + "/second");
        Wire client = Wire.to(gateway.ports().redis())) {
      assertThat(client.ask("AUTH shop p")).isEqualTo("+OK");
    }
  }
}
