package io.keyward.engine.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A key keeps what it has when there is no memory for what it is to have. */
class PlacementTest {
  private static final int FIELDS = 1000;

  private final Bench bench = new Bench();
  private final Database database = bench.keyspace().databases().at(0);

  /** A value that there is never memory for a copy of. */
  private static final class Unique implements Held {
    @Override
    public long memoryBytes() {
      return 0;
    }

    @Override
    public Held copy(Database target) {
      throw new OutOfMemoryError("no copy");
    }

    @Override
    public void adopt(MemoryAccount account, BuiltinKeyspace keyspace) {}

    @Override
    public long freeEffort() {
      return 1;
    }

    @Override
    public boolean free(int budget) {
      return true;
    }
  }

  @BeforeEach
  void fill() {
    for (int i = 0; i < FIELDS; i++) {
      bench.run("hset", "h", "field " + i, "value");
    }
    assertThat(bench.line("object encoding h")).isEqualTo("\"hashtable\"");
  }

  private static byte[] name(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private Entry hash() {
    Entry found = database.find(name("h"), 0, 1, 0, database.newView());
    return Objects.requireNonNull(found);
  }

  /** So many bytes of value that no array holds them with the key. */
  private static int tooMany(Entry entry) {
    return Integer.MAX_VALUE - (entry.start() - PagePool.offset(entry.reference()));
  }

  private void theHashIsWhole() {
    assertThat(bench.line("hlen h")).isEqualTo(Integer.toString(FIELDS));
    assertThat(bench.run("hget", "h", "field 999")).isEqualTo("\"value\"");
    bench.validate();
    assertThat(bench.line("del h")).isEqualTo("1");
    bench.pass(1000);
    bench.validate();
    assertThat(bench.keyspace().home().pool().slotMemory()).isZero();
  }

  @Test
  void anotherValueThatThereIsNoMemoryForLeavesTheFormerOne() {
    Entry hash = hash();
    assertThatThrownBy(
            () ->
                database
                    .placement()
                    .overwrite(
                        hash, new Request(), 1, Type.STRING, Encoding.RAW, tooMany(hash), -1))
        .isInstanceOf(OutOfMemoryError.class);
    theHashIsWhole();
  }

  @Test
  void aPackedFormThatThereIsNoMemoryForLeavesTheBigOne() {
    Entry hash = hash();
    assertThatThrownBy(() -> hash.unhold(Encoding.LISTPACK, tooMany(hash)))
        .isInstanceOf(OutOfMemoryError.class);
    theHashIsWhole();
  }

  @Test
  void aCopyThatThereIsNoMemoryForIsNotThere() {
    bench.line("hset small f v");
    Entry small = Objects.requireNonNull(database.find(name("small"), 0, 5, 0, database.newView()));
    small.hold(new Unique(), Encoding.HASHTABLE);
    assertThatThrownBy(() -> Relocation.copy(small, database, name("other"), 0, 5, null))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(bench.line("exists other")).isEqualTo("0");
    assertThat(bench.line("dbsize")).isEqualTo("2");
    bench.validate();
  }
}
