package io.keyward.gateway.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.Gateway;
import io.keyward.gateway.comparison.Sequences.Wrapping;
import io.keyward.gateway.server.Gateways;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random commands that come together are answered as if each came when the one before had been
 * answered: what is fetched ahead for them, which takes many keys, is nobody's to see.
 */
class PipelinePropertyTest {
  private static final int ROUNDS = 60;

  /** More than what is taken to be in the processor's cache. */
  private static final int MANY_KEYS = 12_000;

  /** Those that take the many keys away, or tell of them in an order of their own. */
  private static final Set<String> NOT_DRAWN = Set.of("flushdb", "swapdb", "keys", "scan");

  private static final String LONG_ARGUMENT = "x".repeat(300_000);

  private final long seed = Long.getLong("test.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private Gateway gateway;
  private Peer oneByOne;
  private Peer together;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            """
            event-loops: 1
            tenants:
              a: {deployments: {one: {password: p}}}
              b: {deployments: {many: {password: p}}}
            """);
    gateway = Gateways.startWith(Map.of(), file.toString(), "--appendonly", "no");
    oneByOne = logIn("one");
    together = logIn("many");
  }

  @AfterEach
  void stop() {
    oneByOne.close();
    together.close();
    gateway.close();
  }

  private Peer logIn(String user) {
    Peer peer = new Peer("127.0.0.1", gateway.ports().redis());
    assertThat(peer.exchange("AUTH", user, "p").text()).isEqualTo("OK");
    for (int first = 0; first < MANY_KEYS; first += 1000) {
      List<String> words = new ArrayList<>(List.of("MSET"));
      for (int i = first; i < first + 1000; i++) {
        words.addAll(List.of("of many " + i, "value"));
      }
      assertThat(peer.exchange(List.of(words)).getFirst().text()).isEqualTo("OK");
    }
    return peer;
  }

  @ParameterizedTest
  @EnumSource
  void whatComesTogetherIsAnsweredAsOneByOne(Wrapping wrapping) {
    List<CommandTemplate> templates =
        Arrays.stream(CommandFamily.values())
            .filter(family -> family != CommandFamily.LEXICOGRAPHIC_SETS)
            .flatMap(family -> family.templates().stream())
            .filter(template -> !NOT_DRAWN.contains(template.name()))
            .toList();
    Sequences drawn = new Sequences(templates).wrapped(wrapping);
    for (int round = 0; round < ROUNDS; round++) {
      List<List<String>> commands = new ArrayList<>();
      for (List<String> command : drawn.draw(random, 1 + random.nextInt(60))) {
        commands.add(command);
        if (random.nextInt(4) == 0) {
          commands.add(other());
        }
      }
      drawn.framed(List.of()).stream()
          .skip(drawn.prelude().size())
          .filter(look -> !look.getFirst().equals("KEYS"))
          .forEach(commands::add);
      compare(commands, "round " + round + ", seed " + seed);
    }
  }

  /** What changes the many keys, has many keys of its own, or goes on for longer. */
  private List<String> other() {
    return switch (random.nextInt(12)) {
      case 0, 1, 2 -> List.of("SET", key(), "value " + random.nextInt(10));
      case 3 -> List.of("DEL", key(), key(), key());
      case 4 -> pairs("MSET");
      case 5 -> pairs("MSETNX");
      case 6, 7 -> keys("MGET");
      case 8 -> List.of("BLPOP", key(), key(), "0.001");
      case 9 ->
          List.of(
              "EVAL", "for i = 1, 100000 do end return redis.call('TYPE', KEYS[1])", "1", key());
      case 10 -> List.of("SET", random.nextInt(4) == 0 ? LONG_ARGUMENT : key(), LONG_ARGUMENT);
      default -> List.of("RENAME", key(), key());
    };
  }

  private String key() {
    return random.nextInt(3) == 0
        ? Words.draw("key", random)
        : "of many " + random.nextInt(2 * MANY_KEYS);
  }

  private List<String> keys(String command) {
    List<String> words = new ArrayList<>(List.of(command));
    for (int i = random.nextInt(50); i >= 0; i--) {
      words.add(random.nextInt(200) == 0 ? LONG_ARGUMENT : key());
    }
    return words;
  }

  private List<String> pairs(String command) {
    List<String> words = new ArrayList<>(List.of(command));
    for (int i = random.nextInt(50); i >= 0; i--) {
      words.add(random.nextInt(200) == 0 ? LONG_ARGUMENT : key());
      words.add(random.nextInt(200) == 0 ? LONG_ARGUMENT : "value " + random.nextInt(10));
    }
    return words;
  }

  private void compare(List<List<String>> commands, String told) {
    List<RespValue> expected =
        commands.stream().map(command -> oneByOne.exchange(List.of(command)).getFirst()).toList();
    List<RespValue> actual = together.exchange(commands);
    for (int i = 0; i < commands.size(); i++) {
      List<String> command = commands.get(i);
      boolean same =
          Canonical.of(command, actual.get(i)).equals(Canonical.of(command, expected.get(i)));
      assertThat(same)
          .as(
              "%s, %s: %s instead of %s",
              told, shown(command), brief(actual.get(i)), brief(expected.get(i)))
          .isTrue();
    }
  }

  private static String shown(List<String> command) {
    return command.stream().map(PipelinePropertyTest::brief).collect(Collectors.joining(" "));
  }

  private static String brief(Object value) {
    String text = value.toString();
    return text.length() < 100 ? text : text.substring(0, 100) + "... of " + text.length();
  }
}
