package io.keyward.engine.builtin.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.memory.MemoryAccount;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class IdTableTest {
  private final MemoryAccount tally = new MemoryAccount();
  private final IdTable table = new IdTable(1, tally);
  private final TreeMap<StreamId, Long> model = new TreeMap<>();

  @Test
  void holdsWhatASortedMapHolds() {
    long seed = System.nanoTime();
    System.out.println("IdTableTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 6; round++) {
      // Rounds of growing and of shrinking, so that chunks split and join.
      int additions = round % 2 == 0 ? 8 : 2;
      for (int step = 0; step < 4000; step++) {
        StreamId id = new StreamId(random.nextInt(40) - 20, random.nextInt(200));
        if (random.nextInt(10) < additions) {
          add(id, random.nextLong());
        } else {
          remove(id);
        }
      }
      check();
    }
    IdTable copy = new IdTable(1, new MemoryAccount());
    table.copyTo(copy);
    copy.validate();
    assertThat(copy.size()).isEqualTo(model.size());
    while (!model.isEmpty()) {
      remove(model.firstKey());
    }
    check();
    table.free();
    assertThat(tally.bytes()).isZero();
  }

  private void add(StreamId id, long value) {
    long place = table.find(id.ms(), id.seq());
    assertThat(place == IdTable.NONE).isEqualTo(!model.containsKey(id));
    if (place == IdTable.NONE) {
      place = table.add(id.ms(), id.seq());
      assertThat(table.number(place, 0)).isZero();
    }
    table.number(place, 0, value);
    model.put(id, value);
  }

  private void remove(StreamId id) {
    long place = table.ceiling(id.ms(), id.seq());
    StreamId ceiling = model.ceilingKey(id);
    if (ceiling == null) {
      assertThat(place).isEqualTo(IdTable.NONE);
      return;
    }
    assertThat(new StreamId(table.ms(place), table.seq(place))).isEqualTo(ceiling);
    table.remove(place);
    model.remove(ceiling);
  }

  private void check() {
    table.validate();
    assertThat(table.size()).isEqualTo(model.size());
    long place = table.first();
    for (Map.Entry<StreamId, Long> entry : model.entrySet()) {
      assertThat(new StreamId(table.ms(place), table.seq(place))).isEqualTo(entry.getKey());
      assertThat(table.number(place, 0)).isEqualTo(entry.getValue());
      place = table.next(place);
    }
    assertThat(place).isEqualTo(IdTable.NONE);
    assertThat(table.last() == IdTable.NONE).isEqualTo(model.isEmpty());
  }
}
