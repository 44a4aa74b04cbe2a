package io.keyward.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.config.Settings;
import io.keyward.gateway.server.StartException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
    return new Jedis("127.0.0.1", gateway.ports().redis());
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
        .endsWith("1 without the prefix");
    try (Gateway gateway = start(BLUE, folder("two"));
        Jedis client = client(gateway)) {
      assertThat(client.keys("*")).containsExactly("USER");
    }
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
  }
}
