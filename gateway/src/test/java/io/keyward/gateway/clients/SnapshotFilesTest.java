package io.keyward.gateway.clients;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.config.Settings;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.persistence.Occasion;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.RedisFixture;
import io.keyward.gateway.fixture.RedisFixture.Version;
import io.keyward.gateway.server.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.resps.LibraryInfo;
import redis.clients.jedis.util.SafeEncoder;

/** Snapshots outlast the process, and go from Redis to the gateway and back. */
class SnapshotFilesTest {
  /** The first version that reads RDB version 11. */
  private static final Version READS_11 = new Version(7, 2, 0);

  private static final ProtocolCommand DEBUG = () -> SafeEncoder.encode("DEBUG");

  @TempDir Path directory;

  private Gateway start(String... further) throws Exception {
    return start(Map.of(), further);
  }

  private Gateway start(Map<String, String> environment, String... further) throws Exception {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--bind",
                "127.0.0.1",
                "--dir",
                directory.toString(),
                "--appendonly",
                "no",
                "--save",
                "",
                "--enable-debug-command",
                "yes"));
    options.addAll(List.of(further));
    return Gateway.startOnFreePorts(Settings.load(options, environment));
  }

  private Gateway startWith(Path file, String... further) throws Exception {
    List<String> options =
        new ArrayList<>(List.of(file.toString(), "--bind", "127.0.0.1", "--appendonly", "no"));
    options.addAll(List.of("--dir", directory.toString(), "--save", ""));
    options.addAll(List.of(further));
    return Gateway.startOnFreePorts(Settings.load(options, Map.of()));
  }

  private static Jedis client(Gateway gateway) {
    return new Jedis("127.0.0.1", gateway.ports().redis(), Patience.MILLIS);
  }

  @Test
  void loadsWhatItHasSaved() throws Exception {
    Map<String, Object> data;
    try (Gateway gateway = start();
        Jedis client = client(gateway)) {
      SampleData.fill(client);
      client.pexpireAt("text", 9999999999999L);
      client.functionLoad("#!lua name=lib\nredis.register_function('f', function() return 7 end)");
      data = SampleData.of(client);
      assertThat(client.save()).isEqualTo("OK");
      client.set("unsaved", "x");
    }
    try (Gateway gateway = start();
        Jedis client = client(gateway)) {
      assertThat(SampleData.of(client)).isEqualTo(data);
      assertThat(client.pexpireTime("text")).isEqualTo(9999999999999L);
      assertThat(client.fcall("f", List.of(), List.of())).isEqualTo(7L);
      assertThat(client.info("persistence"))
          .contains("rdb_last_load_keys_loaded:" + data.size(), "rdb_changes_since_last_save:0");
    }
  }

  @Test
  void redisStartsOnItAndItStartsOnThatOfRedis() throws Exception {
    Map<String, Object> data;
    Path ours = directory.resolve("dump.rdb");
    Version version;
    try (RedisFixture redis = RedisFixture.startSeven()) {
      version = redis.version();
    }
    String format = version.compareTo(READS_11) >= 0 ? "11" : "10";
    try (Gateway gateway = start(Map.of("REDIS_KEY_PREFIX", "blue"), "--rdb-version", format);
        Jedis client = client(gateway)) {
      SampleData.fill(client);
      data = SampleData.of(client);
      assertThat(client.save()).isEqualTo("OK");
    }
    Path theirs = directory.resolve("theirs.rdb");
    try (RedisFixture redis = RedisFixture.startWith(ours);
        Jedis client = new Jedis(redis.host(), redis.port(), Patience.MILLIS)) {
      Map<String, Object> prefixed = new TreeMap<>();
      data.forEach((key, value) -> prefixed.put("blue::" + key, value));
      assertThat(SampleData.of(client)).isEqualTo(prefixed);
      redis.saveTo(theirs);
    }
    try (Gateway gateway = start(Map.of("REDIS_KEY_PREFIX", "blue"), "--dbfilename", "theirs.rdb");
        Jedis client = client(gateway)) {
      assertThat(SampleData.of(client)).isEqualTo(data);
    }
  }

  private static String library(String name, String function, String answer) {
    return "#!lua name=%s\nredis.register_function('%s', function() return '%s\\160' end)"
        .formatted(name, function, answer);
  }

  private static void loadLibraries(Jedis client, String own) {
    client.functionLoad(library("same", "f", own));
    client.functionLoad(library("of_" + own, "g", own));
    client.functionLoad(library("alone_" + own, "only_" + own, own));
  }

  private static List<Object> answers(Jedis client, String own) {
    return Stream.of("f", "g", "only_" + own)
        .map(function -> client.fcall(function.getBytes(UTF_8), List.of(), List.of()))
        .map(answer -> (Object) new String((byte[]) answer, ISO_8859_1))
        .toList();
  }

  /** Redis has but one library and one function of a name, and refuses a file with two. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void deploymentsMayHaveLibrariesOfTheSameNames(int loops) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("keyward.yaml"),
            """
            event-loops: %d
            tenants:
              shop:
                deployments:
                  blue: {password: of-blue}
                  green: {password: of-green}
            operator: {username: operator, password: of-operator}
            """
                .formatted(loops));
    Path ours = directory.resolve("dump.rdb");
    try (Gateway gateway = startWith(file, "--rdb-version", "10");
        Jedis blue = client(gateway);
        Jedis green = client(gateway);
        Jedis operator = client(gateway)) {
      blue.auth("blue", "of-blue");
      green.auth("green", "of-green");
      operator.auth("operator", "of-operator");
      loadLibraries(blue, "blue");
      loadLibraries(green, "green");
      assertThat(operator.save()).isEqualTo("OK");
    }
    try (RedisFixture redis = RedisFixture.startWith(ours);
        Jedis client = new Jedis(redis.host(), redis.port(), Patience.MILLIS)) {
      assertThat(client.functionList().stream().map(LibraryInfo::getLibraryName))
          .hasSize(4)
          .containsOnlyOnce("same")
          .contains("alone_blue", "alone_green");
    }
    try (Gateway gateway = startWith(file);
        Jedis blue = client(gateway);
        Jedis green = client(gateway)) {
      blue.auth("blue", "of-blue");
      green.auth("green", "of-green");
      assertThat(answers(blue, "blue")).containsOnly("blue\u00a0");
      assertThat(answers(green, "green")).containsOnly("green\u00a0");
    }
  }

  @Test
  void holdsWhatAScriptDoesWholeOrNotAtAll() throws Exception {
    try (Gateway gateway = start();
        Jedis client = client(gateway);
        Jedis other = client(gateway)) {
      BuiltinKeyspace keyspace = gateway.server().defaultKeyspace();
      CompletableFuture<Object> script;
      boolean inTheMiddle = false;
      do {
        client.mset("first", "0", "second", "0");
        script =
            CompletableFuture.supplyAsync(
                () ->
                    other.eval(
                        "redis.call('INCR', 'first')"
                            + " local n = 0 for i = 1, 5e6 do n = n + 1 end"
                            + " redis.call('INCR', 'second')"));
        while (!script.isDone() && !inTheMiddle) {
          inTheMiddle = inTheMiddle(keyspace);
        }
      } while (!inTheMiddle);
      CompletableFuture<String> saved = new CompletableFuture<>();
      assertThat(gateway.server().snapshots().begin(Occasion.BACKGROUND, saved::complete)).isTrue();
      assertThat(saved.join()).isNull();
      script.join();
      client.sendCommand(DEBUG, "RELOAD", "NOSAVE");
      assertThat(client.mget("first", "second")).containsExactly("1", "1");
    }
  }

  private static boolean inTheMiddle(BuiltinKeyspace keyspace) {
    CompletableFuture<Boolean> busy = new CompletableFuture<>();
    keyspace.loop().execute(() -> busy.complete(keyspace.slices().busy()));
    return busy.join();
  }

  @Test
  void aLogOfCommandsAloneHoldsEverything() throws Exception {
    String[] options = {"--appendonly", "yes", "--aof-use-rdb-preamble", "no", "--save", ""};
    Map<String, String> environment = Map.of("REDIS_KEY_PREFIX", "blue");
    Map<String, Object> data;
    try (Gateway gateway = start(environment, options);
        Jedis client = client(gateway)) {
      SampleData.fill(client);
      client.pexpireAt("text", 9999999999999L);
      client.functionLoad("#!lua name=lib\nredis.register_function('f', function() return 7 end)");
      client.bgrewriteaof();
      Waiting.until(
          "the rewrite", () -> client.info("persistence").contains("aof_rewrite_in_progress:0"));
      client.set("behind", "the base");
      data = SampleData.of(client);
      client.sendCommand(DEBUG, "LOADAOF");
      assertThat(SampleData.of(client)).isEqualTo(data);
      assertThat(client.fcall("f", List.of(), List.of())).isEqualTo(7L);
      assertThat(directory.resolve("appendonlydir")).isDirectoryContaining("glob:**.base.aof");
    }
    try (Gateway gateway = start(environment, options);
        Jedis client = client(gateway)) {
      assertThat(SampleData.of(client)).isEqualTo(data);
      assertThat(client.pexpireTime("text")).isEqualTo(9999999999999L);
      assertThat(client.fcall("f", List.of(), List.of())).isEqualTo(7L);
      client.configSet("appendonly", "no");
      client.set("in no", "file");
      client.sendCommand(DEBUG, "LOADAOF");
      assertThat(SampleData.of(client)).isEqualTo(data);
    }
  }

  @Test
  void reloadsWithoutLosingAnything() throws Exception {
    try (Gateway gateway = start();
        Jedis client = client(gateway)) {
      SampleData.fill(client);
      Map<String, Object> data = SampleData.of(client);
      assertThat(client.sendCommand(DEBUG, "RELOAD")).isNotNull();
      assertThat(SampleData.of(client)).isEqualTo(data);
      client.set("unsaved", "x");
      assertThat(client.sendCommand(DEBUG, "RELOAD", "NOSAVE")).isNotNull();
      assertThat(SampleData.of(client)).isEqualTo(data);
    }
  }

  @Test
  void savesByItselfAndWhenItStops() throws Exception {
    try (Gateway gateway = start("--save", "1 1");
        Jedis client = client(gateway)) {
      client.set("key", "value");
      Waiting.until(
          "a snapshot", () -> client.info("persistence").contains("rdb_changes_since_last_save:0"));
      assertThat(Files.size(directory.resolve("dump.rdb"))).isPositive();
      client.configSet("save", "3600 1");
      client.set("last", "value");
    }
    try (Gateway gateway = start();
        Jedis client = client(gateway)) {
      assertThat(client.get("key")).isEqualTo("value");
      assertThat(client.get("last")).isEqualTo("value");
    }
  }

  @Test
  void refusesAFolderThatAnotherHas() throws Exception {
    try (Gateway gateway = start("--save", "3600 1")) {
      assertThat(gateway.ports().redis()).isPositive();
      assertThatThrownBy(() -> start("--save", "3600 1").close())
          .isInstanceOf(StartException.class)
          .hasMessageContaining("another gateway has the folder")
          .hasMessageContaining("its own dir");
    }
  }

  @Test
  void refusesADamagedFileAndSaysWhere() throws Exception {
    try (Gateway gateway = start();
        Jedis client = client(gateway)) {
      SampleData.fill(client);
      client.save();
    }
    Path file = directory.resolve("dump.rdb");
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> start().close())
        .isInstanceOf(StartException.class)
        .hasMessageMatching(".*dump.rdb cannot be loaded from byte [0-9]+ on: .*move it away.*");
    whole[whole.length - 1] ^= 1;
    Files.write(file, whole, StandardOpenOption.TRUNCATE_EXISTING);
    assertThatThrownBy(() -> start().close())
        .isInstanceOf(StartException.class)
        .hasMessageContaining("its checksum is wrong");
    start("--rdbchecksum", "no").close();
  }

  @Test
  void refusesWhatCannotBeReadAndSaysSo() throws Exception {
    Files.createDirectories(directory.resolve("sub"));
    assertThatThrownBy(() -> start("--dbfilename", "sub").close())
        .isInstanceOf(StartException.class)
        .hasMessage(directory + "/sub cannot be read: Is a directory");
    // Redis starts without a name, too, and cannot save then.
    try (Gateway gateway = start("--dbfilename", "");
        Jedis client = client(gateway)) {
      assertThatThrownBy(client::save).hasMessageContaining("ERR");
    }
  }

  @Test
  void keepsWhatBelongsToOtherDeployments() throws Exception {
    Map<String, String> blue = Map.of("REDIS_KEY_PREFIX", "blue");
    Map<String, String> green = Map.of("REDIS_KEY_PREFIX", "green");
    try (Gateway gateway = start(blue);
        Jedis client = client(gateway)) {
      client.set("key", "value");
      client.save();
    }
    try (Gateway gateway = start(green);
        Jedis client = client(gateway)) {
      assertThat(client.keys("*")).isEmpty();
      client.save();
    }
    try (Gateway gateway = start(blue);
        Jedis client = client(gateway)) {
      assertThat(client.get("key")).isEqualTo("value");
    }
  }

  @Test
  void refusesKeysThatBelongNowhere() throws Exception {
    try (Gateway gateway = start();
        Jedis client = client(gateway)) {
      client.set("key", "value");
      client.save();
    }
    assertThatThrownBy(() -> start(Map.of("REDIS_KEY_PREFIX", "green")).close())
        .isInstanceOf(StartException.class)
        .hasMessageContaining("of no deployment that there is, since it has no prefix")
        .hasMessageContaining("gateway/run import dump.rdb --deployment NAME");
  }

  @Test
  void stopsWritesWhileItCannotSave() throws Exception {
    try (Gateway gateway = start("--save", "3600 1");
        Jedis client = client(gateway)) {
      client.set("key", "value");
      // A folder in the place of the file cannot be replaced by a file.
      Path file = directory.resolve("dump.rdb");
      block(file);
      assertThatThrownBy(client::save).hasMessageStartingWith("ERR");
      assertThat(client.set("key", "value")).isEqualTo("OK");
      assertThat(client.bgsave()).isEqualTo("Background saving started");
      Waiting.until("writes to stop", () -> refused(() -> client.set("key", "value")));
      assertThat(client.info("persistence")).contains("rdb_last_bgsave_status:err");
      assertThat(client.get("key")).isEqualTo("value");
      client.configSet("stop-writes-on-bgsave-error", "no");
      assertThat(client.set("key", "other")).isEqualTo("OK");
      client.configSet("stop-writes-on-bgsave-error", "yes");
      Files.delete(file.resolve("inside"));
      Files.delete(file);
      assertThat(client.save()).isEqualTo("OK");
      assertThat(client.set("key", "third")).isEqualTo("OK");
      assertThat(directory).isDirectoryNotContaining("glob:**temp-*");
    }
  }

  private static boolean refused(Runnable write) {
    try {
      write.run();
      return false;
    } catch (JedisDataException refusal) {
      assertThat(refusal).hasMessageStartingWith("MISCONF");
      return true;
    }
  }

  private static void block(Path file) throws IOException {
    Files.createDirectories(file);
    Files.writeString(file.resolve("inside"), "x");
  }
}
