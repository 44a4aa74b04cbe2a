package io.keyward.engine.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.Engine;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Keyspaces are made, stay apart, cost little and go. */
class EngineTest {
  private static final long TEN_SECONDS = 10_000_000_000L;

  private final Bench bench = new Bench();
  private final BuiltinEngine engine = bench.engine();

  @Test
  void aPrefixNamesOneKeyspaceWhoeverAsks() {
    BuiltinKeyspace blue = engine.open("blue");

    assertThat(engine.open("blue")).isSameAs(blue);
    assertThat(engine.find("blue")).isSameAs(blue);
    assertThat(engine.find("green")).isNull();
    assertThat(engine.keyspaces()).contains(blue);
  }

  @Test
  void whatIsDroppedIsFreedAndItsClientsAreClosed() {
    BuiltinKeyspace blue = engine.open("blue");
    Bench.Session client = bench.connect(blue);
    client.run("set", "key", "x".repeat(1000));
    assertThat(blue.usedBytes()).isGreaterThan(1000);

    assertThat(engine.drop("blue")).isTrue();
    bench.pass(1000);

    assertThat(client.closed()).isTrue();
    assertThat(blue.enter(client.client())).isFalse();
    assertThat(engine.find("blue")).isNull();
    assertThat(engine.drop("blue")).isFalse();
    assertThat(engine.open("blue")).isNotSameAs(blue);
  }

  @Test
  void keyspacesShareNothingButTheirHome() {
    Bench.Session blue = bench.connect(engine.open("blue"));
    Bench.Session green = bench.connect(engine.open("green"));

    blue.run("set", "key", "of blue");

    assertThat(green.run("exists", "key")).isEqualTo("0");
    assertThat(green.run("dbsize")).isEqualTo("0");
    assertThat(blue.run("dbsize")).isEqualTo("1");
  }

  @Test
  void anEmptyKeyspaceWithoutClientsGivesBackWhatItDoesNotNeed() {
    BuiltinKeyspace blue = engine.open("blue");
    Bench.Session client = bench.connect(blue);
    client.run("set", "key", "value", "px", "1");
    blue.leave(client.client());

    // The key expires by the real clock, of which the bench's time knows nothing.
    for (long began = System.nanoTime();
        blue.usedBytes() > 0 && System.nanoTime() - began < TEN_SECONDS; ) {
      bench.pass(1_000);
    }
    bench.pass(10_000);

    assertThat(blue.usedBytes()).isZero();
    assertThat(blue.databases().ifUsed(0)).isNull();
    assertThat(bench.connect(blue).run("set", "key", "value")).isEqualTo("OK");
  }

  @Test
  void aHundredThousandKeyspacesFitInAGigabyte() {
    long before = heapAfterCollection();
    for (int i = 0; i < 20_000; i++) {
      BuiltinKeyspace keyspace = engine.open("deployment-" + i);
      Bench.Session client = bench.connect(keyspace);
      client.run("set", "key", "value");
      client.run("get", "key");
      client.run("ping");
      keyspace.leave(client.client());
    }

    long each = (heapAfterCollection() - before) / 20_000;

    assertThat(each).as("bytes of a used keyspace").isLessThan(10_000);
    assertThat(engine.keyspaces()).hasSizeGreaterThanOrEqualTo(20_000);
  }

  private static long heapAfterCollection() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void aKeyOfTheGlobalViewIsSplitAtItsFirstDoubleColon() {
    assertThat(ownPart("blue::key")).isEqualTo(6);
    assertThat(ownPart("blue::ROLES::a")).isEqualTo(6);
    assertThat(ownPart("blue::")).isEqualTo(6);
    assertThat(ownPart("blue:::key")).isEqualTo(6);
    assertThat(ownPart("::key")).isEqualTo(-1);
    assertThat(ownPart("key:a")).isEqualTo(-1);
    assertThat(ownPart("")).isEqualTo(-1);
  }

  private static int ownPart(String key) {
    byte[] bytes = ("?" + key).getBytes(StandardCharsets.UTF_8);
    return Engine.ownPart(bytes, 1, key.length());
  }
}
