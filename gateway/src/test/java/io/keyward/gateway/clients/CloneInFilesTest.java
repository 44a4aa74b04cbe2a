package io.keyward.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Settings;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.Patience;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/**
 * A log tells of clones that were made on one event loop. A gateway that starts on it with more has
 * the keyspaces on several, and makes the clones there key by key.
 */
class CloneInFilesTest {
  private static final List<String> NAMES = List.of("blue", "green", "cyan", "grey");

  @TempDir Path directory;

  private Gateway start(int loops) throws Exception {
    Path yaml =
        Files.writeString(
            directory.resolve("keyward.yaml"),
            """
            event-loops: %d
            operator: {username: operator, password: secret}
            tenants:
              shop:
                deployments:
                  blue: {password: secret}
                  green: {password: secret}
                  cyan: {password: secret}
                  grey: {password: secret}
            """
                .formatted(loops));
    return Gateway.startOnFreePorts(
        Settings.load(
            List.of(yaml.toString(), "--save", "", "--dir", directory + "/data"), Map.of()));
  }

  private static Jedis as(Gateway gateway, String name) {
    Jedis client = new Jedis("127.0.0.1", gateway.ports().redis(), Patience.MILLIS);
    client.auth(name, "secret");
    return client;
  }

  private static Object send(Jedis client, String... words) {
    byte[] command = words[0].getBytes(StandardCharsets.US_ASCII);
    return client.sendCommand(
        () -> command, List.of(words).subList(1, words.length).toArray(String[]::new));
  }

  private static void changeEach(Gateway gateway) {
    for (String name : NAMES) {
      try (Jedis client = as(gateway, name)) {
        client.append("text", " of " + name);
        client.hset("big hash", "element-7", "changed by " + name);
        client.zadd("big zset", 1000, "element-8");
        client.rpush("big list", name);
        client.lset("big list", 9, "changed by " + name);
        send(client, "XDEL", "stream", "70-69");
        client.srem("big set", "element-" + name.length());
      }
    }
  }

  /** What each deployment holds in two databases, when it expires, and what its function says. */
  private static Map<String, Object> state(Gateway gateway) {
    Map<String, Object> state = new TreeMap<>();
    for (String name : NAMES) {
      try (Jedis client = as(gateway, name)) {
        List<Object> told = new ArrayList<>(List.of(SampleData.of(client)));
        told.add(client.pexpireTime("zset"));
        told.add(client.hpexpireTime("big hash", "element-3", "element-4"));
        told.add(client.fcall("f", List.of(), List.of()));
        client.select(2);
        told.add(SampleData.of(client));
        state.put(name, told);
      }
    }
    return state;
  }

  private static boolean onOneLoop(Gateway gateway) {
    return NAMES.stream()
            .map(name -> gateway.server().engine().find(name))
            .map(BuiltinKeyspace.class::cast)
            .map(BuiltinKeyspace::home)
            .distinct()
            .count()
        == 1;
  }

  @Test
  void clonesAreMadeAgainOnOneLoopAndOnSeveral() throws Exception {
    Map<String, Object> before;
    try (Gateway gateway = start(1);
        Jedis blue = as(gateway, "blue");
        Jedis operator = as(gateway, "operator")) {
      SampleData.fill(blue);
      blue.pexpireAt("zset", 9999999999999L);
      blue.hpexpireAt("big hash", 9999999999999L, "element-3");
      blue.functionLoad("#!lua name=lib\nredis.register_function('f', function() return 7 end)");
      blue.select(2);
      blue.set("in another database", "value");
      send(operator, "DEPLOYMENT", "CLONE", "blue", "green");
      blue.select(0);
      blue.del("small");
      send(operator, "DEPLOYMENT", "CLONE", "green", "cyan");
      send(operator, "DEPLOYMENT", "CLONE", "blue", "grey");
      changeEach(gateway);
      send(operator, "DEPLOYMENT", "CLONE", "grey", "cyan", "REPLACE");
      changeEach(gateway);
      before = state(gateway);
      assertThat(onOneLoop(gateway)).isTrue();
    }
    try (Gateway gateway = start(4)) {
      assertThat(onOneLoop(gateway)).isFalse();
      assertThat(state(gateway)).isEqualTo(before);
      changeEach(gateway);
      before = state(gateway);
    }
    try (Gateway gateway = start(1)) {
      assertThat(onOneLoop(gateway)).isTrue();
      assertThat(state(gateway)).isEqualTo(before);
    }
  }
}
