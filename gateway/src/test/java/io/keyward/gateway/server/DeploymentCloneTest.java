package io.keyward.gateway.server;

import static io.keyward.gateway.server.LibrechatGateway.TEST;
import static io.keyward.gateway.server.LibrechatGateway.told;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.gateway.deployment.DeploymentException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deployments that are made to hold what another one holds. */
class DeploymentCloneTest {
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

  private static String bulk(Wire wire, String command) {
    assertThat(wire.ask(command)).startsWith("$");
    return wire.line();
  }

  @Test
  void aCloneHoldsEverythingAndIsApartAndOutlivesARestart() throws DeploymentException {
    try (Wire blue = librechat.logIn("blue", "blue-secret")) {
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

      assertThat(told(librechat.lifecycle().copy(TEST, "blue", "librechat.rev1", false)))
          .containsEntry("keys", 20_002L);
      assertThat(blue.ask("SET key2 changed")).isEqualTo("+OK");
      assertThat(blue.ask("DEL key3")).isEqualTo(":1");
    }
    for (boolean restarted : new boolean[] {false, true}) {
      try (Wire green = librechat.logIn("librechat.rev1", "of-librechat")) {
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
        librechat.restart();
      }
    }
    try (Wire blue = librechat.logIn("blue", "blue-secret")) {
      assertThat(blue.ask("DBSIZE")).isEqualTo(":20000");
      assertThat(bulk(blue, "GET key2")).isEqualTo("changed");
    }
  }

