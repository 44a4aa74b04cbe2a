package io.keyward.loadtest;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The lines of the comparison under full load, their ratios, and what the targets say to them. */
final class ThroughputReport {
  private static final double SATURATED = 0.9;
  private static final double P16_MEAN_TARGET = 0.75;

  private record Line(
      Workload test, int size, int pipeline, List<ServerFigures> servers) {

    double ratio(int server) {
      return servers.get(server).cpuMicros() / servers.getFirst().cpuMicros();
    }

    String label() {
      return test + (test.sized() ? " " + size + " B" : "") + " P" + pipeline;
    }
  }

  /** Medians over the rounds of one server; times in microseconds. */
  private record ServerFigures(
      double cpuMicros,
      double clientMicros,
      double perSecond,
      double busy,
      double p50,
      double p99,
      double p999) {

    static ServerFigures of(List<Measurement> rounds) {
      return new ServerFigures(
          Figures.median(rounds, Measurement::serverMicrosPerRequest),
          Figures.median(rounds, Measurement::clientMicrosPerRequest),
          Figures.median(rounds, Measurement::requestsPerSecond),
          Figures.median(rounds, Measurement::serverBusy),
          Figures.median(rounds, round -> round.microsAt(50)),
          Figures.median(rounds, round -> round.microsAt(99)),
          Figures.median(rounds, round -> round.microsAt(99.9)));
    }
  }

  private final List<String> names;
  private final List<Line> lines = new ArrayList<>();

  ThroughputReport(List<String> names) {
    this.names = names;
  }

  /**
   * Adds the rounds of each server for one kind of request.
   *
   * @return the line in short, for the log
   */
  String add(Workload test, int size, int pipeline, List<List<Measurement>> rounds) {
    Line line =
        new Line(test, size, pipeline, rounds.stream().map(ServerFigures::of).toList());
    lines.add(line);
    StringBuilder text = new StringBuilder(line.label());
    for (int i = 0; i < names.size(); i++) {
      text.append(format("  %s %.2f µs", names.get(i), line.servers().get(i).cpuMicros()));
      if (i > 0) {
        text.append(format(" (%.2f)", line.ratio(i)));
      }
    }
    return text.append('\n').toString();
  }

  TextTable table() {
    TextTable table = new TextTable().column("test").column("bytes").column("P");
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      Stream.of("CPU µs", "req/s", "busy %", "p50 µs", "p99 µs", "p99.9 µs")
          .forEach(column -> table.column(name, column));
      if (i > 0) {
        table.column(name, "CPU ratio");
      }
    }
    lines.forEach(line -> table.row(cells(line)));
    return table;
  }

  private List<String> cells(Line line) {
    List<String> cells = new ArrayList<>();
    cells.add(line.test().toString());
    cells.add(line.test().sized() ? Integer.toString(line.size()) : "-");
    cells.add(Integer.toString(line.pipeline()));
    for (int i = 0; i < names.size(); i++) {
      ServerFigures server = line.servers().get(i);
      cells.add(format("%.2f", server.cpuMicros()));
      cells.add(format("%.0f", server.perSecond()));
      cells.add(format("%.0f", server.busy() * 100));
      cells.add(format("%.0f", server.p50()));
      cells.add(format("%.0f", server.p99()));
      cells.add(format("%.0f", server.p999()));
      if (i > 0) {
        cells.add(format("%.2f", line.ratio(i)));
      }
    }
    return cells;
  }

  /** What a reader of the table has to know: the cost of the client and where it set the pace. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    for (int pipeline : pipelines()) {
      for (int i = 0; i < names.size(); i++) {
        int server = i;
        List<Line> those = at(pipeline);
        double client =
            Figures.geometricMean(
                those.stream().map(l -> l.servers().get(server).clientMicros()).toList());
        double cpu =
            Figures.geometricMean(
                those.stream().map(l -> l.servers().get(server).cpuMicros()).toList());
        notes.add(
            format(
                "P%d %s: geometric mean of CPU per request %.2f µs, of the client's %.2f µs",
                pipeline, names.get(i), cpu, client));
        String idle =
            those.stream()
                .filter(line -> line.servers().get(server).busy() < SATURATED)
                .map(Line::label)
                .collect(Collectors.joining(", "));
        if (!idle.isEmpty()) {
          notes.add(
              format(
                  "P%d %s: busy below %.0f %%, so req/s and latency show the client in: %s",
                  pipeline, names.get(i), SATURATED * 100, idle));
        }
      }
    }
    return notes;
  }

  /** The targets for every server but the first, against the first. */
  List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>();
    for (int i = 1; i < names.size(); i++) {
      for (int pipeline : pipelines()) {
        int server = i;
        List<Line> those = at(pipeline);
        double mean = Figures.geometricMean(those.stream().map(l -> l.ratio(server)).toList());
        List<Line> above = those.stream().filter(line -> line.ratio(server) > 1).toList();
        String subject =
            format("P%d CPU per request of %s to %s", pipeline, names.get(i), names.getFirst());
        if (pipeline == 16) {
          verdicts.add(
              new Verdict(
                  mean <= P16_MEAN_TARGET,
                  format("%s, geometric mean at most %.2f", subject, P16_MEAN_TARGET),
                  format("%.2f", mean)));
        }
        verdicts.add(
            new Verdict(
                above.isEmpty(),
                subject + ", every line at most 1",
                above.isEmpty()
                    ? format("all, geometric mean %.2f", mean)
                    : format("geometric mean %.2f, above 1: ", mean)
                        + above.stream()
                            .map(line -> line.label() + format(" %.2f", line.ratio(server)))
                            .collect(Collectors.joining(", "))));
      }
    }
    return verdicts;
  }

  private TreeSet<Integer> pipelines() {
    return lines.stream().map(Line::pipeline).collect(Collectors.toCollection(TreeSet::new));
  }

  private List<Line> at(int pipeline) {
    return lines.stream().filter(line -> line.pipeline() == pipeline).toList();
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
