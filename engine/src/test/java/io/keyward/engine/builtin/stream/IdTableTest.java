package io.keyward.engine.builtin.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.memory.MemoryAccount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Ids in order, each with its numbers. */
class IdTableTest {
  /** A table, the account that counts it within that of all, and what must be in it. */
  private record Copy(IdTable table, MemoryAccount tally, TreeMap<StreamId, Long> model) {}

  private final MemoryAccount all = new MemoryAccount();
  private final MemoryAccount tally = new MemoryAccount(all);
  private IdTable table = new IdTable(1, tally);
  private TreeMap<StreamId, Long> model = new TreeMap<>();

  @Test
  void holdsWhatASortedMapHolds() {
    long seed = Long.getLong("test.seed", System.nanoTime());
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
    changeCopiesOfOneAnother(random);
    assertThat(all.bytes()).as("seed %d", seed).isZero();
  }

  private void changeCopiesOfOneAnother(Random random) {
    List<Copy> copies = new ArrayList<>(List.of(new Copy(table, tally, model)));
    for (int step = 0; step < 6000; step++) {
      if (step % 400 == 0 && copies.size() < 5) {
        MemoryAccount counted = new MemoryAccount(all);
        Copy made = new Copy(new IdTable(1, counted), counted, new TreeMap<>(model));
        table.copyTo(made.table);
        copies.add(made);
      }
      take(copies.get(random.nextInt(copies.size())));
      StreamId id = new StreamId(random.nextInt(40) - 20, random.nextInt(200));
      if (random.nextInt(10) < 4 + step / 1000) {
        add(id, random.nextLong());
      } else {
        remove(id);
      }
      if (step % 100 == 0) {
        for (Copy copy : copies) {
          take(copy);
          check();
        }
      }
    }
    while (copies.size() > 1) {
      Copy freed = copies.removeFirst();
      freed.table.free();
      assertThat(freed.tally.bytes()).isZero();
      take(copies.getFirst());
      check();
    }
    while (!model.isEmpty()) {
      remove(model.firstKey());
    }
    check();
    table.free();
  }

  private void take(Copy copy) {
    table = copy.table;
    model = copy.model;
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
