package io.keyward.engine.builtin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.observation.LatencyEvent;
import io.keyward.engine.builtin.observation.Observation;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** LATENCY: events from a threshold on, their graph, the doctor and histograms. */
class LatencyCommandsTest {
  private static final long MILLISECOND = 1_000_000;

  private final Bench bench = new Bench();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  private Observation observation() {
    return bench.keyspace().observation();
  }

  private void monitorFrom(long milliseconds) throws RefusedException {
    bench.settings().set(Directive.LATENCY_MONITOR_THRESHOLD, Long.toString(milliseconds));
  }

  @Test
  void onlyEventsFromTheThresholdOnAreKept() throws RefusedException {
    observation().event("expire-cycle", 1000 * MILLISECOND);
    monitorFrom(20_000);
    observation().event("expire-cycle", 20_000 * MILLISECOND - 1);
    assertThat(bench.line("latency latest")).isEqualTo("[]");
    observation().event("expire-cycle", 20_000 * MILLISECOND);
    assertThat(bench.line("latency latest")).matches("\\[\\[\"expire-cycle\" \\d+ 20000 20000]]");
    assertThat(bench.line("latency history expire-cycle")).matches("\\[\\[\\d+ 20000]]");
    assertThat(bench.line("latency history other")).isEqualTo("[]");
  }

  @Test
  void slowAndFastCommandsAreEventsOfTheirOwn() throws RefusedException {
    monitorFrom(1);
    observation().finished(request("get"), bench.keyspace().table().find("get"), 5 * MILLISECOND);
    observation().finished(request("keys"), bench.keyspace().table().find("keys"), 7 * MILLISECOND);
    assertThat(bench.line("latency latest"))
        .contains("\"fast-command\"", " 5 5]", "\"command\"", " 7 7]");
  }

  private Request request(String name) {
    Request request = new Request();
    byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
    request.begin(bytes);
    request.add(0, bytes.length);
    request.client(bench.session().client());
    return request;
  }

  @Test
  void resetForgetsEventsInAnyCase() throws RefusedException {
    monitorFrom(10_000);
    observation().event("expire-cycle", 10_000 * MILLISECOND);
    observation().event("eviction-cycle", 10_000 * MILLISECOND);
    assertThat(bench.line("latency reset nosuch")).isEqualTo("0");
    assertThat(bench.line("latency reset EXPIRE-cycle nosuch")).isEqualTo("1");
    assertThat(bench.line("latency latest")).contains("eviction-cycle").doesNotContain("expire");
    assertThat(bench.line("latency reset")).isEqualTo("1");
    assertThat(bench.line("latency latest")).isEqualTo("[]");
  }

  @Test
  void aSecondKeepsItsWorstSampleAndTheLast160SecondsAreKept() {
    LatencyEvent event = new LatencyEvent();
    event.add(10, 5);
    event.add(10, 9);
    event.add(10, 7);
    assertThat(event.size()).isOne();
    assertThat(event.duration(0)).isEqualTo(9);
    for (int second = 11; second <= 200; second++) {
      event.add(second, second % 5 + 1);
    }
    assertThat(event.size()).isEqualTo(160);
    assertThat(event.time(0)).isEqualTo(41);
    assertThat(event.time(159)).isEqualTo(200);
    assertThat(event.worst()).isEqualTo(9);
    assertThat(event.highest()).isEqualTo(5);
    assertThat(event.lowest()).isEqualTo(1);
    assertThat(event.mean()).isEqualTo(3);
  }

  @Test
  void theGraphRisesWithTheSamplesAndShowsTheirAge() {
    LatencyEvent event = new LatencyEvent();
    event.add(1000, 10);
    event.add(1030, 15);
    event.add(1090, 20);
    assertThat(LatencyGraph.of("command", event, 1100))
        .isEqualTo(
            "command - high 20 ms, low 10 ms (all time high 20 ms)\n"
                + "-".repeat(80)
                + "\n  #\n _|\n ||\n_||\n   \n111\nmm0\n  s\n");
  }

  @Test
  void aGraphWithoutSamplesIsRefused() {
    assertThat(bench.line("latency graph nosuch"))
        .isEqualTo("!ERR No samples available for event 'nosuch'");
  }

  @Test
  void theDoctorDescribesWhatWasSeen() throws RefusedException {
    assertThat(bench.line("latency doctor")).contains("latency-monitor-threshold");
    monitorFrom(10_000);
    assertThat(bench.line("latency doctor")).contains("Nothing has taken 10000 ms");
    observation().event("expire-cycle", 12_000 * MILLISECOND);
    observation().event("command", 13_000 * MILLISECOND);
    assertThat(bench.line("latency doctor"))
        .contains(
            "1. expire-cycle: 1 latency spikes (average 12000ms", "2. command", "SLOWLOG GET");
  }

  @Test
  void histogramsAreKeptForEachCommandCalled() {
    bench.keyspace().observation().times().clear();
    bench.line("set a b");
    bench.line("set c d");
    bench.line("client id");
    bench.line("get");
    assertThat(bench.line("latency histogram set"))
        .matches("\\[\"set\" \\[\"calls\" 2 \"histogram_usec\" \\[.* 2]]]");
    assertThat(bench.line("latency histogram client"))
        .startsWith("[\"client|id\" [\"calls\" 1 \"histogram_usec\"");
    assertThat(bench.line("latency histogram CLIENT|ID nosuch nosuch|too get client|nosuch"))
        .startsWith("[\"client|id\"")
        .doesNotContain("nosuch", "get");
    assertThat(bench.line("latency histogram"))
        .contains("\"set\"", "\"client|id\"", "\"latency|histogram\"")
        .doesNotContain("\"get\"");
  }

  @Test
  void nothingIsTrackedWhenThatIsSwitchedOff() throws RefusedException {
    bench.settings().set(Directive.LATENCY_TRACKING, "no");
    bench.line("set a b");
    assertThat(bench.line("latency histogram")).isEqualTo("[]");
  }
}
