package io.keyward.engine.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A loop that once had no memory for a task: what was to be done is done all the same, later. */
class RefusedTasksTest {
  private static final int MANY = 2_000;

  private final LiveSettings settings = LiveSettings.defaults();
  private final Bench bench = new Bench(settings);
  private final List<String> done = new ArrayList<>();

  private void addBigSet(String key) {
    for (int i = 0; i < MANY; i++) {
      bench.run("sadd", key, "member " + i);
    }
  }

  @Test
  void whatIsDeletedMeanwhileIsGoneForTheClientAndFreedLater() {
    addBigSet("a");
    addBigSet("b");
    bench.pass(10);
    bench.refuse(1);
    assertThat(bench.line("del a")).isEqualTo("1");
    assertThat(bench.line("exists a")).isEqualTo("0");
    assertThat(bench.line("del b")).isEqualTo("1");
    bench.pass(1_000);
    assertThat(bench.keyspace().home().freeing().pending()).isZero();
    assertThat(bench.keyspace().home().pool().slotMemory()).isZero();
    bench.validate();
  }

  @Test
  void whoWaitsForItsRateGoesOn() {
    Throttle throttle = new Throttle(bench.keyspace(), new Limits(bench.keyspace()));
    bench.refuse(1);
    throttle.await(() -> done.add("first"));
    throttle.await(() -> done.add("second"));
    bench.pass(2_000);
    assertThat(done).containsExactly("first", "second");
  }

  @Test
  void aHomeThatCouldNotBeAskedForRoomIsAskedAgain() {
    List<Runnable> tasks = new ArrayList<>();
    UsedMemory memory =
        new UsedMemory(
            task -> {
              if (done.isEmpty()) {
                throw new OutOfMemoryError();
              }
              tasks.add(task);
            },
            () -> done.add("relieved"));
    assertThatThrownBy(memory::ask).isInstanceOf(OutOfMemoryError.class);
    done.add("memory again");
    memory.ask();
    tasks.forEach(Runnable::run);
    assertThat(done).containsExactly("memory again", "relieved");
  }

  @Test
  void aKeyspaceThatCouldNotBeAskedForRoomIsAskedAgain() throws RefusedException {
    settings.set(Directive.MAXMEMORY_POLICY, "allkeys-random");
    for (int i = 0; i < 100; i++) {
      bench.run("set", "key " + i, "value");
    }
    BuiltinKeyspace keyspace = bench.keyspace();
    EvictingAllotment keys =
        new EvictingAllotment(
            keyspace, EvictingAllotment.Unit.KEYS, () -> keyspace.databases().keys());
    bench.refuse(1);
    assertThatThrownBy(() -> keys.limit(10, null)).isInstanceOf(OutOfMemoryError.class);
    bench.refuse(1);
    assertThatThrownBy(keys::ask).isInstanceOf(OutOfMemoryError.class);
    keys.ask();
    bench.pass(100);
    assertThat(bench.line("dbsize")).isEqualTo("10");
  }
}
