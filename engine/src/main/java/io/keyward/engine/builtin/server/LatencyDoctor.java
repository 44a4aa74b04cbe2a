package io.keyward.engine.builtin.server;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.builtin.observation.LatencyEvent;
import io.keyward.engine.builtin.observation.LatencyEvents;
import io.keyward.engine.builtin.observation.Observation;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Says in words what the latency events are and what may be done about them. */
final class LatencyDoctor {
  private final LatencyEvents events;
  private final LiveSettings live;
  private final Set<String> advice = new LinkedHashSet<>();

  LatencyDoctor(LatencyEvents events, LiveSettings live) {
    this.events = events;
    this.live = live;
  }

  /**
   * The report.
   *
   * @param now seconds since 1970
   */
  String report(long now) {
    long threshold = live.number(Directive.LATENCY_MONITOR_THRESHOLD);
    if (events.all().isEmpty()) {
      return threshold == 0
          ? "Latency is not monitored. CONFIG SET latency-monitor-threshold <milliseconds> begins"
              + " to record what takes that long.\n"
          : "Nothing has taken " + threshold + " ms or longer.\n";
    }
    StringBuilder text = new StringBuilder("What has held this keyspace up:\n\n");
    int number = 0;
    for (Map.Entry<String, LatencyEvent> entry : events.all().entrySet()) {
      number++;
      describe(number, entry.getKey(), entry.getValue(), now, text);
      advise(entry.getKey(), threshold);
    }
    text.append("\nWhat may help:\n\n");
    for (String line : advice) {
      text.append("- ").append(line).append('\n');
    }
    return text.toString();
  }

  private static void describe(
      int number, String name, LatencyEvent event, long now, StringBuilder text) {
    double period = Math.max(1, now - event.time(0)) / (double) event.size();
    text.append(number)
        .append(". ")
        .append(name)
        .append(": ")
        .append(event.size())
        .append(" latency spikes (average ")
        .append(event.mean())
        .append("ms, mean deviation ")
        .append(event.meanDeviation())
        .append("ms, period ")
        .append(String.format(Locale.ROOT, "%.2f", period))
        .append(" sec). Worst all time event ")
        .append(event.worst())
        .append("ms.\n");
  }

  private void advise(String name, long threshold) {
    switch (name) {
      case Observation.COMMAND -> {
        long slowMicros = live.number(Directive.SLOWLOG_LOG_SLOWER_THAN);
        if (slowMicros < 0 || slowMicros / 1000 > threshold) {
          advice.add(
              "The slow log leaves out commands that are recorded here: CONFIG SET"
                  + " slowlog-log-slower-than "
                  + threshold * 1000
                  + ".");
        }
        advice.add("SLOWLOG GET names the commands that took long.");
        advice.add(
            "Commands over many elements (KEYS, SORT, SUNION, LRANGE 0 -1) can be replaced by the"
                + " SCAN family or by asking for less at once.");
      }
      case Observation.FAST_COMMAND ->
          advice.add(
              "Even short commands took long, so the process did not get to run: look for other"
                  + " load on the machine, a virtual machine short of CPU, swapping, and long"
                  + " collections in the JVM's log (-Xlog:gc).");
      case Observation.EXPIRE_CYCLE ->
          advice.add(
              "Many keys expire at the same time: spread their times to live, or lower"
                  + " active-expire-effort.");
      default ->
          advice.add(
              "Writes wait until keys have been evicted: raise maxmemory, let keys expire before"
                  + " it is reached, or store smaller values.");
    }
  }
}
