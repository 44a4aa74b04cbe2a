package io.keyward.engine.builtin.observation;

import io.keyward.engine.command.Command;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A histogram for each command that has been called while {@code latency-tracking} was on. */
public final class CommandTimes {
  private @Nullable TimeHistogram[] histograms = {};

  void record(Command command, long nanos) {
    int index = command.index();
    TimeHistogram histogram = index < histograms.length ? histograms[index] : null;
    if (histogram == null) {
      histogram = add(index);
    }
    histogram.record(nanos);
  }

  private TimeHistogram add(int index) {
    if (index >= histograms.length) {
      histograms = Arrays.copyOf(histograms, Math.max(index + 1, histograms.length * 2));
    }
    TimeHistogram added = new TimeHistogram();
    histograms[index] = added;
    return added;
  }

  /** The times of a command that has been called, or null. */
  public @Nullable TimeHistogram of(Command command) {
    int index = command.index();
    return index < histograms.length ? histograms[index] : null;
  }

  /** Whether there is anything to tell about a command. */
  public boolean known(Command command) {
    return of(command) != null;
  }

  /** The microseconds within which {@code percentile} of 100 calls of a command ended. */
  public double microsAtPercentile(Command command, double percentile) {
    TimeHistogram histogram = of(command);
    return histogram == null ? 0 : histogram.atPercentile(percentile) / 1000.0;
  }

  /** Forgets everything. */
  public void clear() {
    Arrays.fill(histograms, null);
  }
}
