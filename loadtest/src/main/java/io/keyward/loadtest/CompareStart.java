package io.keyward.loadtest;

import static io.keyward.loadtest.Figures.fixed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares how fast servers start. */
@Command(
    name = "start",
    description = {
      "Prints the time from starting the server's command to its first PONG.",
      "One start that does not count comes first. Nothing is pinned. The time includes some"
          + " milliseconds of starting a shell, which then becomes the server."
    },
    sortOptions = false)
final class CompareStart implements Callable<Integer> {
  private static final double TARGET_SECONDS = 0.6;

  @Option(names = "--starts", description = "Starts that count. Default: ${DEFAULT-VALUE}.")
  private int starts = 10;

  @Mixin private ServerOptions servers = new ServerOptions();

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<ServerCommand> commands = servers.servers();
    List<List<Double>> seconds = new ArrayList<>();
    for (int i = 0; i < commands.size(); i++) {
      seconds.add(new ArrayList<>());
      start(i);
    }
    for (int n = 0; n < starts; n++) {
      for (int i = 0; i < commands.size(); i++) {
        seconds.get(i).add(start(i));
      }
    }
    TextTable table =
        new TextTable().column("server").column("median s").column("best s").column("worst s");
    List<Verdict> verdicts = new ArrayList<>();
    for (int i = 0; i < commands.size(); i++) {
      String name = commands.get(i).name();
      double median = Figures.median(seconds.get(i), Double::doubleValue);
      double best = seconds.get(i).stream().mapToDouble(Double::doubleValue).min().orElseThrow();
      double worst = seconds.get(i).stream().mapToDouble(Double::doubleValue).max().orElseThrow();
      table.row(List.of(name, fixed(median, 3), fixed(best, 3), fixed(worst, 3)));
      if (i > 0) {
        verdicts.add(
            new Verdict(
                median < TARGET_SECONDS,
                name + " answers PING in under " + TARGET_SECONDS + " s",
                fixed(median, 3) + " s"));
      }
    }
    System.out.print(table.render(servers.format()));
    return Verdict.print(verdicts);
  }

  private double start(int server) throws IOException, InterruptedException {
    try (RunningServer running = servers.start(server, null)) {
      return running.startNanos() / 1e9;
    }
  }
}
