package io.keyward.engine.builtin.appendonly;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.appendonly.RewriteSchedule.Phase;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is told of the rewrites of a log while one waits, runs or follows another. */
class RewriteScheduleTest {
  private final RewriteSchedule schedule = new RewriteSchedule();

  @Test
  void tellsOfWhatWaitsItsTurnAndOfWhatIsUnderWay() {
    assertThat(schedule.phase()).isEqualTo(new Phase(false, false));
    schedule.begins(false);
    assertThat(schedule.phase()).isEqualTo(new Phase(false, true));
    schedule.hasTurn();
    assertThat(schedule.phase()).isEqualTo(new Phase(true, false));
    schedule.wait(true);
    assertThat(schedule.phase()).isEqualTo(new Phase(true, true));
    schedule.ends(true);
    assertThat(schedule.phase()).isEqualTo(new Phase(false, true));
    schedule.begins(true);
    schedule.abandoned();
    assertThat(schedule.phase()).isEqualTo(new Phase(false, false));
  }

  /** INFO says that nothing is going on, on which operators wait, only if that is so. */
  @Test
  void whoeverLooksWhileOneRewriteFollowsAnotherSeesOneOfThem() throws InterruptedException {
    schedule.begins(true);
    AtomicInteger looks = new AtomicInteger();
    Thread rewriting =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (looks.get() < 1_000_000) {
                    schedule.wait(true);
                    schedule.ends(true);
                    schedule.begins(false);
                    schedule.hasTurn();
                  }
                });
    int idle = 0;
    while (looks.incrementAndGet() < 1_000_000) {
      Phase seen = schedule.phase();
      idle += seen.underWay() || seen.scheduled() ? 0 : 1;
    }
    rewriting.join();
    assertThat(idle).isZero();
  }
}
