package io.keyward.engine.builtin.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The streams of several homes on their way into one. */
class ReplicatedStreamTest {
  private static final int KEPT = 1024;

  private final List<String> sent = new ArrayList<>();
  private final List<Long> numbers = new ArrayList<>();
  private final ReplicatedStream stream =
      new ReplicatedStream(
          new ReplicatedStream.Receivers() {
            @Override
            public boolean anyMissesSome() {
              return true;
            }

            @Override
            public boolean send(byte[] bytes, int home, long number) {
              sent.add(new String(bytes, StandardCharsets.US_ASCII));
              numbers.add(number);
              return false;
            }
          });

  private void take(int home, String text, boolean whole) {
    stream.take(home, text.getBytes(StandardCharsets.US_ASCII), whole, 0);
  }

  @Test
  void aUnitIsNotDividedByWhatOtherHomesDo() {
    stream.gather(KEPT);
    take(0, "a1", false);
    take(1, "b1", true);
    take(0, "a2", true);
    take(1, "b2", true);
    assertThat(sent).containsExactly("a1", "a2", "b1", "b2");
  }

  @Test
  void whatAHomeHasDoneStaysInItsOrderWhenItHasWaitedForTwoUnits() {
    stream.gather(KEPT);
    take(0, "a1", false);
    take(1, "b1", false);
    take(2, "c1", true);
    take(1, "b2", true);
    take(0, "a2", true);
    take(2, "c2", true);
    assertThat(sent).containsExactly("a1", "a2", "b1", "b2", "c1", "c2");
  }

  @Test
  void unitsThatHaveWaitedComeOneAfterTheOther() {
    stream.gather(KEPT);
    take(0, "a1", false);
    take(1, "b1", false);
    take(2, "c1", false);
    take(2, "c2", true);
    take(0, "a2", true);
    assertThat(sent).containsExactly("a1", "a2", "b1");
    take(0, "a3", true);
    take(1, "b2", true);
    assertThat(sent).containsExactly("a1", "a2", "b1", "b2", "c1", "c2", "a3");
  }

  @Test
  void aPieceThatHasWaitedIsKnownAsOlderThanASnapshotThatWasTakenMeanwhile() {
    stream.gather(KEPT);
    take(0, "a1", false);
    take(1, "b1", true);
    long snapshot = stream.nextPiece();
    take(1, "b2", true);
    take(0, "a2", true);
    assertThat(sent).containsExactly("a1", "a2", "b1", "b2");
    assertThat(numbers.get(2)).isLessThan(snapshot);
    assertThat(numbers.get(3)).isEqualTo(snapshot);
  }

  @Test
  void whatWaitsWhenTheStreamIsBrokenOffHoldsNobodyUpLater() {
    stream.gather(KEPT);
    take(0, "a1", false);
    take(1, "b1", true);
    stream.breakOff();
    take(1, "b2", true);
    assertThat(sent).containsExactly("a1", "b2");
  }

  @Test
  void aUnitThatGoesOnWhenNothingIsGatheredAnyMoreHoldsNobodyUpLater() {
    stream.gather(KEPT);
    take(0, "a1", false);
    take(1, "b1", true);
    stream.end();
    take(0, "a2", true);
    stream.gather(KEPT);
    take(1, "b2", true);
    assertThat(sent).containsExactly("a1", "b2");
  }
}
