package io.keyward.loadtest;

import static io.keyward.loadtest.Figures.fixed;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The lines of the comparison under full load, their ratios, and what the targets say to them. */
final class ThroughputReport {
  private static final double SATURATED = 0.9;
  private static final double P16_MEAN_TARGET = 0.75;

  /**
   * One kind of request.
   *
   * @param cpu processor time of each server but the first, beside that of the first
   */
  private record Line(
      Workload test, int size, int pipeline, List<ServerFigures> servers, List<PairedRounds> cpu) {

    PairedRounds rounds(int server) {
      return cpu.get(server - 1);
    }

    double ratio(int server) {
      return rounds(server).ratio();
    }

    boolean isAbove(int server) {
      return rounds(server).areHigher();
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
  private final List<Measurement> measurements = new ArrayList<>();

  ThroughputReport(List<String> names) {
    this.names = names;
  }

  /**
   * Adds the rounds of each server for one kind of request.
   *
   * @return the line in short, for the log
   */
  String add(Workload test, int size, int pipeline, List<List<Measurement>> rounds) {
    List<PairedRounds> cpu =
        rounds.stream()
            .skip(1)
            .map(
                own -> PairedRounds.of(rounds.getFirst(), own, Measurement::serverMicrosPerRequest))
            .toList();
    List<ServerFigures> servers = rounds.stream().map(ServerFigures::of).toList();
    Line line = new Line(test, size, pipeline, servers, cpu);
    lines.add(line);
    rounds.forEach(measurements::addAll);
    StringBuilder text = new StringBuilder(line.label());
    for (int i = 0; i < names.size(); i++) {
      text.append("  ").append(names.get(i)).append(' ');
      text.append(fixed(line.servers().get(i).cpuMicros(), 2)).append(" µs");
      if (i > 0) {
        text.append(" (").append(fixed(line.ratio(i), 2)).append(')');
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
      cells.add(fixed(server.cpuMicros(), 2));
      cells.add(fixed(server.perSecond(), 0));
      cells.add(fixed(server.busy() * 100, 0));
      cells.add(fixed(server.p50(), 0));
      cells.add(fixed(server.p99(), 0));
      cells.add(fixed(server.p999(), 0));
      if (i > 0) {
        cells.add(fixed(line.ratio(i), 2));
      }
    }
    return cells;
  }

  /** What a reader of the table has to know: where the client set the pace, and disturbances. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    for (int pipeline : pipelines()) {
      for (int i = 0; i < names.size(); i++) {
        int server = i;
        notes.add(
            pace(
                "P" + pipeline + " " + names.get(i),
                at(pipeline).stream().map(line -> line.servers().get(server)).toList()));
      }
    }
    notes.addAll(Disturbance.notes(measurements));
    return notes;
  }

  private static String pace(String subject, List<ServerFigures> figures) {
    double server = Figures.geometricMean(figures, ServerFigures::cpuMicros);
    double client = Figures.geometricMean(figures, ServerFigures::clientMicros);
    long waiting = figures.stream().filter(those -> those.busy() < SATURATED).count();
    return subject
        + ": CPU "
        + fixed(server, 2)
        + " µs a request, the client's "
        + fixed(client, 2)
        + " µs (geometric means); busy below "
        + fixed(SATURATED * 100, 0)
        + " %, so that req/s is not the limit of the server, in "
        + waiting
        + " of "
        + figures.size()
        + " lines";
  }

  /** The targets for every server but the first, against the first. */
  List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>();
    for (int i = 1; i < names.size(); i++) {
      for (int pipeline : pipelines()) {
        judge(i, pipeline, verdicts);
      }
    }
    return verdicts;
  }

  private void judge(int server, int pipeline, List<Verdict> verdicts) {
    String subject =
        "P" + pipeline + " CPU per request of " + names.get(server) + " to " + names.getFirst();
    List<Line> those = at(pipeline);
    List<Line> basic = those.stream().filter(line -> line.test().isBasic()).toList();
    if (pipeline == 16 && !basic.isEmpty()) {
      double mean = Figures.geometricMean(basic, line -> line.ratio(server));
      verdicts.add(
          new Verdict(
              mean <= P16_MEAN_TARGET,
              subject + ", geometric mean at most " + P16_MEAN_TARGET,
              fixed(mean, 3)));
    }
    double mean = Figures.geometricMean(those, line -> line.ratio(server));
    verdicts.add(new Verdict(mean <= 1, subject + ", geometric mean at most 1", fixed(mean, 3)));
    List<Line> above = those.stream().filter(line -> line.isAbove(server)).toList();
    List<Line> level =
        those.stream().filter(line -> line.ratio(server) > 1 && !above.contains(line)).toList();
    verdicts.add(
        new Verdict(
            above.isEmpty(),
            subject + ", no line above 1",
            (above.isEmpty() ? "none" : labels(above, server))
                + (level.isEmpty()
                    ? ""
                    : "; not told from 1 by its rounds: " + labels(level, server))));
  }

  private static String labels(List<Line> lines, int server) {
    return lines.stream()
        .map(line -> line.label() + " " + line.rounds(server).describe())
        .collect(Collectors.joining(", "));
  }

  private Set<Integer> pipelines() {
    return lines.stream().map(Line::pipeline).collect(Collectors.toCollection(TreeSet::new));
  }

  private List<Line> at(int pipeline) {
    return lines.stream().filter(line -> line.pipeline() == pipeline).toList();
  }
}
