package io.keyward.engine.builtin.appendonly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.SmallHeap;
import io.keyward.engine.builtin.propagation.EffectStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * Memory may run out while the stream of effects is written: it holds whole commands all the same.
 */
class MissingMemoryTest {
  /** More than any array holds. */
  private static final int TOO_LONG = Integer.MAX_VALUE - 10_000;

  private final Bench bench = new Bench(LiveSettings.defaults());
  private final EffectStream stream = bench.keyspace().home().effects();
  private final RecordingSink sink = new RecordingSink();

  private void set(String key) {
    stream.begin(0, 3);
    stream.argument("SET");
    stream.argument(key);
    stream.argument("value");
  }

  @Test
  void aCommandThatThereIsNoMemoryForIsLeftOutAsAWhole() throws IOException {
    stream.attach(sink, true);
    stream.beginUnit();
    set("a");
    stream.begin(3, 3);
    stream.argument("HSET");
    stream.argument("h");
    assertThatThrownBy(() -> stream.argument(new byte[8], 0, TOO_LONG))
        .isInstanceOf(OutOfMemoryError.class);
    set("b");
    stream.endUnit();
    stream.handOver();
    assertThat(sink.commands()).containsExactly("MULTI", "SELECT 0", "SET a", "SET b", "EXEC");
    assertThat(sink.missing).isEqualTo(1);
  }

  @Test
  void ofACommandWithAVeryLongArgumentNothingIsLeftEither() throws Exception {
    assertThat(SmallHeap.run(FullHeap.class))
        .isEqualTo("true 1 [MULTI, SELECT 0, SET before, SET after, EXEC]");
  }

  @Test
  void whatCannotBeHandedOverIsHandedOverLaterAndOnce() throws IOException {
    stream.attach(sink, true);
    sink.full = true;
    set("a");
    stream.endEffect();
    bench.pass(3);
    assertThatThrownBy(stream::handOver).isInstanceOf(OutOfMemoryError.class);
    set("b");
    stream.endEffect();
    bench.pass(3);
    assertThat(sink.commands()).isEmpty();
    sink.full = false;
    stream.tend();
    assertThat(sink.commands()).containsExactly("SELECT 0", "SET a", "SET b");
    assertThat(sink.position).isEqualTo(stream.position()).isEqualTo(sink.bytes.size());
    assertThat(sink.missing).isZero();
  }

  @Test
  void aCommandWhoseEffectsFindNoMemoryIsNotAcknowledged() throws IOException {
    stream.attach(sink, true);
    Bench.Session caller = bench.connect();
    String value = "x".repeat(200_000);
    sink.full = true;
    caller.run("multi");
    for (int i = 0; i < 400; i++) {
      caller.run("hset", "h", "f" + i, value);
    }
    String answers = caller.run("exec");
    int refused = answers.split("OOM command needs more memory than there is", -1).length - 1;
    assertThat(refused).isBetween(1, 399);
    assertThat(sink.missing).isPositive();
    sink.full = false;
    assertThat(caller.run("set", "after", "1")).isEqualTo("OK");
    bench.pass(3);
    int written = 0;
    for (String command : sink.commands()) {
      written += command.equalsIgnoreCase("hset h") ? 1 : 0;
    }
    assertThat(written).isEqualTo(400 - refused);
    assertThat(sink.commands()).last().isEqualTo("set after");
  }
}
