package io.keyward.loadtest;

import static io.keyward.loadtest.Figures.fixed;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares the memory that keys take. */
@Command(
    name = "memory",
    description = {
      "Prints bytes per key: the whole resident memory of the process after the load, its growth"
          + " since the start, and the growth of used_memory in INFO.",
      "Strings have keys of 16 and values of 32 bytes, fields, values and elements of collections"
          + " 10, entries of streams two fields of 45 bytes. Each line is a server freshly started;"
          + " nothing is pinned."
    },
    sortOptions = false)
final class CompareMemory implements Callable<Integer> {
  private static final double RESIDENT_TARGET = 0.8;
  private static final int TARGET_KEYS = 5_000_000;
  private static final Duration SETTLE = Duration.ofSeconds(2);

  @Option(
      names = "--scale",
      description = "Divide every number of keys by this. Default: ${DEFAULT-VALUE}.")
  private int scale = 1;

  @Mixin private ServerOptions servers = new ServerOptions();

  /** Bytes per key; used is null for a server that does not tell. */
  private record Footprint(double resident, double grown, @Nullable Double used) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<ServerCommand> commands = servers.servers();
    TextTable table = new TextTable().column("data").column("keys");
    for (int i = 0; i < commands.size(); i++) {
      for (String name : List.of("resident", "grown", "used_memory")) {
        table.column(commands.get(i).name(), name);
      }
      if (i > 0) {
        table.column(commands.get(i).name(), "resident ratio");
        table.column(commands.get(i).name(), "used ratio");
      }
    }
    List<Verdict> verdicts = new ArrayList<>();
    try {
      for (MemoryLoad data : MemoryLoad.all(scale)) {
        List<Footprint> footprints = new ArrayList<>();
        for (int i = 0; i < commands.size(); i++) {
          footprints.add(measure(i, data));
        }
        table.row(cells(data, footprints));
        judge(data, commands, footprints, verdicts);
        System.err.println(data.keys() + " " + data.name() + " measured");
      }
    } finally {
      System.out.print(table.render(servers.format()));
    }
    return Verdict.print(verdicts);
  }

  private Footprint measure(int index, MemoryLoad data) throws IOException, InterruptedException {
    try (RunningServer server = servers.start(index, null)) {
      Thread.sleep(SETTLE);
      long residentBefore = server.residentBytes();
      Long usedBefore = usedMemory(server);
      for (int round = 0; round < data.rounds(); round++) {
        Stock.store(server, data.template(), data.keys(), KeyNumbers.sequential(data.keys()));
      }
      Thread.sleep(SETTLE);
      long resident = server.residentBytes();
      Long used = usedMemory(server);
      requireKeys(server, data);
      double keys = data.keys();
      return new Footprint(
          resident / keys,
          (resident - residentBefore) / keys,
          used == null || usedBefore == null ? null : (used - usedBefore) / keys);
    }
  }

  private static @Nullable Long usedMemory(RunningServer server) throws IOException {
    try (ControlConnection control = server.connect()) {
      String value = ControlConnection.infoField(control.call("INFO", "memory"), "used_memory");
      return value == null ? null : Long.valueOf(value);
    } catch (ErrorReplyException e) {
      return null;
    }
  }

  private static void requireKeys(RunningServer server, MemoryLoad data) throws IOException {
    try (ControlConnection control = server.connect()) {
      long keys = Long.parseLong(control.call("DBSIZE"));
      if (keys != data.keys()) {
        throw new IllegalStateException(
            server.name() + " holds " + keys + " keys after " + data.keys() + " were stored");
      }
    }
  }

  private static List<String> cells(MemoryLoad data, List<Footprint> footprints) {
    Footprint reference = footprints.getFirst();
    List<String> cells = new ArrayList<>();
    cells.add(data.name());
    cells.add(Integer.toString(data.keys()));
    for (int i = 0; i < footprints.size(); i++) {
      Footprint footprint = footprints.get(i);
      cells.add(fixed(footprint.resident(), 0));
      cells.add(fixed(footprint.grown(), 0));
      cells.add(footprint.used() == null ? "-" : fixed(footprint.used(), 0));
      if (i > 0) {
        Double ratio = usedRatio(footprint, reference);
        cells.add(fixed(footprint.resident() / reference.resident(), 2));
        cells.add(ratio == null ? "-" : fixed(ratio, 2));
      }
    }
    return cells;
  }

  private static void judge(
      MemoryLoad data,
      List<ServerCommand> commands,
      List<Footprint> footprints,
      List<Verdict> verdicts) {
    Footprint reference = footprints.getFirst();
    String referenceName = commands.getFirst().name();
    for (int i = 1; i < commands.size(); i++) {
      String subject = data.name() + " in " + commands.get(i).name();
      double resident = footprints.get(i).resident() / reference.resident();
      Double used = usedRatio(footprints.get(i), reference);
      if (data.strings() && data.keys() == TARGET_KEYS) {
        verdicts.add(
            new Verdict(
                resident <= RESIDENT_TARGET,
                "5 M " + subject + ", resident at most 0.8 of " + referenceName,
                fixed(resident, 2)));
      } else if (!data.strings()) {
        verdicts.add(
            new Verdict(
                used != null && used <= 1,
                subject + ", structures no bigger than in " + referenceName,
                used == null ? "used_memory is not told" : fixed(used, 2)));
      }
    }
  }

  private static @Nullable Double usedRatio(Footprint footprint, Footprint reference) {
    if (footprint.used() == null || reference.used() == null) {
      return null;
    }
    return Objects.requireNonNull(footprint.used()) / Objects.requireNonNull(reference.used());
  }
}
