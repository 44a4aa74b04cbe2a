package io.keyward.engine.builtin.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Held;
import io.keyward.engine.builtin.NewValue;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.memory.MemoryAccount;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a snapshot brings to a home before it has been installed there. */
class ArrivalsTest {
  /** A value that knows how often it has been freed. */
  private static final class Counted implements Held {
    int freed;

    @Override
    public long memoryBytes() {
      return 0;
    }

    @Override
    public Held copy(Database target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void adopt(MemoryAccount account, BuiltinKeyspace keyspace) {}

    @Override
    public long freeEffort() {
      return 1;
    }

    @Override
    public boolean free(int budget) {
      freed++;
      return true;
    }
  }

  @Test
  void whatStandsBehindOneThatCannotBeInstalledIsGivenBackOnce() {
    Bench bench = new Bench();
    Database database = bench.keyspace().databases().at(0);
    List<NewValue> installed = new ArrayList<>();
    Arrivals arrivals =
        new Arrivals(
            arrival -> {
              if (installed.size() == 2) {
                arrival.value().discard(arrival.database());
                throw new IllegalStateException("the third cannot be installed");
              }
              installed.add(arrival.value());
            });
    List<Counted> values = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Counted value = new Counted();
      values.add(value);
      NewValue made = NewValue.held(Type.STRING, Encoding.PIECES, value);
      arrivals.next(database, made).key = new byte[] {(byte) i};
    }
    assertThatThrownBy(arrivals::install).hasMessage("the third cannot be installed");
    bench.pass(1000);
    assertThat(values).extracting(value -> value.freed).containsExactly(0, 0, 1, 1, 1, 1);
    arrivals.install();
    bench.pass(1000);
    assertThat(installed).hasSize(2);
    assertThat(values).extracting(value -> value.freed).containsExactly(0, 0, 1, 1, 1, 1);
  }
}
