package io.keyward.gateway.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.fixture.GatewayExtension;
import io.keyward.gateway.fixture.NeedsRedis7;
import io.keyward.gateway.fixture.RedisFixture;
import io.keyward.gateway.fixture.RunningGateway;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random sequences of commands on the gateway and on a real Redis: every reply is the same, and so
 * is all of the data afterwards. A sequence that shows a difference is cut down to what is needed
 * for it.
 *
 * <p>Each run has a seed, which it prints; {@code -Dtest.seed=…} repeats one.
 */
@ExtendWith({NeedsRedis7.class, GatewayExtension.class})
class DataComparisonTest {
  private static final int SEQUENCES = Integer.getInteger("comparison.sequences", 250);
  private static final int LENGTH = 40;
  private static final int AT_ONCE = 25;
  private static final int MOST_TOLD = 8;

  private static RedisFixture redis;
  private static KnownDifferences known;
  private static Peer theirs;
  private static Peer ours;
  private static final Map<CommandFamily, List<CommandTemplate>> TEMPLATES =
      new EnumMap<>(CommandFamily.class);

  @BeforeAll
  static void connect(RunningGateway gateway) {
    redis = RedisFixture.start();
    known = new KnownDifferences(redis.version());
    theirs = new Peer(redis.host(), redis.port());
    ours = new Peer(gateway.open().host(), gateway.open().port());
    for (CommandFamily family : CommandFamily.values()) {
      TEMPLATES.put(
          family,
          family.templates().stream().filter(template -> has(theirs, template.name())).toList());
    }
  }

  private static boolean has(Peer server, String command) {
    RespValue information = server.exchange("COMMAND", "INFO", command).elements().getFirst();
    return !information.elements().isEmpty();
  }

  @AfterAll
  static void disconnect() {
    theirs.close();
    ours.exchange("FLUSHALL");
    ours.close();
    redis.close();
  }

  @ParameterizedTest
  @EnumSource(CommandFamily.class)
  void everyTypeBehavesAsInRedis(CommandFamily family) {
    List<CommandTemplate> templates = new ArrayList<>(TEMPLATES.get(family));
    templates.addAll(some(CommandFamily.GENERIC, "del", "copy", "rename", "type", "pexpireat"));
    compare(family.name(), SEQUENCES, new Sequences(templates));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void typesMixedBehaveAsInRedis(boolean resp3) {
    Sequences all = new Sequences(everything());
    compare("mixed", SEQUENCES * 2, resp3 ? all.inProtocol3() : all);
  }

  @ParameterizedTest
  @EnumSource(Sequences.Wrapping.class)
  void commandsInTransactionsAndScriptsBehaveAsInRedis(Sequences.Wrapping wrapping) {
    compare(wrapping.name(), SEQUENCES * 2, new Sequences(everything()).wrapped(wrapping));
  }

  private static List<CommandTemplate> everything() {
    return TEMPLATES.entrySet().stream()
        .filter(family -> family.getKey() != CommandFamily.LEXICOGRAPHIC_SETS)
        .flatMap(family -> family.getValue().stream())
        .toList();
  }

  private static List<CommandTemplate> some(CommandFamily family, String... names) {
    return TEMPLATES.get(family).stream()
        .filter(template -> Arrays.asList(names).contains(template.name()))
        .toList();
  }

  private static void compare(String what, int sequences, Sequences drawn) {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.printf(Locale.ROOT, "DataComparisonTest %s seed %d%n", what, seed);
    Random random = new Random(seed);
    Map<String, String> differences = new TreeMap<>();
    for (int done = 0; done < sequences && differences.size() < MOST_TOLD; done += AT_ONCE) {
      List<List<List<String>>> batch = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        batch.add(drawn.draw(random, LENGTH));
      }
      compareAll(drawn, batch, differences);
    }
    assertThat(differences.values())
        .as("%s, seed %d, Redis %s (%s)", what, seed, redis.version(), redis.source())
        .isEmpty();
  }

  private static void compareAll(
      Sequences drawn, List<List<List<String>>> batch, Map<String, String> differences) {
    List<List<String>> commands =
        batch.stream().flatMap(sequence -> drawn.framed(sequence).stream()).toList();
    List<RespValue> expected = theirs.exchange(commands);
    List<RespValue> actual = ours.exchange(commands);
    int at = 0;
    for (List<List<String>> sequence : batch) {
      int end = at + drawn.framed(sequence).size();
      boolean same = true;
      for (; at < end; at++) {
        same &= same(commands.get(at), expected.get(at), actual.get(at));
      }
      if (!same) {
        List<List<String>> least = shrunk(drawn, sequence);
        String last = least.isEmpty() ? "" : least.getLast().getFirst();
        differences.computeIfAbsent(last, name -> told(drawn, least));
      }
    }
  }

  private static boolean same(List<String> command, RespValue expected, RespValue actual) {
    return known.incomparable(command)
        || known
            .leveled(Canonical.of(command, expected))
            .equals(known.leveled(Canonical.of(command, actual)));
  }

  private static boolean differs(Sequences drawn, List<List<String>> sequence) {
    List<List<String>> commands = drawn.framed(sequence);
    List<RespValue> expected = theirs.exchange(commands);
    List<RespValue> actual = ours.exchange(commands);
    for (int i = 0; i < commands.size(); i++) {
      if (!same(commands.get(i), expected.get(i), actual.get(i))) {
        return true;
      }
    }
    return false;
  }

  /** Leaves out commands, first many at once, as long as a difference is left. */
  private static List<List<String>> shrunk(Sequences drawn, List<List<String>> sequence) {
    List<List<String>> least = sequence;
    for (int piece = least.size() / 2; piece > 0; piece /= 2) {
      for (int from = 0; from + piece <= least.size(); ) {
        List<List<String>> without = new ArrayList<>(least.subList(0, from));
        without.addAll(least.subList(from + piece, least.size()));
        if (differs(drawn, without)) {
          least = without;
        } else {
          from += piece;
        }
      }
    }
    return least;
  }

  private static String told(Sequences drawn, List<List<String>> sequence) {
    List<List<String>> commands = drawn.framed(sequence);
    List<RespValue> expected = theirs.exchange(commands);
    List<RespValue> actual = ours.exchange(commands);
    int from = drawn.prelude().size();
    StringBuilder text = new StringBuilder();
    for (int i = from; i < commands.size(); i++) {
      boolean same = same(commands.get(i), expected.get(i), actual.get(i));
      if (i < from + sequence.size() || !same) {
        String words = commands.get(i).stream().map(Words::shown).collect(Collectors.joining(" "));
        text.append(
            "%n%s%s%n    Redis   %s%n    Keyward %s"
                .formatted(same ? "" : "differs: ", words, expected.get(i), actual.get(i)));
      }
    }
    return text.toString();
  }
}
