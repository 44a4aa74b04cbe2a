package io.keyward.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.Bench;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose turn it is on a loop that goes round when the test says so. */
class TurnsTest {
  private static final int MANY = 10_000;

  private final Bench bench = new Bench();
  private final Turns turns = bench.keyspace().home().loop().turns();
  private final List<String> done = new ArrayList<>();

  private void begins(String owner, int times) {
    for (int i = 0; i < times; i++) {
      turns.begins(owner);
    }
  }

  private void add(String owner, String name) {
    turns.add(owner, () -> done.add(name));
  }

  private void goRoundUntilNothingWaits() {
    bench.pass(10);
  }

  @Test
  void whoSharesTheLoopComesAfterItsOwnSlices() {
    begins("blue", MANY);
    turns.begins("green");
    turns.begins("blue");
    add("blue", "slice");
    assertThat(turns.waits("blue")).isTrue();
    assertThat(turns.waits("green")).isFalse();
    turns.alternate("blue");
    assertThat(done).isEmpty();
    goRoundUntilNothingWaits();
    assertThat(done).containsExactly("slice");
    assertThat(turns.waits("blue")).isFalse();
  }

  @Test
  void whoIsAloneNeedNotWaitAndItsSlicesAlternateWithTheRest() {
    begins("blue", MANY);
    add("blue", "first");
    add("blue", "second");
    assertThat(turns.waits("blue")).isFalse();
    turns.alternate("blue");
    assertThat(done).containsExactly("first");
    turns.alternate("blue");
    turns.alternate("blue");
    assertThat(done).containsExactly("first", "second");
    goRoundUntilNothingWaits();
    assertThat(done).containsExactly("first", "second");
  }

  @Test
  void whoIsAloneWaitsAsSoonAsAnotherHasSlices() {
    begins("blue", MANY);
    add("blue", "blue's");
    add("green", "green's");
    assertThat(turns.waits("blue")).isTrue();
    turns.alternate("blue");
    assertThat(done).isEmpty();
  }

  @Test
  void ownersFollowOneAnotherHoweverManySlicesOneHas() {
    for (int i = 1; i <= 3; i++) {
      add("blue", "blue " + i);
    }
    add("green", "green 1");
    goRoundUntilNothingWaits();
    assertThat(done).containsExactly("blue 1", "green 1", "blue 2", "blue 3");
  }
}
