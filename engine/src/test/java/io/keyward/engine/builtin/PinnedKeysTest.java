package io.keyward.engine.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Namespaces;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.KeyspaceTraits;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What reaches over pinned keys and others is as atomic as over either. */
class PinnedKeysTest {
  private final Bench bench =
      new Bench(
          LiveSettings.defaults(),
          "blue",
          prefix -> new KeyspaceTraits(new Namespaces(List.of(), List.of("ROLES"))));
  private final Bench.Session one = bench.session();
  private final Bench.Session other = bench.connect(bench.keyspace());

  @AfterEach
  void everythingIsSound() {
    bench.validate();
  }

  @Test
  void commandsWithSeveralKeysReachOverBoth() {
    one.run("mset", "ROLES:a", "1", "b", "2");
    assertThat(one.run("mget", "ROLES:a", "b")).isEqualTo("[\"1\" \"2\"]");
    assertThat(one.run("msetnx", "ROLES:a", "3", "c", "3")).isEqualTo("0");
    assertThat(one.run("exists", "c")).isEqualTo("0");
    assertThat(one.run("rename", "ROLES:a", "d")).isEqualTo("OK");
    assertThat(one.run("rename", "d", "ROLES:e")).isEqualTo("OK");
    assertThat(one.run("del", "ROLES:e", "b")).isEqualTo("2");
  }

  @Test
  void aTransactionIsOneAndAWatchedPinnedKeyEndsIt() {
    one.run("multi");
    one.run("incr", "ROLES:n");
    one.run("incr", "n");
    assertThat(other.run("mget", "ROLES:n", "n")).isEqualTo("[nil nil]");
    assertThat(one.run("exec")).isEqualTo("[1 1]");
    one.run("watch", "ROLES:n");
    one.run("multi");
    one.run("incr", "n");
    other.run("incr", "ROLES:n");
    assertThat(one.run("exec")).isEqualTo("nil");
    assertThat(one.run("mget", "ROLES:n", "n")).isEqualTo("[\"2\" \"1\"]");
  }

  @Test
  void aScriptReachesOverBoth() {
    String move = "local v = redis.call('GETDEL', KEYS[1]) redis.call('SET', KEYS[2], v) return v";
    one.run("set", "ROLES:a", "x");
    assertThat(one.run("eval", move, "2", "ROLES:a", "b")).isEqualTo("\"x\"");
    assertThat(one.run("eval", move, "2", "b", "ROLES:a")).isEqualTo("\"x\"");
    assertThat(one.run("mget", "ROLES:a", "b")).isEqualTo("[\"x\" nil]");
  }
}
