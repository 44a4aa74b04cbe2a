package io.keyward.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.config.Settings;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.server.StartException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/** A deployment moves out of one gateway and into another by a file. */
class TransferTest {
  private static final Map<String, String> BLUE = Map.of("REDIS_KEY_PREFIX", "blue");

  @TempDir Path directory;

  private String folder(String name) {
    return directory.resolve(name).toString();
  }

  private static Gateway start(Map<String, String> environment, String folder) throws Exception {
    return Gateway.startOnFreePorts(
        Settings.load(List.of("--bind", "127.0.0.1", "--dir", folder), environment));
  }

  private static Jedis client(Gateway gateway) {
    return new Jedis("127.0.0.1", gateway.ports().redis(), Patience.MILLIS);
  }

  @Test
  void exportsADeploymentAndImportsItElsewhere() throws Exception {
    try (Gateway gateway = start(BLUE, folder("one"));
        Jedis client = client(gateway)) {
      client.set("key", "value");
      client.rpush("list", "a", "b");
      client.save();
    }
    String file = folder("blue.rdb");
    assertThat(
            Transfer.run(
                List.of("export", file, "--deployment", "blue", "--dir", folder("one")), BLUE))
        .contains("written");
    Map<String, String> green = Map.of("REDIS_KEY_PREFIX", "green");
    assertThat(
            Transfer.run(
                List.of("import", file, "--deployment", "green", "--dir", folder("two")), green))
        .startsWith("2 keys imported");
    try (Gateway gateway = start(green, folder("two"));
        Jedis client = client(gateway)) {
      assertThat(client.get("key")).isEqualTo("value");
      assertThat(client.lrange("list", 0, -1)).containsExactly("a", "b");
    }
  }

  @Test
  void takesTheKeysBehindAPrefixAlone() throws Exception {
    try (Gateway gateway = start(Map.of(), folder("one"));
        Jedis client = client(gateway)) {
      client.set("librechat::USER", "value");
      client.set("other", "value");
      client.save();
    }
    String file = directory.resolve("one").resolve("dump.rdb").toString();
    assertThat(
            Transfer.run(
                List.of(
                    "import",
                    file,
                    "--deployment",
                    "blue",
                    "--prefix-in-file",
                    "librechat",
                    "--dir",
                    folder("two")),
                BLUE))
        .startsWith("1 keys imported")
        .endsWith("1 without the prefix, 0 pinned, 0 shared that were there");
    try (Gateway gateway = start(BLUE, folder("two"));
        Jedis client = client(gateway)) {
      assertThat(client.keys("*")).containsExactly("USER");
    }
  }

  @Test
  void knowsDeploymentsByTheirLoginsAndWhatTheyShareAndPin() throws Exception {
    String file = directory.resolve("one").resolve("dump.rdb").toString();
    try (Gateway gateway = start(Map.of(), folder("one"));
        Jedis client = client(gateway)) {
      for (String key : List.of("OPENID_SESSION:a", "ROLES:b", "own")) {
        client.set("lc::" + key, "value");
      }
      client.save();
    }
    Path yaml = directory.resolve("keyward.yaml");
    Files.writeString(
        yaml,
        """
        tenants:
          shop:
            secret: s
            shared: [OPENID_SESSION]
            pinned: [ROLES]
            deployments: {blue: {prefix: shop-blue, password: p}}
        """);
    List<String> options =
        List.of(yaml.toString(), "--bind", "127.0.0.1", "--dir", folder("two"), "--save", "");
    try (Gateway gateway = Gateway.startOnFreePorts(Settings.load(options, Map.of()));
        Jedis client = client(gateway)) {
      client.auth("shop.rev7", "s");
      client.set("k", "v");
    }
    assertThat(transfer("import", file, options, "blue", "--prefix-in-file", "lc::"))
        .startsWith("2 keys imported")
        .endsWith("0 without the prefix, 1 pinned, 0 shared that were there");
    // What is shared is there by now, and stays.
    for (String name : List.of("shop-blue", "shop.rev7")) {
      assertThat(transfer("import", file, options, name, "--prefix-in-file", "lc"))
          .startsWith("1 keys imported")
          .endsWith("0 without the prefix, 1 pinned, 1 shared that were there");
    }
    assertThat(transfer("export", folder("out.rdb"), options, "shop.rev7")).contains("written");
    assertThatThrownBy(() -> transfer("import", file, options, "red"))
        .hasMessage(
            "there is no deployment 'red'. Give --deployment one of: blue, shop.rev7,"
                + " shop~shared");
    try (Gateway gateway = Gateway.startOnFreePorts(Settings.load(options, Map.of()));
        Jedis client = client(gateway)) {
      client.auth("blue", "p");
      assertThat(client.keys("*")).containsExactlyInAnyOrder("OPENID_SESSION:a", "own");
      assertThat(client.get("OPENID_SESSION:a")).isEqualTo("value");
      client.auth("shop.rev7", "s");
      assertThat(client.keys("*")).containsExactlyInAnyOrder("OPENID_SESSION:a", "own", "k");
    }
  }

