package io.keyward.engine.builtin.generic;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Namespaces;
import io.keyward.config.directive.Directive;
import io.keyward.engine.KeyspaceLimits;
import io.keyward.engine.builtin.Bench;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The commands for keys of every type, and what becomes of keys at their time and at the memory
 * limit.
 */
class KeyCommandsTest {
  private final Bench bench = new Bench();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  @Test
  void keysAreDeletedCountedAndTyped() {
    bench.line("mset a 1 b 2 c 3");
    assertThat(bench.line("exists a a x")).isEqualTo("2");
    assertThat(bench.line("touch a b x")).isEqualTo("2");
    assertThat(bench.line("del a a x")).isEqualTo("1");
    assertThat(bench.line("unlink b c")).isEqualTo("2");
    assertThat(bench.line("type a")).isEqualTo("none");
    bench.line("set a 1");
    assertThat(bench.line("type a")).isEqualTo("string");
    assertThat(bench.line("object encoding a")).isEqualTo("\"int\"");
    assertThat(bench.line("object refcount a")).isEqualTo("1");
    assertThat(bench.line("object idletime a")).isEqualTo("0");
    assertThat(bench.line("object nosuch a"))
        .isEqualTo("!ERR unknown subcommand 'nosuch'. Try OBJECT HELP.");
    assertThat(bench.line("object help")).contains("ENCODING key").startsWith("[OBJECT ");
  }

  @Test
  void aKeyIsRenamedWithItsExpiry() {
    bench.line("set a value EX 100");
    assertThat(bench.line("rename a b")).isEqualTo("OK");
    assertThat(bench.line("get b")).isEqualTo("\"value\"");
    assertThat(bench.line("ttl b")).isEqualTo("100");
    assertThat(bench.line("rename a b")).isEqualTo("!ERR no such key");
    bench.line("set c other");
    assertThat(bench.line("renamenx b c")).isEqualTo("0");
    assertThat(bench.line("rename b c")).isEqualTo("OK");
    assertThat(bench.line("get c")).isEqualTo("\"value\"");
    assertThat(bench.line("rename c c")).isEqualTo("OK");
    assertThat(bench.keyspace().databases().at(0).size()).isEqualTo(1);
    assertThat(bench.keyspace().databases().at(0).expiring()).isEqualTo(1);
  }

  @Test
  void aKeyIsCopiedAndMovedBetweenDatabases() {
    bench.line("set a value PX 100000");
    assertThat(bench.line("copy a b")).isEqualTo("1");
    assertThat(bench.line("copy a b")).isEqualTo("0");
    assertThat(bench.line("copy a b REPLACE")).isEqualTo("1");
    assertThat(bench.line("copy a a"))
        .isEqualTo("!ERR source and destination objects are the same");
    assertThat(bench.line("copy a a DB 3")).isEqualTo("1");
    assertThat(bench.line("copy a a DB 99")).isEqualTo("!ERR DB index is out of range");
    assertThat(bench.line("move a 3")).isEqualTo("0");
    assertThat(bench.line("move a 4")).isEqualTo("1");
    assertThat(bench.line("exists a")).isEqualTo("0");
    assertThat(bench.keyspace().databases().at(4).size()).isEqualTo(1);
    assertThat(bench.keyspace().databases().at(4).expiring()).isEqualTo(1);
    assertThat(bench.line("move b 0"))
        .isEqualTo("!ERR source and destination objects are the same");
  }

  @Test
  void expiryIsSetUnderConditions() {
    bench.line("set k v");
    assertThat(bench.line("ttl k")).isEqualTo("-1");
    assertThat(bench.line("ttl none")).isEqualTo("-2");
    assertThat(bench.line("expire k 100 XX")).isEqualTo("0");
    assertThat(bench.line("expire k 100 GT")).isEqualTo("0");
    assertThat(bench.line("expire k 100 NX")).isEqualTo("1");
    assertThat(bench.line("expire k 200 NX")).isEqualTo("0");
    assertThat(bench.line("expire k 50 GT")).isEqualTo("0");
    assertThat(bench.line("expire k 200 GT")).isEqualTo("1");
    assertThat(bench.line("expire k 50 LT")).isEqualTo("1");
    assertThat(bench.line("expire k 10 NX GT"))
        .isEqualTo("!ERR NX and XX, GT or LT options at the same time are not compatible");
    assertThat(bench.line("expire k 10 GT LT"))
        .isEqualTo("!ERR GT and LT options at the same time are not compatible");
    assertThat(bench.line("expire k 10 AB")).isEqualTo("!ERR Unsupported option AB");
    assertThat(bench.line("expire k 9223372036854775807"))
        .isEqualTo("!ERR invalid expire time in 'expire' command");
    assertThat(bench.line("set old v")).isEqualTo("OK");
    assertThat(bench.line("pexpire old -9223372036854775808")).isEqualTo("1");
    assertThat(bench.line("exists old")).isEqualTo("0");
    assertThat(bench.line("set old v")).isEqualTo("OK");
    assertThat(bench.line("pexpireat old -9223372036854775808")).isEqualTo("1");
    assertThat(bench.line("exists old")).isEqualTo("0");
    assertThat(bench.line("expireat k 33177117420")).isEqualTo("1");
    assertThat(bench.line("expiretime k")).isEqualTo("33177117420");
    assertThat(bench.line("persist k")).isEqualTo("1");
    assertThat(bench.line("persist k")).isEqualTo("0");
    assertThat(bench.line("get k")).isEqualTo("\"v\"");
    assertThat(bench.line("expire k -1")).isEqualTo("1");
    assertThat(bench.line("exists k")).isEqualTo("0");
  }

