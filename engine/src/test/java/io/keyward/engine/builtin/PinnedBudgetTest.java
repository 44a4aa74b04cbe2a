package io.keyward.engine.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Namespaces;
import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.tenant.Limit;
import io.keyward.engine.KeyspaceLimits;
import io.keyward.engine.KeyspaceTraits;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pinned keys have a budget of their own: neither they nor others go for each other's sake. */
class PinnedBudgetTest {
  private static final Namespaces ROLES = new Namespaces(List.of(), List.of("ROLES"));
  private static final String VALUE = "x".repeat(100);
  private static final long BUDGET = 400_000;

  private final Bench bench =
      new Bench(
          LiveSettings.defaults(),
          "blue",
          prefix ->
              new KeyspaceTraits(
                  ROLES,
                  new KeyspaceLimits(Map.of(Limit.PINNED_MEMORY, BUDGET), null),
                  true,
                  null));

  @AfterEach
  void everythingIsSound() {
    bench.validate();
  }

  private void write(String prefix, int count) {
    for (int i = 0; i < count; i++) {
      assertThat(bench.line("set " + prefix + i + " " + VALUE)).isEqualTo("OK");
    }
  }

  private int present(String prefix, int count) {
    int found = 0;
    for (int i = 0; i < count; i++) {
      found += bench.line("exists " + prefix + i).equals("1") ? 1 : 0;
    }
    return found;
  }

  private Pins pins() {
    return bench.keyspace().pins();
  }

  @Test
  void pinnedKeysGoForPinnedOnesAlone() {
    write("own", 5000);
    write("ROLES:", 10_000);
    assertThat(pins().bytes()).isBetween(BUDGET / 2, BUDGET + 1000);
    assertThat(present("own", 5000)).isEqualTo(5000);
    assertThat(present("ROLES:", 10_000)).isEqualTo(pins().keys()).isGreaterThan(1000);
    assertThat(bench.keyspace().statistics().evictedPinnedKeys())
        .isEqualTo(bench.keyspace().statistics().evictedKeys())
        .isEqualTo(10_000 - pins().keys());
  }

  @Test
  void othersDoNotGoForPinnedOnesNorTheseForThem() throws Exception {
    bench.settings().set(Directive.MAXMEMORY, "500000");
    bench.settings().set(Directive.MAXMEMORY_POLICY, "allkeys-lru");
    write("own", 2000);
    int before = present("own", 2000);
    assertThat(before).isEqualTo(2000);
    write("ROLES:", 2000);
    assertThat(present("own", 2000)).isEqualTo(before);
    write("more", 10_000);
    assertThat(present("ROLES:", 2000)).isEqualTo(2000);
  }

  @Test
  void theLimitOfTheDeploymentIsForItsOtherKeys() {
    bench
        .keyspace()
        .traits(
            new KeyspaceTraits(
                ROLES, new KeyspaceLimits(Map.of(Limit.MEMORY, 100_000L), null), true, null));
    write("ROLES:", 2000);
    assertThat(pins().bytes()).isGreaterThan(200_000);
    assertThat(bench.line("set own " + VALUE)).isEqualTo("OK");
  }

  @Test
  void allPinnedKeysTogetherKeepWithinTheServersBudget() throws Exception {
    bench.settings().set(Directive.PINNED_MEMORY, "100000");
    write("ROLES:", 2000);
    assertThat(pins().bytes()).isBetween(50_000L, 101_000L);
  }

  @Test
  void aBudgetThatBecomesSmallerIsKeptInSlices() throws Exception {
    write("ROLES:", 2000);
    int before = pins().keys();
    bench.settings().set(Directive.MAXMEMORY_EVICTION_TENACITY, "0");
    bench.settings().set(Directive.PINNED_MEMORY, "30000");
    assertThat(bench.line("set own " + VALUE)).isEqualTo("OK");
    assertThat(pins().keys()).isBetween(before - 100, before);
    bench.pass(60_000);
    assertThat(pins().bytes()).isLessThanOrEqualTo(30_000);
    assertThat(pins().keys()).isGreaterThan(50);
  }

  @Test
  void whatIsAskedForOftenStays() {
    write("ROLES:hot", 500);
    for (int i = 0; i < 3 * 500; i++) {
      bench.line("get ROLES:hot" + i % 500);
    }
    bench.pass(200);
    write("ROLES:walk", 10_000);
    assertThat(present("ROLES:hot", 500)).isGreaterThan(450);
  }

