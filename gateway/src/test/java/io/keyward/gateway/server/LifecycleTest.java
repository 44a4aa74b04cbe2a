package io.keyward.gateway.server;

import static io.keyward.gateway.server.LibrechatGateway.TEST;
import static io.keyward.gateway.server.LibrechatGateway.awaitEnd;
import static io.keyward.gateway.server.LibrechatGateway.told;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.config.ConfigurationException;
import io.keyward.config.Settings;
import io.keyward.gateway.deployment.DeploymentException;
import io.keyward.tenancy.Deployment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operator does with deployments, and what of it is kept and told. */
class LifecycleTest {
  @TempDir Path folder;
  private LibrechatGateway librechat;

  @BeforeEach
  void start() throws IOException {
    librechat = new LibrechatGateway(folder);
  }

  @AfterEach
  void stop() {
    librechat.close();
  }

  @Test
  void theListTellsWhatEachDeploymentHolds() throws DeploymentException {
    try (Wire blue = librechat.logIn("blue", "blue-secret");
        Wire operator = librechat.operator()) {
      assertThat(blue.ask("SET key value")).isEqualTo("+OK");
      assertThat(blue.ask("SELECT 3")).isEqualTo("+OK");
      assertThat(blue.ask("SET other value")).isEqualTo("+OK");

      Map<String, Object> line = librechat.lifecycle().list().getFirst();
      assertThat(line)
          .containsEntry("name", "blue")
          .containsEntry("tenant", "librechat")
          .containsEntry("prefix", "librechat-blue")
          .containsEntry("state", "active")
          .containsEntry("keys", 2L)
          .containsEntry("connections", 1L);
      assertThat((long) line.get("bytes")).isPositive();
      assertThat(operator.ask("DEPLOYMENT LIST")).isEqualTo("*2");
      assertThat(operator.line()).isEqualTo("*18");
      assertThat(blue.ask("DEPLOYMENT LIST"))
          .isEqualTo(
              "-NOPERM User default has no permissions to run the 'deployment|list' command");
    }
  }

  @Test
  void drainingClosesWhatIsIdleAndWhatWaits() throws DeploymentException {
    try (Wire idle = librechat.logIn("librechat.rev1", "of-librechat");
        Wire blocked = librechat.logIn("librechat.rev1", "of-librechat");
        Wire inTransaction = librechat.logIn("librechat.rev1", "of-librechat");
        Wire other = librechat.logIn("blue", "blue-secret");
        Wire operator = librechat.operator()) {
      blocked.send("BLPOP list 0\r\n");
      assertThat(inTransaction.ask("MULTI")).isEqualTo("+OK");
      operator.send("DEPLOYMENT DRAIN librechat.rev1 600\r\n");

      awaitEnd(idle);
      assertThat(librechat.refusal("librechat.rev1"))
          .isEqualTo("-ERR the deployment takes no logins: it was drained or dropped");
      assertThat(inTransaction.ask("SET key value")).isEqualTo("+QUEUED");
      assertThat(inTransaction.ask("EXEC")).isEqualTo("*1");
      assertThat(inTransaction.line()).isEqualTo("+OK");
      awaitEnd(inTransaction);
      // Who waits is left alone until the time is up, as it is here for another drain.
      librechat.lifecycle().drain(TEST, "librechat.rev1", 0);
      assertThat(blocked.readToEnd()).isEmpty();
      assertThat(operator.line()).isEqualTo("*8");
      assertThat(librechat.state("librechat.rev1")).isEqualTo("drained");
      assertThat(other.ask("PING")).isEqualTo("+PONG");

      librechat.lifecycle().create(TEST, "librechat.rev1");
      try (Wire again = librechat.logIn("librechat.rev1", "of-librechat")) {
        assertThat(again.ask("GET key")).isEqualTo("$5");
      }
    }
  }

  @Test
  void aDrainCutsOffWhoDoesNotTakeItsAnswers() throws DeploymentException {
    try (Wire greedy = librechat.logIn("blue", "blue-secret")) {
      assertThat(greedy.ask("SETRANGE value 16000000 x")).isEqualTo(":16000001");
      greedy.send("GET value\r\n".repeat(10));
      assertThat(greedy.line()).isEqualTo("$16000001");
      assertThat(told(librechat.lifecycle().drain(TEST, "blue", 0)))
          .containsEntry("state", "drained")
          .containsEntry("connections", 0L);
    }
  }

