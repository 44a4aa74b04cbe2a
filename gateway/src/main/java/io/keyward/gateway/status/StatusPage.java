package io.keyward.gateway.status;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What is printed: the gateway in two lines, then a line for each deployment, busiest first. */
final class StatusPage {
  private static final int LONGEST_NAME = 40;

  /** The lines that are not one for a deployment, and the one in which the cursor stays. */
  private static final int FURTHER_LINES = 6;

  private final String url;
  private final Change change;

  StatusPage(String url, Change change) {
    this.url = url;
    this.change = change;
  }

  /** A column, each declared once: its head, and what it says of a deployment. */
  private record Column(String head, Function<String, String> value) {}

  private List<Column> columns() {
    Sample now = change.now();
    return List.of(
        new Column("DEPLOYMENT", StatusPage::shortened),
        new Column("BUSY", name -> Quantity.share(busy(name), 1)),
        new Column("CMD/S", name -> Quantity.count(change.rate("keyward_commands_total", name))),
        new Column("ERR/S", name -> Quantity.count(change.rate("keyward_errors_total", name))),
        new Column("MEAN", name -> Quantity.time(mean(name))),
        new Column(
            "P99",
            name -> Quantity.time(change.quantile(0.99, "keyward_command_duration_seconds", name))),
        new Column("CLIENTS", name -> Quantity.count(now.of("keyward_clients", name))),
        new Column("KEYS", name -> Quantity.count(now.of("keyward_keys", name))),
        new Column("DATA", name -> Quantity.bytes(now.of("keyward_data_bytes", name))),
        new Column(
            "OF LIMIT",
            name ->
                Quantity.share(
                    now.of("keyward_data_bytes", name), now.of("keyward_data_limit_bytes", name))),
        new Column(
            "REFUSED/S", name -> Quantity.count(change.rate("keyward_limit_refusals_total", name))),
        new Column(
            "SLOWED", name -> Quantity.share(change.rate("keyward_slowed_seconds_total", name), 1)),
        new Column("HITS", this::hits),
        new Column(
            "IN/S", name -> Quantity.bytes(change.rate("keyward_received_bytes_total", name))),
        new Column("OUT/S", name -> Quantity.bytes(change.rate("keyward_sent_bytes_total", name))));
  }

  private double busy(String deployment) {
    return change.rate("keyward_command_seconds_total", deployment);
  }

  private double mean(String deployment) {
    double commands = change.rate("keyward_commands_total", deployment);
    return commands > 0 ? busy(deployment) / commands : Double.NaN;
  }

  private String hits(String deployment) {
    double hits = change.rate("keyward_keyspace_hits_total", deployment);
    return Quantity.share(hits, hits + change.rate("keyward_keyspace_misses_total", deployment));
  }

  private static String shortened(String name) {
    return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 1) + "\u2026";
  }

  /**
   * The lines of the page.
   *
   * @param most how many there may be; the least busy deployments are left out, and it is said how
   *     many
   */
  List<String> lines(int most) {
    List<String> deployments =
        change.now().deployments().stream()
            .sorted(
                Comparator.comparingDouble(this::busy)
                    .reversed()
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
    int shown = Math.min(deployments.size(), Math.max(1, most - FURTHER_LINES));
    List<String> lines = new ArrayList<>(List.of(gateway(), load(), ""));
    lines.addAll(table(deployments.subList(0, shown)));
    if (shown < deployments.size()) {
      lines.add("and " + (deployments.size() - shown) + " more, less busy");
    }
    return lines;
  }

  private String gateway() {
    Sample now = change.now();
    return "Keyward %s at %s, up %s, %s"
        .formatted(
            now.label("keyward_build_info", "version"),
            url,
            Quantity.age(now.of("keyward_uptime_seconds")),
            now.of("keyward_ready") > 0 ? "ready" : "not ready");
  }

  private String load() {
    Sample now = change.now();
    double most = now.of("keyward_maxmemory_bytes");
    double data = now.of("keyward_data_bytes");
    String loops =
        change.rateBy("loop", "keyward_event_loop_cpu_seconds_total").values().stream()
            .map(share -> Quantity.share(share, 1))
            .collect(Collectors.joining(" "));
    return "%s commands/s, %s errors/s, %s of %s connections, data %s%s, event loops busy %s"
        .formatted(
            Quantity.count(change.rate("keyward_commands_total")),
            Quantity.count(change.rate("keyward_errors_total")),
            Quantity.count(now.of("keyward_connections")),
            Quantity.count(now.of("keyward_connections_limit")),
            Quantity.bytes(data),
            most > 0 ? " of " + Quantity.bytes(most) : "",
            loops);
  }

  private List<String> table(List<String> deployments) {
    List<Column> columns = columns();
    List<List<String>> rows = new ArrayList<>();
    rows.add(columns.stream().map(Column::head).toList());
    for (String deployment : deployments) {
      rows.add(columns.stream().map(column -> column.value().apply(deployment)).toList());
    }
    int[] widths = new int[columns.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> aligned(row, widths)).toList();
  }

  /** The first cell begins where the line does, the others end where their column does. */
  private static String aligned(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - row.get(i).length());
      line.append(i == 0 ? "" : "  ").append(i == 0 ? row.get(i) + padding : padding + row.get(i));
    }
    return line.toString();
  }
}
