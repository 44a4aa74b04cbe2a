package io.keyward.engine.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.engine.Errors;
import io.keyward.engine.builtin.memory.EntryVisits;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes and what stays at {@code maxmemory}, policy by policy. */
class EvictionTest {
  private static final String VALUE = "x".repeat(100);

  private final Bench bench = new Bench();

  @BeforeEach
  void limit() throws Exception {
    bench.settings().set(Directive.MAXMEMORY, "500000");
  }

  private void policy(String name) throws Exception {
    bench.settings().set(Directive.MAXMEMORY_POLICY, name);
    bench.keyspace().home().clock().refresh(bench.settings(), System.currentTimeMillis());
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

  @ParameterizedTest
  @ValueSource(strings = {"allkeys-lru", "allkeys-lfu", "allkeys-random", "allkeys-tinylfu"})
  void dataStaysWithinTheLimit(String policy) throws Exception {
    policy(policy);
    write("k", 20_000);
    assertThat(bench.keyspace().usedBytes()).isLessThan(501_000);
    assertThat(Integer.parseInt(bench.line("dbsize"))).isGreaterThan(2000);
    bench.keyspace().databases().at(0).validate();
  }

  @ParameterizedTest
  @ValueSource(strings = {"volatile-lru", "volatile-lfu", "volatile-random", "volatile-tinylfu"})
  void onlyKeysWithAnExpiryGo(String policy) throws Exception {
    policy(policy);
    write("stays", 1000);
    for (int i = 0; i < 10_000; i++) {
      assertThat(bench.line("set goes" + i + " " + VALUE + " EX 1000")).isEqualTo("OK");
    }
    assertThat(present("stays", 1000)).isEqualTo(1000);
    assertThat(present("goes", 10_000)).isBetween(500, 4000);
  }

  @Test
  void aCandidateThatLosesItsExpiryStays() throws Exception {
    policy("volatile-ttl");
    for (int i = 0; i < 3000; i++) {
      bench.line("set k" + i + " " + VALUE + " EX " + (100 + i));
    }
    // The next to go stand in line; one after the other is made to stay.
    for (int i = 0; i < 3000; i++) {
      bench.line("persist k" + i);
    }
    int before = present("k", 3000);
    assertThat(bench.line("set more " + VALUE)).isIn("OK", "!" + Errors.OUT_OF_MEMORY.line());
    assertThat(present("k", 3000)).isEqualTo(before);
  }

  @Test
  void tinyLfuKeepsWhatIsAskedForOftenThroughAWalkOverEverything() throws Exception {
    policy("allkeys-tinylfu");
    write("hot", 1000);
    Database database = bench.keyspace().databases().at(0);
    database.frequencies().tend(database.keyspace().home().clock(), database.size());
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 1000; i++) {
        bench.line("get hot" + i);
      }
    }
    write("walk", 8_000);
    assertThat(present("hot", 1000)).isGreaterThan(950);
  }

  @Test
  void tinyLfuKnowsAKeyThatComesBack() throws Exception {
    policy("allkeys-tinylfu");
    bench.line("set favourite " + VALUE);
    for (int i = 0; i < 8; i++) {
      bench.line("get favourite");
    }
    assertThat(bench.line("object freq favourite")).isEqualTo("9");
    Database database = bench.keyspace().databases().at(0);
    database
        .departures()
        .evict(
            database.at(
                EntryVisits.random(database.keys(), bench.keyspace().home().random()),
                database.view()));
    assertThat(bench.line("exists favourite")).isEqualTo("0");
    bench.line("set favourite " + VALUE);
    assertThat(bench.line("object freq favourite")).isEqualTo("10");
    bench.line("set stranger " + VALUE);
    assertThat(bench.line("object freq stranger")).isEqualTo("1");
    assertThat(bench.line("object idletime stranger")).startsWith("!ERR An LFU maxmemory policy");
  }

  /** How often a key has been asked for, after so many times. */
  private int asked(String key, int times) {
    for (int i = 0; i < times; i++) {
      bench.line("get " + key);
    }
    return Integer.parseInt(bench.line("object freq " + key));
  }

  @ParameterizedTest
  @ValueSource(strings = {"allkeys-lfu", "allkeys-tinylfu"})
  void anotherValueOfAnySizeDoesNotMakeAKeyANewOne(String policy) throws Exception {
    policy(policy);
    bench.settings().set(Directive.LFU_LOG_FACTOR, "0");
    bench.line("set k v");
    int before = asked("k", 20);
    assertThat(before).isGreaterThan(20);
    bench.run("set", "k", VALUE);
    bench.run("set", "k", VALUE, "ex", "1000");
    bench.run("set", "k", "x".repeat(8 * 1024));
    assertThat(asked("k", 0)).isBetween(before, before + 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"allkeys-lfu", "allkeys-tinylfu"})
  void whoIsAskedForOftenIsSoInTheDatabaseThatTheKeysAreSwappedTo(String policy) throws Exception {
    policy(policy);
    bench.line("set k v");
    int before = asked("k", 20);
    bench.line("swapdb 0 1");
    bench.line("select 1");
    assertThat(asked("k", 0)).isEqualTo(before);
    bench.line("swapdb 0 1");
    bench.line("select 0");
    assertThat(asked("k", 0)).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({"allkeys-lfu,5", "allkeys-tinylfu,1"})
  void aCopyAndAKeyOfAnotherNameAreNewOnes(String policy, int fresh) throws Exception {
    policy(policy);
    bench.line("set k v");
    assertThat(asked("k", 20)).isGreaterThan(fresh);
    bench.line("copy k other");
    assertThat(asked("other", 0)).isEqualTo(fresh);
    bench.line("copy k k DB 1");
    bench.line("rename k renamed");
    assertThat(asked("renamed", 0)).isEqualTo(fresh);
    bench.line("select 1");
    assertThat(asked("k", 0)).isEqualTo(fresh);
  }

  @Test
  void whatTinyLfuRemembersIsGivenBackWithThePolicy() throws Exception {
    policy("allkeys-tinylfu");
    write("k", 10_000);
    Database database = bench.keyspace().databases().at(0);
    database.frequencies().tend(database.keyspace().home().clock(), database.size());
    long before = bench.keyspace().usedBytes();
    policy("allkeys-lru");
    database.frequencies().tend(database.keyspace().home().clock(), database.size());
    assertThat(bench.keyspace().usedBytes()).isLessThan(before - 4000);
  }

  private int keys() {
    return Integer.parseInt(bench.line("dbsize"));
  }

  private void shrinkTo(String bytes) throws Exception {
    bench.settings().set(Directive.MAXMEMORY, bytes);
  }

  @Test
  void whatTenacityDoesNotAllowAtOnceGoesInSlices() throws Exception {
    policy("allkeys-random");
    shrinkTo("0");
    write("k", 20_000);
    bench.pass(10);
    bench.settings().set(Directive.MAXMEMORY_EVICTION_TENACITY, "0");
    shrinkTo("100000");
    assertThat(bench.line("set more " + VALUE)).isEqualTo("OK");
    assertThat(keys()).isBetween(19_900, 20_001);
    bench.pass(60_000);
    assertThat(bench.keyspace().usedBytes()).isLessThanOrEqualTo(100_000);
    assertThat(keys()).isGreaterThan(100);
  }

  @Test
  void fullTenacityEvictsAllAtOnce() throws Exception {
    policy("allkeys-random");
    shrinkTo("0");
    write("k", 20_000);
    bench.pass(10);
    bench.settings().set(Directive.MAXMEMORY_EVICTION_TENACITY, "100");
    shrinkTo("100000");
    assertThat(bench.line("set more " + VALUE)).isEqualTo("OK");
    assertThat(bench.keyspace().usedBytes()).isLessThan(101_000);
  }

  @Test
  void tenacityIsMeasuredAsRedisDoes() {
    assertThat(RoomMaking.nanos(0)).isZero();
    assertThat(RoomMaking.nanos(1)).isEqualTo(50_000);
    assertThat(RoomMaking.nanos(10)).isEqualTo(500_000);
    assertThat(RoomMaking.nanos(11)).isEqualTo(575_000);
    assertThat(RoomMaking.nanos(99)).isBetween(126_000_000_000L, 127_000_000_000L);
    assertThat(RoomMaking.nanos(100)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aPolicyThatIsChosenOnAFullServerMakesRoomWithoutAWrite() throws Exception {
    shrinkTo("0");
    write("k", 2000);
    shrinkTo("100000");
    bench.pass(1000);
    assertThat(keys()).isEqualTo(2000);
    assertThat(bench.line("set more x")).isEqualTo("!" + Errors.OUT_OF_MEMORY.line());
    policy("allkeys-lru");
    bench.pass(1000);
    assertThat(bench.keyspace().usedBytes()).isLessThanOrEqualTo(100_000);
    assertThat(bench.line("set more x")).isEqualTo("OK");
  }

  @ParameterizedTest
  @ValueSource(strings = {"allkeys-random", "volatile-random"})
  void atRandomOldAndNewKeysGoAlike(String policy) throws Exception {
    policy(policy);
    shrinkTo("0");
    for (int i = 0; i < 4000; i++) {
      bench.line("set k" + i + " " + VALUE + " EX 1000");
    }
    bench.settings().set(Directive.MAXMEMORY_EVICTION_TENACITY, "100");
    shrinkTo(Long.toString(bench.keyspace().usedBytes() / 2));
    assertThat(bench.line("set more " + VALUE + " EX 1000")).isEqualTo("OK");
    int old = 0;
    for (int i = 0; i < 2000; i++) {
      old += bench.line("exists k" + i).equals("1") ? 1 : 0;
    }
    int all = present("k", 4000);
    assertThat(all).isBetween(1000, 2200);
    assertThat((double) old / all).isBetween(0.42, 0.58);
  }

  @ParameterizedTest
  @ValueSource(strings = {"allkeys-random", "allkeys-lru", "volatile-ttl", "allkeys-tinylfu"})
  void aSmallNeighbourLosesNoMoreThanItsPart(String policy) throws Exception {
    policy(policy);
    shrinkTo("0");
    Bench.Session small = bench.connect(bench.engine().open("small"));
    for (int i = 0; i < 20_000; i++) {
      bench.line("set k" + i + " " + VALUE + " EX 1000");
      if (i % 100 == 0) {
        small.run("set", "k" + i, VALUE, "EX", "1000");
        bench.pass(100);
      }
    }
    bench.settings().set(Directive.MAXMEMORY_EVICTION_TENACITY, "100");
    shrinkTo(Long.toString(bench.keyspace().home().usedBytes() * 2 / 3));
    assertThat(bench.line("set more " + VALUE + " EX 1000")).isEqualTo("OK");
    assertThat(keys()).isBetween(8_000, 16_000);
    assertThat(Integer.parseInt(small.run("dbsize"))).isGreaterThan(60);
  }

  @Test
  void aRareKeyThatMayGoIsFoundAmongManyThatMayNot() throws Exception {
    policy("volatile-lru");
    shrinkTo("0");
    write("stays", 300_000);
    for (int i = 0; i < 3; i++) {
      bench.line("set goes" + i + " " + VALUE + " EX 1000");
    }
    shrinkTo("1");
    bench.pass(60_000);
    assertThat(keys()).isEqualTo(300_000);
    assertThat(bench.line("set more x")).isEqualTo("!" + Errors.OUT_OF_MEMORY.line());
  }

  @Test
  void whatIsLeftOfADroppedKeyspaceIsNoCandidate() throws Exception {
    policy("allkeys-random");
    shrinkTo("0");
    Bench.Session dropped = bench.connect(bench.engine().open("dropped"));
    for (int i = 0; i < 2000; i++) {
      dropped.run("set", "k" + i, VALUE);
      bench.line("set k" + i + " " + VALUE);
    }
    policy("allkeys-lru");
    shrinkTo("400000");
    bench.line("set more " + VALUE);
    bench.engine().drop("dropped");
    bench.pass(1000);
    shrinkTo("50000");
    bench.pass(1000);
    assertThat(bench.line("set more " + VALUE)).isEqualTo("OK");
    assertThat(bench.keyspace().usedBytes()).isLessThan(51_000);
  }
}