  @Test
  void nothingIsFreedThatFilesWouldNotBeToldOf() throws Exception {
    try (Wire blue = librechat.logIn("blue", "blue-secret");
        Wire green = librechat.logIn("green", "green-secret");
        Wire operator = librechat.operator()) {
      assertThat(blue.ask("SET key value")).isEqualTo("+OK");
      assertThat(green.ask("SET key value")).isEqualTo("+OK");
      librechat.lifecycle().promote(TEST, "live", "blue");
      assertThat(operator.ask("CONFIG SET min-replicas-to-write 1")).isEqualTo("+OK");
      for (String action :
          List.of("DROP blue FORCE", "CLONE blue green REPLACE", "RETIRE green AFTER 0")) {
        assertThat(operator.ask("DEPLOYMENT " + action))
            .as(action)
            .isEqualTo(
                "-ERR writes are refused now: NOREPLICAS Not enough good replicas to write.");
      }
      assertThat(blue.ask("DBSIZE")).isEqualTo(":1");
      assertThat(librechat.state("blue")).isEqualTo("active");
      assertThat(librechat.lifecycle().aliases()).containsOnlyKeys("live");
      assertThat(operator.ask("CONFIG SET min-replicas-to-write 0")).isEqualTo("+OK");
      operator.send("DEPLOYMENT DROP blue FORCE\r\n");
      awaitEnd(blue);
      assertThat(operator.line()).isEqualTo("*8");
    }
    librechat.restart();
    librechat.lifecycle().create(TEST, "blue");
    try (Wire blue = librechat.logIn("blue", "blue-secret")) {
      assertThat(blue.ask("DBSIZE")).isEqualTo(":0");
    }
  }

  @Test
  void nothingIsDoneWhatTheDataFolderCannotKeep() throws Exception {
    try (Wire blue = librechat.logIn("blue", "blue-secret");
        Wire operator = librechat.operator()) {
      assertThat(blue.ask("SET key value")).isEqualTo("+OK");
      Path inTheWay = Files.createDirectories(folder.resolve("data/deployments.json/x"));
      for (String action : List.of("DRAIN blue 0", "PROMOTE librechat blue", "DROP blue")) {
        assertThat(operator.ask("DEPLOYMENT " + action))
            .startsWith("-ERR the data folder cannot be written");
      }
      assertThat(blue.ask("GET key") + blue.line()).isEqualTo("$5value");
      assertThat(librechat.state("blue")).isEqualTo("active");
      assertThat(librechat.lifecycle().aliases()).isEmpty();
      assertThat(librechat.lifecycle().audit(1).getFirst())
          .contains("\"action\":\"drop\"", "the data folder cannot be written");
      Files.delete(inTheWay);
      Files.delete(inTheWay.getParent());
      operator.send("DEPLOYMENT DRAIN blue 0\r\n");
      awaitEnd(blue);
      assertThat(operator.line()).isEqualTo("*8");
      assertThat(librechat.state("blue")).isEqualTo("drained");
    }
  }

  @Test
  void whatALoginHasMadeStaysApartFromWhatTheFileNamesLaterWithAnotherPrefix() throws Exception {
    try (Wire made = librechat.logIn("librechat.red", "of-librechat")) {
      assertThat(made.ask("SET key of-the-login")).isEqualTo("+OK");
      librechat.write("", "      red: {prefix: librechat-red, password: red-secret}");
      assertThat(librechat.gateway().reload()).isEmpty();
      awaitEnd(made);
    }
    for (int i = 0; i < 2; i++) {
      assertThat(librechat.listed()).doesNotHaveDuplicates().contains("red", "librechat.red");
      assertThat(librechat.state("librechat.red")).isEqualTo("removed");
      try (Wire red = librechat.logIn("librechat.red", "of-librechat")) {
        assertThat(red.ask("EXISTS key")).isEqualTo(":0");
      }
      librechat.restart();
    }
    assertThat(told(librechat.lifecycle().drop(TEST, "librechat.red", false)))
        .containsEntry("freed-keys", 1L);
    assertThat(librechat.listed()).contains("red").doesNotContain("librechat.red");
  }

