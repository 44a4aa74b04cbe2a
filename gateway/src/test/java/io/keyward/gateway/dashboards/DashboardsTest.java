package io.keyward.gateway.dashboards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keyward.config.Settings;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.dashboards.DashboardFiles.Query;
import io.keyward.gateway.fixture.Executables;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The dashboards show something, and the rules are right. Where there is no Prometheus, that every
 * metric exists is all that can be tested; the tests that need one are reported as aborted.
 */
class DashboardsTest {
  private static final long PATIENCE_SECONDS = 120;
  private static final String DEPLOYMENTS = "blue|green|" + Load.NOISY;

  @TempDir private static Path folder;
  private static Gateway gateway;

  @BeforeAll
  static void start() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            """
            tenants:
              shop:
                deployments:
                  blue: {prefix: blue, password: blue, limits: {keys: 100000}}
                  green: {prefix: green, password: green}
              other:
                deployments:
                  noisy: {prefix: noisy, password: noisy}
            """);
    Settings settings =
        Settings.load(
            List.of(
                file.toString(),
                "--bind",
                "127.0.0.1",
                "--dir",
                folder.resolve("data").toString(),
                "--maxmemory",
                "512mb",
                "--appendonly",
                "yes"),
            Map.of());
    gateway = Gateway.startOnFreePorts(settings);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static String program(String name) {
    return Executables.onPath(name)
        .orElseThrow(() -> new IllegalStateException("there is no " + name + " on the PATH"))
        .toString();
  }

  @Test
  void theFilesAreWhatTheirDeclarationsSay() throws Exception {
    Program check =
        Program.run(DashboardFiles.ROOM, List.of(program("node"), "generate.mjs", "--check"));
    assertThat(check.output()).isEmpty();
    assertThat(check.exitCode()).isZero();
  }

  @Test
  void theDashboardsHaveGrafanasOwnTypes() throws Exception {
    Path project = schemaProject();
    String board = Files.readString(DashboardFiles.all().getFirst());
    Path broken = folder.resolve("broken.json");
    Files.writeString(
        broken, board.replaceFirst("\"displayMode\": \"table\"", "\"displayMode\": 1"));
    List<String> command =
        new ArrayList<>(List.of(program("node"), "check.mjs", broken.toString()));
    DashboardFiles.all().forEach(file -> command.add(file.toString()));
    Program check = Program.run(project, command);
    // What it tells of is the first, which is broken on purpose, and none of the others.
    assertThat(check.exitCode()).isOne();
    assertThat(check.output()).contains("is not assignable to type");
    assertThat(check.output().lines().filter(line -> line.startsWith("  in ")))
        .isNotEmpty()
        .allMatch(line -> line.startsWith("  in export const panel0_"));
  }

  private static Path schemaProject() throws Exception {
    Path sources = DashboardFiles.ROOM.resolve("schema");
    Path project = DashboardFiles.ROOM.resolveSibling("gateway/target/dashboards-schema");
    Files.createDirectories(project);
    for (String name : List.of("package.json", "package-lock.json", "check.mjs")) {
      Files.copy(sources.resolve(name), project.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    Path installed = project.resolve("node_modules/.installed-lock");
    Path lock = project.resolve("package-lock.json");
    if (!Files.exists(installed) || Files.mismatch(installed, lock) >= 0) {
      Program install = Program.run(project, List.of(program("npm"), "ci", "--prefer-offline"));
      assertThat(install.exitCode()).describedAs(install.output()).isZero();
      Files.copy(lock, installed, StandardCopyOption.REPLACE_EXISTING);
    }
    return project;
  }

  @Test
  void evenWithoutPrometheusEveryMetricOfPanelsAndRulesIsKnownToExist() throws Exception {
    Set<String> asked = new TreeSet<>();
    Pattern name = Pattern.compile("\\b(keyward|jvm|process|system)_[a-z_]+");
    List<String> texts = new ArrayList<>();
    DashboardFiles.queries().forEach(query -> texts.add(query.expression()));
    Files.readString(DashboardFiles.ROOM.resolve("prometheus/rules.yml"))
        .lines()
        .filter(line -> line.strip().startsWith("expr:"))
        .forEach(texts::add);
    for (String text : texts) {
      Matcher names = name.matcher(text);
      while (names.find()) {
        asked.add(names.group());
      }
    }
    assertThat(asked).hasSizeGreaterThan(35);
    Set<String> missing = new TreeSet<>(asked);
    try (Load _ = Load.start(gateway.ports().redis())) {
      eventually(
          () -> {
            System.gc();
            missing.removeAll(shown());
            return missing.isEmpty();
          });
    }
    assertThat(missing).isEmpty();
  }

  private static Set<String> shown() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + gateway.ports().admin() + "/metrics");
      return client
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body()
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("[{ ]", 2)[0])
          .collect(Collectors.toSet());
    }
  }

  @Test
  void onPrometheusEveryPanelReturnsDataAndTheCulpritIsNamed() throws Exception {
    assumeTrue(Prometheus.program().isPresent(), Prometheus.REMEDY);
    try (Load _ = Load.start(gateway.ports().redis());
        Prometheus prometheus =
            Prometheus.start(
                Files.createDirectory(folder.resolve("prometheus")), gateway.ports().admin())) {
      eventually(prometheus::ready);
      Map<String, String> faults = new TreeMap<>();
      eventually(
          () -> {
            System.gc();
            faults.clear();
            faults.putAll(faults(prometheus, DashboardFiles.queries()));
            return faults.isEmpty();
          });
      assertThat(faults).isEmpty();

      List<Query> broken =
          List.of(
              new Query("a mistyped metric", "sum(rate(keyward_comands_total[$__rate_interval]))"),
              new Query("no PromQL", "sum(keyward_keys"));
      assertThat(faults(prometheus, broken))
          .containsEntry("a mistyped metric", "returns no data")
          .containsKey("no PromQL");

      Set<String> culprits = new TreeSet<>();
      eventually(
          () -> {
            culprits.clear();
            culprits.addAll(culprits(prometheus));
            return culprits.equals(Set.of(Load.NOISY));
          });
      assertThat(culprits).containsExactly(Load.NOISY);
      assertThat(prometheus.rules().findValuesAsText("lastError")).allMatch(String::isEmpty);
      assertThat(prometheus.rules().findValuesAsText("health")).contains("ok");
    }
  }

  /** Who takes the time and sends the expensive commands, as the dashboard's own queries say. */
  private static Set<String> culprits(Prometheus prometheus) throws Exception {
    Set<String> culprits = new TreeSet<>();
    for (Query query : DashboardFiles.queries()) {
      if (query.place().contains("\"Share of command time\"")
          || query.place().contains("\"Longest mean time\"")) {
        culprits.add(prometheus.greatest(query.filled(DEPLOYMENTS, "blue", "green"), "deployment"));
      }
    }
    return culprits;
  }

  private static Map<String, String> faults(Prometheus prometheus, List<Query> queries)
      throws Exception {
    Map<String, String> faults = new TreeMap<>();
    for (Query query : queries) {
      Optional<String> fault = prometheus.fault(query.filled(DEPLOYMENTS, "blue", "green"));
      fault.ifPresent(text -> faults.put(query.place(), text));
    }
    return faults;
  }

  @Test
  void onPrometheusRulesAndConfigurationAreValidAndEveryAlertFires() throws Exception {
    assumeTrue(Executables.onPath("promtool").isPresent(), Prometheus.REMEDY);
    Path room = DashboardFiles.ROOM.resolve("prometheus");
    for (List<String> arguments :
        List.of(
            List.of("check", "config", "prometheus.yml"),
            List.of("check", "config", "compose.yml"),
            List.of("test", "rules", "rules.test.yml"))) {
      List<String> command = new ArrayList<>(List.of(program("promtool")));
      command.addAll(arguments);
      Program run = Program.run(room, command);
      assertThat(run.exitCode()).describedAs(run.output()).isZero();
    }
    String rules = Files.readString(room.resolve("rules.yml"));
    String tests = Files.readString(room.resolve("rules.test.yml"));
    Matcher alerts = Pattern.compile("- alert: (\\w+)").matcher(rules);
    while (alerts.find()) {
      assertThat(tests).contains("alertname: " + alerts.group(1) + "\n");
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  /**
   * Waits until something holds, at most {@link #PATIENCE_SECONDS}; what it means is asserted
   * after.
   */
  private static void eventually(Condition condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.holds() && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(500);
    }
  }
}
