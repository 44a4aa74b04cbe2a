package io.keyward.engine.builtin.propagation;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.bytes.PieceArrays;
import io.keyward.engine.bytes.Pieces;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Arguments that together are more than one array can hold. */
class LongArgumentsTest {
  private static final int LONG = 1_200_000_000;

  @Test
  void theSinkTakesThemOnceAndWhoFollowsLearnsThatTheyAreMissing() {
    EffectStream stream = new Bench(LiveSettings.defaults()).keyspace().home().effects();
    List<Long> positions = new ArrayList<>();
    List<Integer> seen = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    stream.attach((bytes, length, among, position) -> positions.add(position), true);
    stream.follow(
        new EffectFollower() {
          @Override
          public void see(byte[] bytes, int length, boolean whole, int database, boolean noted) {
            seen.add(length);
          }

          @Override
          public void missing() {
            missing.add("some");
          }
        },
        true);
    Pieces zeros = new Pieces(PieceArrays.UNKEPT);
    zeros.appendZeros(LONG);
    stream.beginUnit();
    stream.begin(0, 5);
    stream.argument("MSET");
    for (String key : List.of("one", "other")) {
      stream.argument(key);
      stream.argument(zeros);
    }
    stream.endUnit();
    stream.handOver();
    stream.begin(0, 1);
    stream.argument("PING");
    stream.endEffect();
    stream.handOver();
    assertThat(positions).hasSize(2);
    assertThat(positions.getFirst()).isGreaterThan(2L * LONG);
    assertThat(positions.getLast() - positions.getFirst()).isEqualTo(14);
    assertThat(missing).hasSize(1);
    assertThat(seen).containsExactly(14);
  }
}
