package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Newcomers leave a loop that serves others half of its time. */
class ArrivalPacingTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private long time = 1_000_000;
  private long used;
  private long millis = 1_000_000;
  private int letIn;

  private final ArrivalPacing pacing =
      new ArrivalPacing(channel.eventLoop(), () -> time, () -> used, () -> millis);

  ArrivalPacingTest() {
    channel.freezeTime();
  }

  private void othersAreServed() {
    pacing.heardOf(millis - ArrivalPacing.NEW_MILLIS - 1, millis);
  }

  /** One asks to be let in after the loop has worked for so long. */
  private void askAfterWork(long nanos) {
    time += nanos;
    used += nanos;
    pacing.add(() -> letIn++);
  }

  private void rest(long nanos) {
    time += nanos;
    channel.advanceTimeBy(nanos, TimeUnit.NANOSECONDS);
    channel.runScheduledPendingTasks();
  }

  @Test
  void letsTheNextOneInWhenTheLoopHasRestedAsLongAsItHasWorked() {
    othersAreServed();
    askAfterWork(0);
    assertThat(letIn).isEqualTo(1);
    for (int i = 1; i <= 5; i++) {
      askAfterWork(70_000);
      rest(69_000);
      assertThat(letIn).isEqualTo(i);
      rest(1000);
      assertThat(letIn).isEqualTo(i + 1);
    }
  }

  @Test
  void countsWhatTheLoopDoesWhileTheNextOneWaits() {
    othersAreServed();
    askAfterWork(0);
    askAfterWork(40_000);
    rest(10_000);
    time += 30_000;
    used += 30_000;
    rest(0);
    channel.advanceTimeBy(30_000, TimeUnit.NANOSECONDS);
    channel.runScheduledPendingTasks();
    assertThat(letIn).isEqualTo(2);
    askAfterWork(0);
    rest(59_000);
    assertThat(letIn).isEqualTo(2);
    rest(1000);
    assertThat(letIn).isEqualTo(3);
  }

  @Test
  void keepsNobodyWaitingLongWhereOthersKeepTheLoopBusy() {
    othersAreServed();
    askAfterWork(0);
    for (int i = 1; i <= 5; i++) {
      askAfterWork(50_000_000);
      rest(ArrivalPacing.MOST_REST_NANOS);
      assertThat(letIn).isEqualTo(i + 1);
    }
  }

  @Test
  void keepsNobodyWaitingWhereTheLoopHasRestedAnyway() {
    othersAreServed();
    askAfterWork(0);
    for (int i = 1; i <= 5; i++) {
      time += 70_000;
      askAfterWork(70_000);
      assertThat(letIn).isEqualTo(i + 1);
    }
  }

  @Test
  void letsAllInAtOnceWhereOnlyNewcomersAreServed() {
    for (int i = 1; i <= 5; i++) {
      pacing.heardOf(millis - ArrivalPacing.NEW_MILLIS, millis);
      askAfterWork(1_000_000);
      assertThat(letIn).isEqualTo(i);
    }
  }
}
