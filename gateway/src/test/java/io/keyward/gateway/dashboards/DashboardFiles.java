package io.keyward.gateway.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The dashboards as Grafana reads them. */
final class DashboardFiles {
  static final Path ROOM =
      (Files.isDirectory(Path.of("dashboards")) ? Path.of("") : Path.of(".."))
          .resolve("dashboards")
          .toAbsolutePath()
          .normalize();

  /**
   * One query of a panel.
   *
   * @param place the dashboard, the panel and the letter of the query
   * @param expression PromQL with Grafana's variables in it
   */
  record Query(String place, String expression) {
    /**
     * As Grafana sends it for these deployments, over times that suit a short test and a machine
     * that stands still for some seconds.
     */
    String filled(String deployments, String blue, String green) {
      return expression
          .replace("$__rate_interval", "15s")
          .replace("$deployment", deployments)
          .replace("$blue", blue)
          .replace("$green", green);
    }
  }

  private DashboardFiles() {}

  static List<Path> all() throws IOException {
    try (Stream<Path> files = Files.list(ROOM.resolve("grafana"))) {
      return files.sorted().toList();
    }
  }

  static List<Query> queries() throws IOException {
    List<Query> queries = new ArrayList<>();
    for (Path file : all()) {
      JsonNode board = new ObjectMapper().readTree(file.toFile());
      for (JsonNode panel : board.path("panels")) {
        for (JsonNode target : panel.path("targets")) {
          String place =
              "%s, \"%s\", %s"
                  .formatted(
                      file.getFileName(),
                      panel.path("title").asText(),
                      target.path("refId").asText());
          queries.add(new Query(place, target.path("expr").asText()));
        }
      }
    }
    return queries;
  }
}