  private static String transfer(
      String verb, String file, List<String> options, String deployment, String... more)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of(verb, file, "--deployment", deployment));
    arguments.addAll(List.of(more));
    arguments.addAll(options);
    return Transfer.run(arguments, Map.of());
  }

  @Test
  void losesNothingThatItCannotRead() throws Exception {
    String file = directory.resolve("one").resolve("dump.rdb").toString();
    try (Gateway gateway = start(BLUE, folder("one"));
        Jedis client = client(gateway)) {
      client.set("key", "value");
      client.save();
    }
    byte[] whole = Files.readAllBytes(Path.of(file));
    List<String> options = List.of("--dir", folder("one"));
    Path mixed = directory.resolve("mixed.aof");
    Files.write(mixed, whole);
    Files.writeString(mixed, "*1\r\n$4\r\nPING\r\n", StandardOpenOption.APPEND);
    assertThatThrownBy(() -> blue("import", mixed.toString(), options))
        .hasMessageContaining("goes on behind its snapshot, at byte " + whole.length);
    Path torn = directory.resolve("torn.rdb");
    Files.write(torn, Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> blue("import", torn.toString(), options))
        .hasMessageContaining("cannot be loaded from byte");
    assertThatThrownBy(() -> blue("import", folder("none.rdb"), options))
        .hasMessage(folder("none.rdb") + " cannot be read: there is no such file");
    assertThatThrownBy(() -> blue("export", folder("none/out.rdb"), options))
        .hasMessage(
            folder("none/out.rdb") + " cannot be written: there is no folder " + folder("none"));
    assertThatThrownBy(() -> blue("export", folder("one"), options))
        .hasMessage(folder("one") + " cannot be written: it is a folder");
    assertThatThrownBy(
            () -> blue("export", folder("x.rdb"), List.of("--prefix-in-file", "librechat")))
        .hasMessageContaining("--prefix-in-file is for import");
    try (Gateway gateway = start(BLUE, folder("one"));
        Jedis client = client(gateway)) {
      assertThat(client.keys("*")).containsExactly("key");
      assertThatThrownBy(() -> blue("import", file, options))
          .hasMessageContaining("another gateway has the folder");
    }
  }

  private static String blue(String verb, String file, List<String> more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(verb, file, "--deployment", "blue"));
    arguments.addAll(more);
    return Transfer.run(arguments, BLUE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-"})
  void knowsTheDeploymentWithoutAPrefix(String name) throws Exception {
    try (Gateway gateway = start(Map.of(), folder("one"));
        Jedis client = client(gateway)) {
      client.set("key", "value");
    }
    String file = directory.resolve("out.rdb").toString();
    List<String> export = List.of("export", file, "--deployment", name, "--dir", folder("one"));
    assertThat(Transfer.run(export, Map.of())).startsWith(file + " written");
    List<String> into = List.of("import", file, "--deployment", "blue", "--dir", folder("two"));
    assertThat(Transfer.run(into, BLUE)).startsWith("1 keys imported");
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> Transfer.run(List.of("import"), Map.of()))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("needs the name of a file");
    assertThatThrownBy(
            () ->
                Transfer.run(
                    List.of("export", "x.rdb", "--deployment", "red", "--dir", folder("one")),
                    BLUE))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("there is no deployment 'red'")
        .hasMessageContaining("blue");
    assertThatThrownBy(
            () ->
                Transfer.run(
                    List.of("export", "x.rdb", "--deployment", "red", "--dir", folder("two")),
                    Map.of()))
        .isInstanceOf(StartException.class)
        .hasMessageEndingWith("Give --deployment one of: - (which has no prefix)");
  }
}