  @Test
  void aKeyTellsWhereItLives() {
    bench.line("mset ROLES:a 1 b 2");
    assertThat(bench.line("object location ROLES:a")).isEqualTo("\"pinned\"");
    assertThat(bench.line("object location b")).isEqualTo("\"own\"");
    assertThat(bench.line("object location c")).isEqualTo("nil");
    bench.line("get ROLES:a");
    assertThat(bench.line("object freq ROLES:a")).isEqualTo("2");
    assertThat(bench.line("object idletime ROLES:a")).startsWith("!ERR The key is pinned");
    assertThat(bench.line("object idletime b")).isEqualTo("0");
  }

  @Test
  void whatIsPinnedFollowsTheConfiguration() {
    write("ROLES:", 300);
    write("BANS:", 200);
    bench.line("rpush BANS:list " + "element ".repeat(3000));
    bench.keyspace().traits(new KeyspaceTraits(new Namespaces(List.of(), List.of("BANS"))));
    bench.pass(1000);
    assertThat(pins().keys()).isEqualTo(201);
    assertThat(bench.line("object location BANS:list")).isEqualTo("\"pinned\"");
    assertThat(bench.line("object location ROLES:1")).isEqualTo("\"own\"");
    bench.keyspace().traits(KeyspaceTraits.NONE);
    bench.pass(1000);
    assertThat(pins().keys()).isZero();
    assertThat(pins().bytes()).isZero();
    assertThat(present("BANS:", 200)).isEqualTo(200);
  }

  @Test
  void everyByteIsCountedWhateverBecomesOfAKey() {
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 30_000; i++) {
      bench.line(command(random));
      if (i % 1000 == 0) {
        bench.pass(50);
        bench.validate();
      }
    }
    bench.line("flushall");
    assertThat(pins().keys()).isZero();
    assertThat(pins().bytes()).isZero();
  }

  private static String command(SplittableRandom random) {
    String key = key(random);
    String other = key(random);
    int many = random.nextInt(1, 200);
    String member = "m" + random.nextInt(300);
    return switch (random.nextInt(30)) {
      case 0 -> "set " + key + " " + "v".repeat(many * 10);
      case 1 -> "append " + key + " " + "v".repeat(many);
      case 2 -> "set " + key + " v px " + many;
      case 3 -> "persist " + key;
      case 4 -> "expire " + key + " 100";
      case 5 -> "del " + key;
      case 6 -> "rename " + key + " " + other;
      case 7 -> "copy " + key + " " + other + " replace";
      case 8 -> "rpush " + key + " " + "element ".repeat(many);
      case 9 -> "lpop " + key + " " + many;
      case 10 -> "hset " + key + pairs("f", many);
      case 11 -> "hdel " + key + " f1 f2 f3";
      case 12 -> "hpexpire " + key + " " + many + " fields 2 f1 f4";
      case 13 -> "sadd " + key + " " + member + " 1 2 3";
      case 14 -> "sadd " + key + pairs("s", many);
      case 15 -> "sunionstore " + key + " " + key + " " + other;
      case 16 -> "zadd " + key + scores(many);
      case 17 -> "zremrangebyrank " + key + " 0 " + many;
      case 18 -> "xadd " + key + " * f " + "v".repeat(many);
      case 19 -> "xtrim " + key + " maxlen " + many;
      case 20 -> "incr " + key;
      case 21 -> "setrange " + key + " " + many * 20 + " v";
      case 22 -> "lmove " + key + " " + other + " left right";
      case 23 -> "smove " + key + " " + other + " 1";
      case 24 -> "getdel " + key;
      case 25 -> "swapdb 0 1";
      case 26 -> "move " + key + " 1";
      case 27 -> "pfadd " + key + " " + member;
      case 28 -> "setbit " + key + " " + many * 30 + " 1";
      default -> "flushdb".repeat(many == 1 ? 1 : 0) + (many == 1 ? "" : "get " + key);
    };
  }

  private static String key(SplittableRandom random) {
    return (random.nextBoolean() ? "ROLES:" : "own") + random.nextInt(12);
  }

  private static String pairs(String name, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(' ').append(name).append(i).append(" v").append(i);
    }
    return text.toString();
  }

  private static String scores(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(' ').append(i).append(" m").append(i);
    }
    return text.toString();
  }
}