  @Test
  void keysPastTheirTimeGoWithoutBeingAskedFor() throws InterruptedException {
    for (int i = 0; i < 5000; i++) {
      bench.run("set", "k" + i, "v", "PX", i % 2 == 0 ? "1" : "1000000");
    }
    Thread.sleep(5);
    bench.pass(1000);
    assertThat(bench.keyspace().databases().at(0).size()).isEqualTo(2500);
    assertThat(bench.keyspace().statistics().expiredKeys()).isEqualTo(2500);
  }

  @Test
  void scanAndKeysFindWhatMatches() {
    for (int i = 0; i < 1000; i++) {
      bench.line("set key:" + i + " v");
      bench.line("set other:" + i + " v");
    }
    Set<String> seen = new HashSet<>();
    String cursor = "0";
    do {
      String reply = bench.line("scan " + cursor + " MATCH key:* COUNT 50");
      String[] parts = reply.replaceAll("[\\[\\]\"]", "").split(" ");
      cursor = parts[0];
      seen.addAll(Arrays.asList(parts).subList(1, parts.length));
    } while (!cursor.equals("0"));
    seen.remove("");
    assertThat(seen).hasSize(1000);
    assertThat(bench.line("keys key:99?").split(" ")).hasSize(10);
    assertThat(bench.line("scan 0 TYPE list COUNT 100000")).isEqualTo("[\"0\" []]");
    assertThat(bench.line("scan x")).isEqualTo("!ERR invalid cursor");
    assertThat(bench.line("scan 0 COUNT 0")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("randomkey")).contains(":");
  }

  @Test
  void writesAreRefusedOrKeysEvictedAtTheMemoryLimit() throws Exception {
    bench.settings().set(Directive.MAXMEMORY, "1000000");
    int written = 0;
    while (bench.line("set k" + written + " " + "x".repeat(100)).equals("OK")) {
      written++;
    }
    assertThat(written).isBetween(4000, 9000);
    assertThat(bench.line("set more v"))
        .isEqualTo("!OOM command not allowed when used memory > 'maxmemory'.");
    assertThat(bench.line("get k0")).contains("x");
    for (String policy : new String[] {"allkeys-random", "allkeys-lru", "allkeys-lfu"}) {
      bench.settings().set(Directive.MAXMEMORY_POLICY, policy);
      for (int i = 0; i < 500; i++) {
        assertThat(bench.line("set " + policy + i + " " + "x".repeat(100))).isEqualTo("OK");
      }
      assertThat(bench.keyspace().usedBytes()).isLessThan(1_001_000);
    }
    bench.settings().set(Directive.MAXMEMORY_POLICY, "volatile-ttl");
    assertThat(bench.line("set last v EX 100")).startsWith("!OOM");
    assertThat(bench.line("expire k" + (written - 1) + " 100")).isIn("0", "1");
  }

  @Test
  void pinnedKeysStayWhenOthersAreEvicted() throws Exception {
    bench.keyspace().pins().set(new Namespaces(List.of(), List.of("ROLES")), KeyspaceLimits.NONE);
    bench.settings().set(Directive.MAXMEMORY, "200000");
    bench.settings().set(Directive.MAXMEMORY_POLICY, "allkeys-lru");
    for (int i = 0; i < 200; i++) {
      bench.line("set ROLES:" + i + " v");
      bench.line("set lc::ROLES:" + i + " v");
    }
    for (int i = 0; i < 5000; i++) {
      assertThat(bench.line("set other:" + i + " " + "x".repeat(100))).isEqualTo("OK");
    }
    for (int i = 0; i < 200; i++) {
      assertThat(bench.line("exists ROLES:" + i + " lc::ROLES:" + i)).isEqualTo("2");
    }
    assertThat(bench.keyspace().usedBytes()).isLessThan(210_000 + bench.keyspace().pins().bytes());
  }

  @Test
  void whatIsDeletedAlreadyIsFreedBeforeAnythingIsEvicted() throws Exception {
    bench.line("set keep v");
    for (int i = 0; i < 5000; i++) {
      bench.line("hset big " + i + " " + "x".repeat(100));
    }
    bench.settings().set(Directive.MAXMEMORY, "100000");
    bench.settings().set(Directive.MAXMEMORY_POLICY, "allkeys-random");
    bench.line("del big");
    assertThat(bench.line("set more v")).isEqualTo("OK");
    assertThat(bench.line("exists keep more")).isEqualTo("2");
  }
}
