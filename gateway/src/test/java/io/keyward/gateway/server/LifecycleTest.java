package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.config.ConfigurationException;
import io.keyward.config.Settings;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.deployment.Actor;
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

class LifecycleTest {
  private static final Actor TEST = new Actor("test", "");

  @TempDir Path folder;
  private Gateway gateway;

  @BeforeEach
  void start() throws IOException {
    write("", "");
    gateway = open();
  }

  private void write(String ofTenant, String further) throws IOException {
    Files.writeString(
        folder.resolve("keyward.yaml"),
        """
        event-loops: 2
        operator: {username: operator, password: of-operator}
        tenants:
          librechat:
            secret: of-librechat
            max-deployments: 3
        %s
            deployments:
              blue:  {prefix: librechat-blue,  password: blue-secret}
              green: {prefix: librechat-green, password: green-secret}
        %s
        """
            .formatted(ofTenant, further));
  }

  private Gateway open() {
    return Gateways.startWith(
        Map.of(),
        folder.resolve("keyward.yaml").toString(),
        "--dir",
        folder.resolve("data").toString(),
        "--appendonly",
        "yes");
  }

  private void restart() {
    gateway.close();
    gateway = open();
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private Wire logIn(String user, String password) {
    Wire wire = Wire.to(gateway.ports().redis());
    assertThat(wire.ask("AUTH " + user + " " + password)).isEqualTo("+OK");
    return wire;
  }

  private Wire operator() {
    return logIn("operator", "of-operator");
  }

  private String refusal(String user) {
    try (Wire wire = Wire.to(gateway.ports().redis())) {
      return wire.ask("AUTH " + user + " of-librechat");
    }
  }

  private Object state(String deployment) throws DeploymentException {
    return gateway.lifecycle().info(deployment).get("state");
  }

  private List<Object> listed() throws DeploymentException {
    return gateway.lifecycle().list().stream().map(line -> line.get("name")).toList();
  }

  private static void awaitEnd(Wire wire) {
    assertThat(wire.readToEnd()).isEmpty();
  }

  @Test
  void theListTellsWhatEachDeploymentHolds() throws DeploymentException {
    try (Wire blue = logIn("blue", "blue-secret");
        Wire operator = operator()) {
      assertThat(blue.ask("SET key value")).isEqualTo("+OK");
      assertThat(blue.ask("SELECT 3")).isEqualTo("+OK");
      assertThat(blue.ask("SET other value")).isEqualTo("+OK");

      Map<String, Object> line = gateway.lifecycle().list().getFirst();
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
  void anAliasMovesInOneStepAndItsClientsConnectAnew() throws DeploymentException {
    gateway.lifecycle().promote(TEST, "live", "blue");
    try (Wire byAlias = logIn("live", "of-librechat");
        Wire byName = logIn("blue", "blue-secret");
        Wire operator = operator()) {
      assertThat(byAlias.ask("SET key blue")).isEqualTo("+OK");
      assertThat(operator.ask("DEPLOYMENT PROMOTE live green")).isEqualTo("*6");

      awaitEnd(byAlias);
      assertThat(byName.ask("GET key")).isEqualTo("$4");
    }
    try (Wire again = logIn("live", "of-librechat")) {
      assertThat(again.ask("GET key")).isEqualTo("$-1");
    }
    try (Wire withItsPassword = logIn("live", "green-secret")) {
      assertThat(withItsPassword.ask("GET key")).isEqualTo("$-1");
    }
    assertThat(gateway.lifecycle().aliases()).containsExactly(Map.entry("live", "green"));
  }

  @Test
  void whoIsSentAwayGetsTheAnswersToWhatWasAsked() throws DeploymentException {
    gateway.lifecycle().promote(TEST, "live", "blue");
    try (Wire byAlias = logIn("live", "of-librechat")) {
      StringBuilder asked = new StringBuilder();
      asked.append("INCR count\r\n".repeat(10_000));
      byAlias.send(asked.toString());
      assertThat(byAlias.line()).isEqualTo(":1");
      gateway.lifecycle().promote(TEST, "live", "green");

      String rest = byAlias.readToEnd();
      List<String> answers = rest.lines().toList();
      int executed = answers.size() + 1;
      assertThat(answers.getLast()).isEqualTo(":" + executed);
      try (Wire blue = logIn("blue", "blue-secret")) {
        assertThat(blue.ask("INCR count"))
            .as("nothing was executed that was not answered")
            .isEqualTo(":" + (executed + 1));
      }
    }
  }

  @Test
  void anAliasTakesNoNameThatMeansSomething() {
    for (String name : List.of("blue", "operator", "default", "librechat.live", "no good")) {
      assertThatThrownBy(() -> gateway.lifecycle().promote(TEST, name, "green"))
          .isInstanceOf(DeploymentException.class);
    }
    assertThat(gateway.lifecycle().aliases()).isEmpty();
  }

  @Test
  void drainingClosesWhatIsIdleAndWhatWaits() throws DeploymentException {
    try (Wire idle = logIn("librechat.rev1", "of-librechat");
        Wire blocked = logIn("librechat.rev1", "of-librechat");
        Wire inTransaction = logIn("librechat.rev1", "of-librechat");
        Wire other = logIn("blue", "blue-secret");
        Wire operator = operator()) {
      blocked.send("BLPOP list 0\r\n");
      assertThat(inTransaction.ask("MULTI")).isEqualTo("+OK");
      operator.send("DEPLOYMENT DRAIN librechat.rev1 1\r\n");

      awaitEnd(idle);
      assertThat(refusal("librechat.rev1"))
          .isEqualTo("-ERR the deployment takes no logins: it is being drained");
      assertThat(inTransaction.ask("SET key value")).isEqualTo("+QUEUED");
      assertThat(inTransaction.ask("EXEC")).isEqualTo("*1");
      assertThat(inTransaction.line()).isEqualTo("+OK");
      awaitEnd(inTransaction);
      assertThat(blocked.readToEnd()).isEmpty();
      assertThat(operator.line()).isEqualTo("*8");
      assertThat(state("librechat.rev1")).isEqualTo("drained");
      assertThat(other.ask("PING")).isEqualTo("+PONG");

      gateway.lifecycle().create(TEST, "librechat.rev1");
      try (Wire again = logIn("librechat.rev1", "of-librechat")) {
        assertThat(again.ask("GET key")).isEqualTo("$5");
      }
    }
  }

  @Test
  void whatIsDroppedIsGoneFromMemoryAndFilesAndItsPlaceIsFree() throws DeploymentException {
    for (int i = 1; i <= 3; i++) {
      try (Wire wire = logIn("librechat.rev" + i, "of-librechat")) {
        assertThat(wire.ask("SET key value")).isEqualTo("+OK");
        String library = "#!lua name=l\nredis.register_function('f', function() end)";
        assertThat(
                wire.send("*3\r\n$8\r\nFUNCTION\r\n$4\r\nLOAD\r\n")
                    .send("$" + library.length() + "\r\n" + library + "\r\n")
                    .line())
            .isEqualTo("$1");
      }
    }
    assertThat(refusal("librechat.rev4")).contains("as many deployments as it may have");
    Wire there = logIn("librechat.rev2", "of-librechat");
    gateway.lifecycle().drop(TEST, "librechat.rev2", false);
    awaitEnd(there);
    gateway.lifecycle().drop(TEST, "blue", false);

    try (Wire fourth = logIn("librechat.rev4", "of-librechat")) {
      assertThat(fourth.ask("DBSIZE")).isEqualTo(":0");
    }
    restart();
    assertThat(listed()).containsExactly("blue", "green", "librechat.rev1", "librechat.rev3");
    assertThat(state("blue")).isEqualTo("retired");
    try (Wire blue = Wire.to(gateway.ports().redis())) {
      assertThat(blue.ask("AUTH blue blue-secret")).contains("takes no logins");
    }
    gateway.lifecycle().create(TEST, "blue");
    logIn("blue", "blue-secret").close();
    try (Wire second = logIn("librechat.rev2", "of-librechat")) {
      assertThat(second.ask("DBSIZE")).isEqualTo(":0");
      assertThat(second.ask("FUNCTION LIST")).isEqualTo("*0");
    }
  }

  @Test
  void whatAnAliasLeadsToIsNeitherDroppedNorRetired() throws DeploymentException {
    gateway.lifecycle().promote(TEST, "live", "blue");
    assertThatThrownBy(() -> gateway.lifecycle().drop(TEST, "blue", false))
        .hasMessageContaining("an alias leads to it");
    assertThatThrownBy(() -> gateway.lifecycle().retire(TEST, "blue", 0.0, false))
        .hasMessageContaining("an alias leads to it");
    gateway.lifecycle().drop(TEST, "blue", true);
    assertThat(gateway.lifecycle().aliases()).isEmpty();
  }

  private static String bulk(Wire wire, String command) {
    assertThat(wire.ask(command)).startsWith("$");
    return wire.line();
  }

  @Test
  void aCloneHoldsEverythingAndIsApartAndOutlivesARestart() throws DeploymentException {
    try (Wire blue = logIn("blue", "blue-secret")) {
      for (int i = 0; i < 20_000; i++) {
        blue.send("SET key" + i + " value" + i + "\r\n");
      }
      for (int i = 0; i < 20_000; i++) {
        assertThat(blue.line()).isEqualTo("+OK");
      }
      assertThat(blue.ask("PEXPIREAT key1 4000000000000")).isEqualTo(":1");
      assertThat(blue.ask("HSET ROLES:USER field value")).isEqualTo(":1");
      assertThat(blue.ask("SELECT 5")).isEqualTo("+OK");
      assertThat(blue.ask("RPUSH list one two")).isEqualTo(":2");
      assertThat(blue.ask("SELECT 0")).isEqualTo("+OK");
      String library =
          "#!lua name=l\nredis.register_function('f', function() return 'from blue' end)";
      assertThat(
              blue.send("*3\r\n$8\r\nFUNCTION\r\n$4\r\nLOAD\r\n")
                  .send("$" + library.length() + "\r\n" + library + "\r\n")
                  .line())
          .isEqualTo("$1");
      assertThat(blue.line()).isEqualTo("l");

      assertThat(told(gateway.lifecycle().copy(TEST, "blue", "librechat.rev1", false)))
          .containsEntry("keys", 20_002L);
      assertThat(blue.ask("SET key2 changed")).isEqualTo("+OK");
      assertThat(blue.ask("DEL key3")).isEqualTo(":1");
    }
    for (boolean restarted : new boolean[] {false, true}) {
      try (Wire green = logIn("librechat.rev1", "of-librechat")) {
        assertThat(green.ask("DBSIZE")).isEqualTo(":20001");
        assertThat(bulk(green, "GET key2")).isEqualTo("value2");
        assertThat(bulk(green, "GET key3")).isEqualTo("value3");
        assertThat(green.ask("PEXPIRETIME key1")).isEqualTo(":4000000000000");
        assertThat(bulk(green, "FCALL f 0")).isEqualTo("from blue");
        assertThat(bulk(green, "HGET ROLES:USER field")).isEqualTo("value");
        assertThat(green.ask("SELECT 5")).isEqualTo("+OK");
        assertThat(green.ask("LLEN list")).isEqualTo(":2");
      }
      if (!restarted) {
        restart();
      }
    }
    try (Wire blue = logIn("blue", "blue-secret")) {
      assertThat(blue.ask("DBSIZE")).isEqualTo(":20000");
      assertThat(bulk(blue, "GET key2")).isEqualTo("changed");
    }
  }

  @Test
  void whatAnApplicationDoesWithACloneInTheMakingOutlivesARestart() throws Exception {
    try (Wire blue = logIn("blue", "blue-secret");
        Wire operator = operator()) {
      for (int i = 0; i < 50_000; i++) {
        blue.send("SET key" + i + " value" + i + "\r\n");
      }
      for (int i = 0; i < 50_000; i++) {
        assertThat(blue.line()).isEqualTo("+OK");
      }
      operator.send("DEPLOYMENT CLONE blue green\r\n");
      // Green may move to blue's loop first; who comes in before that is sent away.
      Object there = 0L;
      while (there.equals(0L)) {
        there = gateway.lifecycle().info("green").get("keys");
      }
      assertThat(there).isEqualTo(50_000L);
      try (Wire early = logIn("green", "green-secret")) {
        assertThat(early.ask("APPEND key49999 -of-green")).isEqualTo(":19");
        assertThat(early.ask("DEL key49998")).isEqualTo(":1");
        assertThat(early.ask("MULTI")).isEqualTo("+OK");
        assertThat(early.ask("RENAME key49997 other")).isEqualTo("+QUEUED");
        assertThat(early.ask("INCRBY number 3")).isEqualTo("+QUEUED");
        assertThat(early.ask("EXEC")).isEqualTo("*2");
        assertThat(early.line()).isEqualTo("+OK");
        assertThat(early.line()).isEqualTo(":3");
      }
      assertThat(blue.ask("APPEND key49996 -of-blue")).isEqualTo(":18");
      assertThat(operator.line()).isEqualTo("*10");
    }
    restart();
    try (Wire green = logIn("green", "green-secret")) {
      assertThat(green.ask("DBSIZE")).isEqualTo(":50000");
      assertThat(bulk(green, "GET key49999")).isEqualTo("value49999-of-green");
      assertThat(green.ask("EXISTS key49998 key49997")).isEqualTo(":0");
      assertThat(bulk(green, "GET other")).isEqualTo("value49997");
      assertThat(bulk(green, "GET key49996")).isEqualTo("value49996");
    }
  }

  @Test
  void aCloneIsRefusedWhereItWouldNotFitOrReplaceUnasked() throws Exception {
    write("    limits: {memory: 64kb}", "");
    assertThat(gateway.reload()).isEmpty();
    try (Wire blue = logIn("blue", "blue-secret")) {
      assertThat(blue.ask("SETRANGE key 20000 x")).isEqualTo(":20001");
      assertThat(blue.ask("SETRANGE other 20000 x")).isEqualTo(":20001");
      assertThatThrownBy(() -> gateway.lifecycle().copy(TEST, "blue", "librechat.rev1", false))
          .hasMessageContaining("beyond the tenant's memory limit of 65536");
      assertThat(listed()).as("nothing is left of it").containsExactly("blue", "green");
      assertThat(blue.ask("DEL other")).isEqualTo(":1");
      assertThatThrownBy(() -> gateway.lifecycle().copy(TEST, "blue", "blue", false))
          .hasMessageContaining("same deployment");

      gateway.lifecycle().copy(TEST, "blue", "green", false);
      assertThatThrownBy(() -> gateway.lifecycle().copy(TEST, "blue", "green", false))
          .hasMessageContaining("has keys. Remedy: REPLACE");
      assertThat(blue.ask("RENAME key new")).isEqualTo("+OK");
      gateway.lifecycle().copy(TEST, "blue", "green", true);
    }
    try (Wire green = logIn("green", "green-secret")) {
      assertThat(green.ask("EXISTS key")).isEqualTo(":0");
      assertThat(green.ask("STRLEN new")).isEqualTo(":20001");
    }
  }

  @Test
  void aPauseOfTheTargetHoldsUpNothingOfAClone() throws Exception {
    try (Wire blue = logIn("blue", "blue-secret")) {
      assertThat(blue.ask("SET key value")).isEqualTo("+OK");
      // Both on one event loop, where the target's keyspace stays the one that it is.
      gateway.lifecycle().copy(TEST, "blue", "librechat.rev2", false);
      try (Wire target = logIn("librechat.rev2", "of-librechat")) {
        assertThat(target.ask("SET own 1")).isEqualTo("+OK");
        assertThat(target.ask("CLIENT PAUSE 1000000 WRITE")).isEqualTo("+OK");
        assertThat(told(gateway.lifecycle().copy(TEST, "blue", "librechat.rev2", true)))
            .containsEntry("keys", 1L);
        assertThat(target.ask("CLIENT UNPAUSE")).isEqualTo("+OK");
        assertThat(bulk(target, "GET key")).isEqualTo("value");
        assertThat(target.ask("DBSIZE")).isEqualTo(":1");
      }
    }
  }

  @Test
  void aDeploymentIsRetiredWhenNobodyHasBeenThereForLong() throws Exception {
    try (Wire blue = logIn("blue", "blue-secret")) {
      assertThat(blue.ask("SET key value")).isEqualTo("+OK");
      assertThat(told(gateway.lifecycle().retire(TEST, "blue", 1.0, true)))
          .containsEntry("would-free-keys", 1L)
          .containsEntry("connections", 1L)
          .containsEntry("retires-in-seconds", 3600L);
      gateway.lifecycle().retire(TEST, "blue", 0.0, false);
      assertThat(blue.ask("GET key")).isEqualTo("$5");
      assertThat(blue.line()).isEqualTo("value");
      assertThat(blue.ask("QUIT")).isEqualTo("+OK");
      awaitEnd(blue);
    }
    while (gateway.server().tenancy().roster().named("blue").connections() > 0) {
      Thread.onSpinWait();
    }
    while (!state("blue").equals("retired")) {
      gateway.lifecycle().retire(TEST, "blue", 0.0, false);
    }
    try (Wire back = logIn("blue", "blue-secret")) {
      assertThat(back.ask("DBSIZE")).isEqualTo(":0");
      assertThat(state("blue")).isEqualTo("active");
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> told(Object answer) {
    return (Map<String, Object>) answer;
  }

  @Test
  void theTenantsSettingRetiresByItself() throws Exception {
    write("    retire-after: 1ms", "");
    assertThat(gateway.reload()).isEmpty();
    gateway.lifecycle().promote(TEST, "live", "green");
    try (Wire wire = logIn("librechat.rev1", "of-librechat")) {
      assertThat(wire.ask("SET key value")).isEqualTo("+OK");
      gateway.lifecycle().retireDue();
      assertThat(state("librechat.rev1")).isEqualTo("active");
    }
    Deployment first = gateway.server().tenancy().roster().named("librechat.rev1");
    while (first.connections() > 0) {
      Thread.onSpinWait();
    }
    // Idleness counts by the steady clock, a millisecond of which has to pass.
    for (long began = System.nanoTime();
        listed().size() > 2 && System.nanoTime() - began < 10_000_000_000L; ) {
      gateway.lifecycle().retireDue();
    }
    assertThat(listed()).containsExactly("blue", "green");
    assertThat(state("green")).isEqualTo("active");
    assertThat(gateway.lifecycle().audit(10).stream().anyMatch(l -> l.contains("\"gateway\"")))
        .isTrue();
  }

  @Test
  void whatWasDecidedOutlivesARestart() throws Exception {
    gateway.lifecycle().create(TEST, "librechat.rev1");
    gateway.lifecycle().promote(TEST, "live", "librechat.rev1");
    gateway.lifecycle().drain(TEST, "blue", 0);
    restart();
    assertThat(listed()).containsExactly("blue", "green", "librechat.rev1");
    assertThat(gateway.lifecycle().aliases()).containsExactly(Map.entry("live", "librechat.rev1"));
    assertThat(state("blue")).isEqualTo("drained");
    logIn("live", "of-librechat").close();

    gateway.close();
    Files.writeString(folder.resolve("data/deployments.json"), "{\"version\": 1,");
    assertThatThrownBy(this::open)
        .cause()
        .hasMessageContaining("deployments.json")
        .hasMessageContaining("Remedy");
    Files.delete(folder.resolve("data/deployments.json"));
    gateway = open();
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
      try (Wire operator = operator()) {
        assertThat(operator.ask(line)).as(line).startsWith("*");
      }
    }
    assertThat(gateway.lifecycle().aliases())
        .containsExactly(Map.entry("librechat", "librechat.v2"));
    assertThat(state("librechat.v1")).isEqualTo("drained");
    assertThat(state("librechat.v2")).isEqualTo("active");
  }

  @Test
  void theAuditLogTellsWhoDidWhatAndStaysBounded() throws Exception {
    try (Wire operator = operator()) {
      assertThat(operator.ask("DEPLOYMENT CREATE librechat.rev1")).startsWith("*");
    }
    assertThatThrownBy(() -> gateway.lifecycle().create(TEST, "nobody.rev1"))
        .isInstanceOf(DeploymentException.class);
    assertThat(gateway.lifecycle().audit(10))
        .hasSize(2)
        .first()
        .asString()
        .contains("\"who\":\"test\"")
        .contains("no tenant and no deployment of keyward.yaml has this name");
    assertThat(gateway.lifecycle().audit(10).get(1))
        .contains("\"who\":\"operator\"")
        .contains("\"from\":\"127.0.0.1:")
        .contains("\"action\":\"create\"")
        .contains("\"result\":\"done\"")
        .doesNotContain("of-");
    assertThatThrownBy(() -> gateway.lifecycle().retire(TEST, "nobody.rev1", 1.0, false))
        .isInstanceOf(DeploymentException.class);
    assertThatThrownBy(() -> gateway.lifecycle().drain(TEST, "blue", -1))
        .isInstanceOf(DeploymentException.class);
    assertThat(gateway.lifecycle().audit(2).get(1))
        .contains("\"action\":\"retire\"", "there is no such deployment");
    assertThat(gateway.lifecycle().audit(1).getFirst())
        .contains("\"action\":\"drain\"", "timeout is not a number of seconds");
    Path log = folder.resolve("data/audit.log");
    for (int i = 0; i < 7; i++) {
      Files.writeString(log, ("x".repeat(1023) + "\n").repeat(1024));
      gateway.lifecycle().create(TEST, "librechat.rev1");
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
      logIn("librechat.rev" + i, "of-librechat").close();
    }
    assertThat(refusal("librechat.rev4")).contains("as many deployments as it may have");
    write("", "      rev1: {prefix: librechat.rev1, password: p}");
    assertThat(gateway.reload()).isEmpty();
    logIn("librechat.rev4", "of-librechat").close();
    assertThat(refusal("librechat.rev5")).contains("as many deployments as it may have");
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
                    assertThat(gateway.server().tenancy().change(settings.tenancy())).isEmpty();
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
                    gateway
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
        gateway.server().tenancy().deployments().stream()
            .filter(deployment -> !deployment.configured())
            .map(Deployment::name)
            .collect(Collectors.toSet());
    assertThat(created).hasSize(3);
    assertThat(refusal("librechat.another")).contains("as many deployments as it may have");
    for (String name : created) {
      logIn("librechat." + name, "of-librechat").close();
    }
  }
}