  @Test
  void whatIsDroppedIsGoneFromMemoryAndFilesAndItsPlaceIsFree() throws DeploymentException {
    for (int i = 1; i <= 3; i++) {
      try (Wire wire = librechat.logIn("librechat.rev" + i, "of-librechat")) {
        assertThat(wire.ask("SET key value")).isEqualTo("+OK");
        String library = "#!lua name=l\nredis.register_function('f', function() end)";
        assertThat(
                wire.send("*3\r\n$8\r\nFUNCTION\r\n$4\r\nLOAD\r\n")
                    .send("$" + library.length() + "\r\n" + library + "\r\n")
                    .line())
            .isEqualTo("$1");
      }
    }
    assertThat(librechat.refusal("librechat.rev4")).contains("as many deployments as it may have");
    try (Wire operator = librechat.operator()) {
      Wire there = librechat.logIn("librechat.rev2", "of-librechat");
      operator.send("DEPLOYMENT DROP librechat.rev2\r\n");
      awaitEnd(there);
      assertThat(operator.line()).startsWith("*");
    }
    librechat.lifecycle().drop(TEST, "blue", false);

    try (Wire fourth = librechat.logIn("librechat.rev4", "of-librechat")) {
      assertThat(fourth.ask("DBSIZE")).isEqualTo(":0");
    }
    librechat.restart();
    assertThat(librechat.listed())
        .containsExactly("blue", "green", "librechat.rev1", "librechat.rev3");
    assertThat(librechat.state("blue")).isEqualTo("retired");
    try (Wire blue = Wire.to(librechat.gateway().ports().redis())) {
      assertThat(blue.ask("AUTH blue blue-secret")).contains("takes no logins");
    }
    librechat.lifecycle().create(TEST, "blue");
    librechat.logIn("blue", "blue-secret").close();
    try (Wire second = librechat.logIn("librechat.rev2", "of-librechat")) {
      assertThat(second.ask("DBSIZE")).isEqualTo(":0");
      assertThat(second.ask("FUNCTION LIST")).isEqualTo("*0");
    }
  }

  @Test
  void whatWasDecidedOutlivesARestart() throws Exception {
    librechat.lifecycle().create(TEST, "librechat.rev1");
    librechat.lifecycle().promote(TEST, "live", "librechat.rev1");
    librechat.lifecycle().drain(TEST, "blue", 0);
    librechat.restart();
    assertThat(librechat.listed()).containsExactly("blue", "green", "librechat.rev1");
    assertThat(librechat.lifecycle().aliases())
        .containsExactly(Map.entry("live", "librechat.rev1"));
    assertThat(librechat.state("blue")).isEqualTo("drained");
    librechat.logIn("live", "of-librechat").close();

    librechat.close();
    for (String damaged : List.of("{\"version\": 1,", "\u00ff", "")) {
      Files.write(
          folder.resolve("data/deployments.json"), damaged.getBytes(StandardCharsets.ISO_8859_1));
      assertThatThrownBy(librechat::open)
          .cause()
          .hasMessageContaining("deployments.json")
          .hasMessageContaining("Remedy");
    }
    Files.delete(folder.resolve("data/deployments.json"));
    librechat.open();
  }

  /** The lines that README gives an operator, as they stand there. */
  private static List<String> linesOfReadme() throws IOException {
    Path top = Files.exists(Path.of("README.md")) ? Path.of("") : Path.of("..");
    try (Stream<String> lines = Files.lines(top.resolve("README.md"))) {
      return lines
          .filter(line -> line.startsWith("$OPERATOR "))
          .map(line -> line.substring("$OPERATOR ".length()).replaceFirst(" *#.*", ""))
          .toList();
    }
  }

  @Test
  void theLinesInReadmeLeadFromBlueToGreen() throws Exception {
    List<String> lines = linesOfReadme();
    assertThat(lines).hasSizeGreaterThan(7);
    for (String line : lines) {
      try (Wire operator = librechat.operator()) {
        assertThat(operator.ask(line)).as(line).startsWith("*");
      }
    }
    assertThat(librechat.lifecycle().aliases())
        .containsExactly(Map.entry("librechat", "librechat.v2"));
    assertThat(librechat.state("librechat.v1")).isEqualTo("drained");
    assertThat(librechat.state("librechat.v2")).isEqualTo("active");
  }

