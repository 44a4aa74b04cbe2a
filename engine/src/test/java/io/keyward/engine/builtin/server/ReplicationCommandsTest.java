package io.keyward.engine.builtin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.Bench;
import org.junit.jupiter.api.Test;

/** The answers of a master without replicas, and of a server without modules. */
class ReplicationCommandsTest {
  private final Bench bench = new Bench();

  @Test
  void waitEndsWithItsTime() {
    assertThat(bench.line("wait 0 0")).isEqualTo("0");
    assertThat(bench.line("wait 1 100")).isEmpty();
    bench.pass(99);
    assertThat(bench.session().take()).isEmpty();
    bench.pass(2);
    assertThat(bench.session().take()).isEqualTo("0");
    assertThat(bench.line("wait 1 -1")).isEqualTo("!ERR timeout is negative");
    assertThat(bench.line("wait 1 x")).isEqualTo("!ERR timeout is not an integer or out of range");
  }

  @Test
  void waitDoesNotWaitInATransactionAndEndsByUnblock() {
    bench.line("multi");
    bench.line("wait 1 0");
    assertThat(bench.line("exec")).isEqualTo("[0]");
    Bench.Session waiting = bench.connect();
    assertThat(waiting.run("wait", "1", "0")).isEmpty();
    assertThat(bench.run("client", "unblock", Long.toString(waiting.client().id()))).isEqualTo("1");
    assertThat(waiting.take()).isEqualTo("0");
  }

  @Test
  void rolesAndFailover() {
    assertThat(bench.line("role")).isEqualTo("[\"master\" 0 []]");
    assertThat(bench.line("replicaof no one")).isEqualTo("OK");
    assertThat(bench.line("slaveof 127.0.0.1 6379"))
        .startsWith("!ERR The gateway replicates from no other server.");
    assertThat(bench.line("failover")).isEqualTo("!ERR FAILOVER requires connected replicas.");
    assertThat(bench.line("failover to host 1 force timeout 5"))
        .isEqualTo("!ERR FAILOVER requires connected replicas.");
    assertThat(bench.line("failover abort")).isEqualTo("!ERR No failover in progress.");
    assertThat(bench.line("failover nonsense")).isEqualTo("!ERR syntax error");
  }

  @Test
  void thereAreNoModules() {
    assertThat(bench.line("module list")).isEqualTo("[]");
    assertThat(bench.line("module load /x.so")).startsWith("!ERR Error loading the extension.");
    assertThat(bench.line("module unload x"))
        .isEqualTo("!ERR Error unloading module: no such module with that name");
  }

  @Test
  void lolwutDrawsSomething() {
    assertThat(bench.line("lolwut")).contains("Redis ver. 7.2.6");
    assertThat(bench.line("lolwut version 5 3").lines().findFirst().orElseThrow()).hasSize(1 + 9);
    assertThat(bench.line("lolwut version x")).startsWith("!ERR value is not an integer");
    assertThat(bench.line("lolwut nonsense")).isEqualTo("!ERR syntax error");
  }

  @Test
  void memoryIsToldOf() {
    bench.line("set k v");
    assertThat(bench.line("memory stats")).contains("\"keys.count\" 1 ", "\"heap.used\" ");
    assertThat(bench.line("memory doctor")).contains("too little to tell");
    assertThat(bench.line("memory malloc-stats")).contains("slots in use", "Collections");
    assertThat(bench.line("memory purge")).isEqualTo("OK");
    for (int i = 0; i < 3; i++) {
      bench.run("set", "big" + i, "x".repeat(3 << 20));
    }
    assertThat(bench.line("memory doctor")).contains("maxmemory is 0");
    bench.validate();
  }
}