  @Test
  void whatAnApplicationDoesWithACloneInTheMakingOutlivesARestart() throws Exception {
    try (Wire blue = librechat.logIn("blue", "blue-secret");
        Wire operator = librechat.operator()) {
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
        there = librechat.lifecycle().info("green").get("keys");
      }
      assertThat(there).isEqualTo(50_000L);
      try (Wire early = librechat.logIn("green", "green-secret")) {
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
    librechat.restart();
    try (Wire green = librechat.logIn("green", "green-secret")) {
      assertThat(green.ask("DBSIZE")).isEqualTo(":50000");
      assertThat(bulk(green, "GET key49999")).isEqualTo("value49999-of-green");
      assertThat(green.ask("EXISTS key49998 key49997")).isEqualTo(":0");
      assertThat(bulk(green, "GET other")).isEqualTo("value49997");
      assertThat(bulk(green, "GET key49996")).isEqualTo("value49996");
    }
  }

  @Test
  void aCloneIsRefusedWhereItWouldNotFitOrReplaceUnasked() throws Exception {
    librechat.write("    limits: {memory: 64kb}", "");
    assertThat(librechat.gateway().reload()).isEmpty();
    try (Wire blue = librechat.logIn("blue", "blue-secret")) {
      assertThat(blue.ask("SETRANGE key 20000 x")).isEqualTo(":20001");
      assertThat(blue.ask("SETRANGE other 20000 x")).isEqualTo(":20001");
      assertThatThrownBy(() -> librechat.lifecycle().copy(TEST, "blue", "librechat.rev1", false))
          .hasMessageContaining("beyond the tenant's memory limit of 65536");
      assertThat(librechat.listed()).as("nothing is left of it").containsExactly("blue", "green");
      assertThat(blue.ask("DEL other")).isEqualTo(":1");
      assertThatThrownBy(() -> librechat.lifecycle().copy(TEST, "blue", "blue", false))
          .hasMessageContaining("same deployment");

      librechat.lifecycle().copy(TEST, "blue", "green", false);
      assertThatThrownBy(() -> librechat.lifecycle().copy(TEST, "blue", "green", false))
          .hasMessageContaining("has keys or functions. Remedy: REPLACE");
      assertThat(blue.ask("RENAME key new")).isEqualTo("+OK");
      librechat.lifecycle().copy(TEST, "blue", "green", true);
    }
    try (Wire green = librechat.logIn("green", "green-secret")) {
      assertThat(green.ask("EXISTS key")).isEqualTo(":0");
      assertThat(green.ask("STRLEN new")).isEqualTo(":20001");
    }
  }

  private static void load(Wire wire, String library) {
    wire.send("*4\r\n$8\r\nFUNCTION\r\n$4\r\nLOAD\r\n$7\r\nREPLACE\r\n");
    assertThat(wire.send("$" + library.length() + "\r\n" + library + "\r\n").line())
        .isEqualTo("$1");
    assertThat(wire.line()).isEqualTo("l");
  }

  @Test
  void functionsOfACloneHaveVariablesOfTheirOwn() throws Exception {
    String counting =
        "#!lua name=l\nlocal n = 0\n"
            + "redis.register_function('f', function() n = n + 1 return n end)";
    try (Wire blue = librechat.logIn("blue", "blue-secret")) {
      load(blue, counting);
      assertThat(blue.ask("FCALL f 0")).isEqualTo(":1");
      assertThat(blue.ask("FCALL f 0")).isEqualTo(":2");
      librechat.lifecycle().copy(TEST, "blue", "librechat.rev1", false);
      try (Wire clone = librechat.logIn("librechat.rev1", "of-librechat")) {
        assertThat(clone.ask("FCALL f 0")).isEqualTo(":1");
        assertThat(blue.ask("FCALL f 0")).isEqualTo(":3");
        load(clone, counting.replace("n + 1", "n + 5"));
        assertThat(clone.ask("FCALL f 0")).isEqualTo(":5");
        assertThat(blue.ask("FCALL f 0")).isEqualTo(":4");
      }
    }
  }

  @Test
  void aCloneWithoutItsFunctionsIsNone() throws Exception {
    String library = "#!lua name=%s\nredis.register_function('f', function() return '%s' end)";
    try (Wire blue = librechat.logIn("blue", "blue-secret")) {
      assertThat(blue.ask("SET key value")).isEqualTo("+OK");
      load(blue, library.formatted("l", "of blue"));
      librechat.lifecycle().create(TEST, "librechat.rev1");
      try (Wire target = librechat.logIn("librechat.rev1", "of-librechat")) {
        String other = library.formatted("m", "own");
        target.send("*3\r\n$8\r\nFUNCTION\r\n$4\r\nLOAD\r\n");
        assertThat(target.send("$" + other.length() + "\r\n" + other + "\r\n").line())
            .isEqualTo("$1");
      }
      assertThatThrownBy(() -> librechat.lifecycle().copy(TEST, "blue", "librechat.rev1", false))
          .hasMessageContaining("the target has keys or functions. Remedy: REPLACE");
      try (Wire target = librechat.logIn("librechat.rev1", "of-librechat")) {
        assertThat(target.ask("DBSIZE")).isEqualTo(":0");
        assertThat(bulk(target, "FCALL f 0")).isEqualTo("own");
      }

      try (Wire operator = librechat.operator()) {
        assertThat(operator.ask("CONFIG SET maxmemory 1")).isEqualTo("+OK");
        assertThatThrownBy(() -> librechat.lifecycle().copy(TEST, "blue", "librechat.rev1", true))
            .hasMessageContaining("no memory for the functions: OOM");
        assertThat(operator.ask("CONFIG SET maxmemory 0")).isEqualTo("+OK");
      }
      librechat.lifecycle().copy(TEST, "blue", "librechat.rev1", true);
      try (Wire target = librechat.logIn("librechat.rev1", "of-librechat")) {
        assertThat(bulk(target, "FCALL f 0")).isEqualTo("of blue");
        assertThat(target.ask("DBSIZE")).isEqualTo(":1");
      }
    }
  }

  @Test
  void aCloneThatIsRefusedLeavesTheTargetWhatItHeld() throws Exception {
    librechat.write("", "      quick: {password: quick-secret, durability: memory}");
    assertThat(librechat.gateway().reload()).isEmpty();
    // There are two event loops: one of the two at least lives elsewhere than the source.
    for (String name : new String[] {"blue", "green", "quick"}) {
      try (Wire wire = librechat.logIn(name, name + "-secret")) {
        assertThat(wire.ask("SET key " + name)).isEqualTo("+OK");
      }
    }
    for (String name : new String[] {"blue", "green"}) {
      try (Wire client = librechat.logIn(name, name + "-secret")) {
        assertThatThrownBy(() -> librechat.lifecycle().copy(TEST, "quick", name, true))
            .hasMessageContaining("same durability");
        assertThat(bulk(client, "GET key")).isEqualTo(name);
      }
    }
  }

  @Test
  void theKeysOfACloneCountForTheTenantBesideThoseOfTheOthers() throws Exception {
    librechat.write("    limits: {keys: 5}", "");
    assertThat(librechat.gateway().reload()).isEmpty();
    try (Wire blue = librechat.logIn("blue", "blue-secret");
        Wire green = librechat.logIn("green", "green-secret")) {
      assertThat(blue.ask("MSET a 1 b 2 c 3")).isEqualTo("+OK");
      assertThatThrownBy(() -> librechat.lifecycle().copy(TEST, "blue", "green", false))
          .hasMessageContaining("3 keys would go beyond the tenant's keys limit of 5");
      assertThat(blue.ask("DEL c")).isEqualTo(":1");
      // What blue has is known on green's event loop as of some milliseconds ago.
      String answer = green.ask("MSET x 1 y 2 z 3");
      while (answer.startsWith("-LIMIT")) {
        answer = green.ask("MSET x 1 y 2 z 3");
      }
      assertThat(answer).isEqualTo("+OK");
      green.endInput();
      librechat.lifecycle().copy(TEST, "blue", "green", true);
    }
    try (Wire green = librechat.logIn("green", "green-secret")) {
      assertThat(green.ask("DBSIZE")).isEqualTo(":2");
    }
  }

  @Test
  void aPauseOfTheTargetHoldsUpNothingOfAClone() throws Exception {
    try (Wire blue = librechat.logIn("blue", "blue-secret")) {
      assertThat(blue.ask("SET key value")).isEqualTo("+OK");
      // Both on one event loop, where the target's keyspace stays the one that it is.
      librechat.lifecycle().copy(TEST, "blue", "librechat.rev2", false);
      try (Wire target = librechat.logIn("librechat.rev2", "of-librechat")) {
        assertThat(target.ask("SET own 1")).isEqualTo("+OK");
        assertThat(target.ask("CLIENT PAUSE 1000000 WRITE")).isEqualTo("+OK");
        assertThat(told(librechat.lifecycle().copy(TEST, "blue", "librechat.rev2", true)))
            .containsEntry("keys", 1L);
        assertThat(target.ask("CLIENT UNPAUSE")).isEqualTo("+OK");
        assertThat(bulk(target, "GET key")).isEqualTo("value");
        assertThat(target.ask("DBSIZE")).isEqualTo(":1");
      }
    }
  }
}