  @Test
  void theAuditLogTellsWhoDidWhatAndStaysBounded() throws Exception {
    try (Wire operator = librechat.operator()) {
      assertThat(operator.ask("DEPLOYMENT CREATE librechat.rev1")).startsWith("*");
    }
    assertThatThrownBy(() -> librechat.lifecycle().create(TEST, "nobody.rev1"))
        .isInstanceOf(DeploymentException.class);
    assertThat(librechat.lifecycle().audit(10))
        .hasSize(2)
        .first()
        .asString()
        .contains("\"who\":\"test\"")
        .contains("no tenant and no deployment of keyward.yaml has this name");
    assertThat(librechat.lifecycle().audit(10).get(1))
        .contains("\"who\":\"operator\"")
        .contains("\"from\":\"127.0.0.1:")
        .contains("\"action\":\"create\"")
        .contains("\"result\":\"done\"")
        .doesNotContain("of-");
    assertThatThrownBy(() -> librechat.lifecycle().retire(TEST, "nobody.rev1", 1.0, false))
        .isInstanceOf(DeploymentException.class);
    assertThatThrownBy(() -> librechat.lifecycle().drain(TEST, "blue", -1))
        .isInstanceOf(DeploymentException.class);
    assertThat(librechat.lifecycle().audit(2).get(1))
        .contains("\"action\":\"retire\"", "there is no such deployment");
    assertThat(librechat.lifecycle().audit(1).getFirst())
        .contains("\"action\":\"drain\"", "timeout is not a number of seconds");
    Path log = folder.resolve("data/audit.log");
    for (int i = 0; i < 7; i++) {
      Files.writeString(log, ("x".repeat(1023) + "\n").repeat(1024));
      librechat.lifecycle().create(TEST, "librechat.rev1");
    }
    try (var files = Files.list(folder.resolve("data"))) {
      assertThat(files.map(f -> f.getFileName().toString()).filter(f -> f.startsWith("audit.log")))
          .containsExactlyInAnyOrder(
              "audit.log", "audit.log.1", "audit.log.2", "audit.log.3", "audit.log.4");
    }
    assertThat(Files.size(log)).isLessThan(1024);
  }

  @Test
  void aDeploymentThatTheFileNamesNowTakesNoPlaceAnyMore() throws IOException {
    for (int i = 1; i <= 3; i++) {
      librechat.logIn("librechat.rev" + i, "of-librechat").close();
    }
    assertThat(librechat.refusal("librechat.rev4")).contains("as many deployments as it may have");
    librechat.write("", "      rev1: {prefix: librechat.rev1, password: p}");
    assertThat(librechat.gateway().reload()).isEmpty();
    librechat.logIn("librechat.rev4", "of-librechat").close();
    assertThat(librechat.refusal("librechat.rev5")).contains("as many deployments as it may have");
  }

  @Test
  void loginsAndReloadsAtOnceTakeNoPlaceTwiceAndLoseNone()
      throws InterruptedException, ExecutionException, ConfigurationException {
    Settings settings = Settings.load(List.of(folder.resolve("keyward.yaml").toString()), Map.of());
    AtomicBoolean over = new AtomicBoolean();
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      List<Future<?>> reloads = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        reloads.add(
            threads.submit(
                () -> {
                  while (!over.get()) {
                    assertThat(librechat.gateway().server().tenancy().change(settings.tenancy()))
                        .isEmpty();
                  }
                }));
      }
      List<Future<?>> logins = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        int first = thread;
        logins.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 500; i++) {
                    librechat
                        .gateway()
                        .server()
                        .tenancy()
                        .logIn(
                            "librechat.rev" + (first + i) % 20,
                            "of-librechat".getBytes(StandardCharsets.UTF_8));
                  }
                }));
      }
      for (Future<?> login : logins) {
        login.get();
      }
      over.set(true);
      for (Future<?> reload : reloads) {
        reload.get();
      }
    }
    Set<String> created =
        librechat.gateway().server().tenancy().deployments().stream()
            .filter(deployment -> !deployment.configured())
            .map(Deployment::name)
            .collect(Collectors.toSet());
    assertThat(created).hasSize(3);
    assertThat(librechat.refusal("librechat.another"))
        .contains("as many deployments as it may have");
    for (String name : created) {
      librechat.logIn("librechat." + name, "of-librechat").close();
    }
  }
}
