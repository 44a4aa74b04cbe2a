package io.keyward.engine.builtin.appendonly;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Namespaces;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.KeyspaceLimits;
import io.keyward.engine.KeyspaceTraits;
import io.keyward.engine.SharedKeys;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.Overview;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What files say of keys that several keyspaces see. */
class SharedEffectsTest {
  private static final SharedKeys SESSIONS =
      new SharedKeys("app~shared", new Namespaces(List.of(), List.of("SESSION")));

  private boolean kept = true;
  private final Bench bench = new Bench(LiveSettings.defaults(), "blue", this::traits);
  private final Bench.Session blue = bench.session();

  private KeyspaceTraits traits(String prefix) {
    return switch (prefix) {
      case "blue" -> new KeyspaceTraits(Namespaces.NONE, KeyspaceLimits.NONE, kept, SESSIONS);
      case "app~shared" -> new KeyspaceTraits(Namespaces.NONE, KeyspaceLimits.NONE, true, SESSIONS);
      default -> KeyspaceTraits.NONE;
    };
  }

  /** The effects, without the bytes of payloads. */
  private static List<String> shown(EffectStreams effects) throws IOException {
    return effects.take().stream()
        .map(effect -> effect.replaceFirst("(?s)^(RESTORE \\S+ \\d+) .*", "$1 …"))
        .toList();
  }

  @Test
  void filesNameSharedKeysByThePrefixOfAll() throws IOException {
    EffectStreams effects = new EffectStreams(bench);
    blue.run("set", "SESSION:a", "1");
    blue.run("mset", "SESSION:a", "2", "SESSION:b", "2");
    blue.run("mset", "SESSION:a", "3", "mine", "3");
    blue.run("set", "SESSION:b", "x", "pxat", "9999999999999");
    assertThat(shown(effects))
        .satisfiesExactly(
            a -> assertThat(a).isEqualTo("set app~shared::SESSION:a 1"),
            b -> assertThat(b).isEqualTo("mset app~shared::SESSION:a 2 app~shared::SESSION:b 2"),
            c -> assertThat(c).isEqualTo("MULTI"),
            d -> assertThat(d).isEqualTo("RESTORE app~shared::SESSION:a 0 …"),
            e -> assertThat(e).isEqualTo("RESTORE blue::mine 0 …"),
            f -> assertThat(f).isEqualTo("EXEC"),
            g -> assertThat(g).isEqualTo("set app~shared::SESSION:b x pxat 9999999999999"));
  }

  @Test
  void theirFieldsAndConditionalDeletionsAreWrittenOnce() throws IOException {
    EffectStreams effects = new EffectStreams(bench);
    blue.run("hset", "SESSION:h", "f", "1", "g", "1");
    blue.run("hpexpire", "SESSION:h", "100000000", "fields", "1", "f");
    blue.run("hpersist", "SESSION:h", "fields", "1", "f");
    blue.run("hgetdel", "SESSION:h", "fields", "1", "g");
    blue.run("set", "SESSION:a", "1");
    blue.run("delex", "SESSION:a", "ifeq", "1");
    blue.run("set", "SESSION:a", "2");
    assertThat(effects.take())
        .satisfiesExactly(
            a -> assertThat(a).isEqualTo("hset app~shared::SESSION:h f 1 g 1"),
            b -> assertThat(b).matches("HPEXPIREAT app~shared::SESSION:h \\d+ FIELDS 1 f"),
            c -> assertThat(c).isEqualTo("HPERSIST app~shared::SESSION:h FIELDS 1 f"),
            d -> assertThat(d).isEqualTo("HDEL app~shared::SESSION:h g"),
            e -> assertThat(e).isEqualTo("set app~shared::SESSION:a 1"),
            f -> assertThat(f).isEqualTo("DEL app~shared::SESSION:a"),
            g -> assertThat(g).isEqualTo("set app~shared::SESSION:a 2"));
  }

  @Test
  void whatIsCopiedIsWrittenInTheDatabaseThatItIsCopiedTo() throws IOException {
    EffectStreams effects = new EffectStreams(bench);
    blue.run("set", "mine", "1");
    blue.run("copy", "mine", "SESSION:a", "db", "3");
    blue.run("select", "3");
    blue.run("append", "SESSION:a", "2");
    assertThat(effects.bytes())
        .asString(StandardCharsets.ISO_8859_1)
        .contains("$6\r\nSELECT\r\n$1\r\n3\r\n*6\r\n$7\r\nRESTORE\r\n$21\r\napp~shared::SESSION:a");
    assertThat(shown(effects))
        .hasSize(3)
        .element(1)
        .asString()
        .startsWith("RESTORE app~shared::SESSION:a");
  }

  @Test
  void aListThatIsGoneWithItsLastElementIsWrittenSo() throws IOException {
    EffectStreams effects = new EffectStreams(bench);
    blue.run("rpush", "mine", "1");
    blue.run("blmove", "mine", "SESSION:l", "left", "right", "1");
    assertThat(shown(effects))
        .containsExactly(
            "rpush blue::mine 1",
            "MULTI",
            "DEL blue::mine",
            "RESTORE app~shared::SESSION:l 0 …",
            "EXEC");
  }

  @Test
  void theOperatorsChangesNameTheKeyOnce() throws IOException {
    Bench.Session operator = bench.connect(Overview.open(bench.engine()).getFirst());
    EffectStreams effects = new EffectStreams(bench);
    operator.run("hset", "blue::h", "f", "1");
    operator.run("hpexpire", "blue::h", "0", "fields", "1", "f");
    operator.run("set", "blue::SESSION:a", "1");
    operator.run("delex", "blue::SESSION:a", "ifeq", "1");
    assertThat(effects.take())
        .containsExactly(
            "hset blue::h f 1",
            "HDEL blue::h f",
            "set app~shared::SESSION:a 1",
            "DEL app~shared::SESSION:a");
  }

  @Test
  void whatHappensToThemOfItselfIsPartOfTheUnit() throws IOException {
    EffectStreams effects = new EffectStreams(bench);
    blue.run("set", "SESSION:a", "1", "px", "1");
    long due = System.currentTimeMillis() + 1;
    while (System.currentTimeMillis() <= due) {
      Thread.onSpinWait();
    }
    blue.run("multi");
    blue.run("set", "mine", "1");
    blue.run("get", "SESSION:a");
    blue.run("set", "mine", "2");
    blue.run("exec");
    assertThat(shown(effects).subList(1, 6))
        .containsExactly(
            "MULTI", "set blue::mine 1", "DEL app~shared::SESSION:a", "set blue::mine 2", "EXEC");
  }

  @Test
  void aKeyspaceInMemoryAloneStillWritesWhatItShares() throws IOException {
    kept = false;
    bench.engine().refresh("blue");
    bench.pass(1);
    EffectStreams effects = new EffectStreams(bench);
    blue.run("mset", "SESSION:a", "1", "mine", "1");
    blue.run("set", "mine", "2");
    blue.run("flushall");
    assertThat(shown(effects)).singleElement().isEqualTo("RESTORE app~shared::SESSION:a 0 …");
  }
}
