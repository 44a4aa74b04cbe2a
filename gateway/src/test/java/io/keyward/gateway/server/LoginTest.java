package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.tenant.Secret;
import io.keyward.tenancy.Decision;
import io.keyward.tenancy.FailedLogins;
import io.keyward.tenancy.Tenancy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in by which login, and what those learn who are not. */
class LoginTest {
  private static final String NOT_YET = "-NOAUTH Authentication required.";
  private static final String WRONG =
      "-WRONGPASS invalid username-password pair or user is disabled.";

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
  void withoutALoginNothingButALoginIsPossible() {
    try (Wire wire = librechat.connect()) {
      assertThat(wire.ask("PING")).isEqualTo(NOT_YET);
      assertThat(wire.ask("GET key")).isEqualTo(NOT_YET);
      assertThat(wire.ask("CLIENT LIST")).isEqualTo(NOT_YET);
      assertThat(wire.ask("HELLO 3")).startsWith("-NOAUTH HELLO must be called");
      assertThat(wire.ask("AUTH blue-secret")).isEqualTo(WRONG);
      assertThat(wire.ask("QUIT")).isEqualTo("+OK");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AUTH blue green-secret",
        "AUTH nobody x",
        "AUTH librechat of-librechat",
        "AUTH other.blue of-librechat",
        "AUTH librechat.rev1 x"
      })
  void aWrongLoginTellsNothing(String login) {
    try (Wire wire = librechat.connect()) {
      assertThat(wire.ask(login)).isEqualTo(WRONG);
      assertThat(wire.ask("PING")).isEqualTo(NOT_YET);
    }
  }

  @Test
  void aUserWithinADeploymentLogsInFromOutside() {
    try (Wire blue = librechat.logIn("blue", "blue-secret")) {
      assertThat(blue.ask("ACL SETUSER alice on >of-alice ~cache:* +get +set +auth"))
          .isEqualTo("+OK");
      assertThat(blue.ask("ACL SETUSER anybody on nopass ~* +@all")).isEqualTo("+OK");
      try (Wire alice = librechat.logIn("blue/alice", "of-alice")) {
        assertThat(alice.ask("SET cache:a 1")).isEqualTo("+OK");
        assertThat(alice.ask("SET other 1")).startsWith("-NOPERM");
        assertThat(alice.ask("AUTH default anything")).isEqualTo(WRONG);
        assertThat(alice.ask("SET other 1")).startsWith("-NOPERM");
      }
      assertThat(blue.ask("ACL SETUSER default >of-default")).isEqualTo("+OK");
      for (String login :
          List.of(
              "blue/anybody x",
              "blue/default blue-secret",
              "blue/default of-default",
              "green/alice of-alice")) {
        try (Wire wire = librechat.connect()) {
          assertThat(wire.ask("AUTH " + login)).isEqualTo(WRONG);
          assertThat(wire.ask("PING")).isEqualTo(NOT_YET);
        }
      }
      assertThat(blue.ask("ACL DELUSER alice")).isEqualTo(":1");
    }
    try (Wire wire = librechat.connect()) {
      assertThat(wire.ask("AUTH blue/alice of-alice")).isEqualTo(WRONG);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"green", "operator", "librechat.rev1", "librechat.blue", "green/alice"})
  void whoIsInADeploymentLearnsNothingOfOthersByNamesOfItsUsers(String name) {
    try (Wire blue = librechat.logIn("blue", "blue-secret")) {
      for (String rule : List.of(">of-mine", "resetpass nopass")) {
        assertThat(blue.ask("ACL SETUSER " + name + " on ~* +@all " + rule)).isEqualTo("+OK");
        assertThat(blue.ask("AUTH " + name + " of-mine")).isEqualTo("+OK");
        assertThat(blue.ask("ACL WHOAMI") + blue.line()).isEqualTo("$" + name.length() + name);
        assertThat(blue.ask("RESET")).isEqualTo("+RESET");
        assertThat(blue.ask("AUTH blue blue-secret")).isEqualTo("+OK");
      }
      assertThat(blue.ask("ACL SETUSER " + name + " resetpass >of-mine")).isEqualTo("+OK");
      assertThat(blue.ask("AUTH green green-secret")).isEqualTo("+OK");
      assertThat(blue.ask("ACL WHOAMI") + blue.line()).isEqualTo("$7default");
    }
  }

  @Test
  void aUserWithinACreatedDeploymentLogsInFromOutside() {
    try (Wire rev1 = librechat.logIn("librechat.rev1", "of-librechat")) {
      assertThat(rev1.ask("ACL SETUSER bob on >of-bob ~* +get")).isEqualTo("+OK");
      try (Wire bob = librechat.logIn("librechat.rev1/bob", "of-bob")) {
        assertThat(bob.ask("GET a")).isEqualTo("$-1");
        assertThat(bob.ask("SET a 1")).startsWith("-NOPERM");
      }
      try (Wire wire = librechat.connect()) {
        assertThat(wire.ask("AUTH librechat.rev1/bob of-librechat")).isEqualTo(WRONG);
      }
    }
  }

  @Test
  void theLogOfRefusalsDoesNotTellWhichNamesExist() {
    try (Wire blue = librechat.logIn("blue", "blue-secret")) {
      for (String name : List.of("green", "nobody", "operator")) {
        assertThat(blue.ask("ACL LOG RESET")).isEqualTo("+OK");
        assertThat(blue.ask("AUTH " + name + " wrong")).isEqualTo(WRONG);
        assertThat(blue.ask("ACL LOG 1")).isEqualTo("*1");
        String entry = blue.line();
        while (!entry.equals("username")) {
          entry = blue.line();
        }
        assertThat(blue.line()).isEqualTo("$" + name.length());
        assertThat(blue.line()).isEqualTo(name);
        while (!entry.equals("timestamp-last-updated")) {
          entry = blue.line();
        }
        blue.line();
      }
    }
  }

  @Test
  void aNameWithAQuickSecretIsRefusedNoFasterThanOneThatNobodyHas() throws IOException {
    librechat.write("", "      slow: {password: \"" + Secret.hash("slow-secret") + "\"}");
    assertThat(librechat.gateway().reload()).isEmpty();
    Tenancy tenancy = librechat.gateway().server().tenancy();
    byte[] wrong = "wrong".getBytes(StandardCharsets.UTF_8);
    assertThat(tenancy.failure(wrong)).isInstanceOf(Decision.Undecided.class);
    for (String name : List.of("blue", "slow", "operator", "librechat.rev1")) {
      assertThat(tenancy.logIn(name, wrong))
          .as(name)
          .isInstanceOfSatisfying(
              Decision.Undecided.class,
              undecided ->
                  assertThat(undecided.comparison().get())
                      .isInstanceOf(Decision.WrongPassword.class));
    }
    byte[] decoy = "slow-secret".getBytes(StandardCharsets.UTF_8);
    assertThat(tenancy.logIn("blue", decoy))
        .isInstanceOfSatisfying(
            Decision.Undecided.class,
            undecided ->
                assertThat(undecided.comparison().get())
                    .isInstanceOf(Decision.WrongPassword.class));
  }

  @Test
  void repeatedFailuresAreSlowedButOthersAreNot() {
    try (Wire guessing = librechat.connect()) {
      for (int i = 0; i < 3; i++) {
        assertThat(guessing.ask("AUTH blue guess" + i)).isEqualTo(WRONG);
      }
      long start = System.nanoTime();
      guessing.send("AUTH blue guess\r\nPING\r\n");
      try (Wire blue = librechat.logIn("librechat.blue", "of-librechat")) {
        assertThat(blue.ask("PING")).isEqualTo("+PONG");
      }
      assertThat(guessing.line()).isEqualTo(WRONG);
      assertThat(System.nanoTime() - start).isGreaterThan(90_000_000);
      assertThat(guessing.line()).isEqualTo(NOT_YET);
    }
    assertThat(librechat.gateway().server().tenancy().failedLogins().total()).isEqualTo(4);
  }

  @Test
  void whoWantsNoReplyToALoginGetsNoneAndIsWhoHeIsAllTheSame() {
    try (Wire wire = librechat.logIn("blue", "blue-secret")) {
      wire.send("CLIENT REPLY SKIP\r\nHELLO 3 AUTH green green-secret SETNAME me\r\n");
      wire.send("CLIENT GETNAME\r\nCONFIG GET nothing\r\n");
      assertThat(List.of(wire.line(), wire.line(), wire.line())).containsExactly("$2", "me", "%0");

      for (int i = 0; i < 3; i++) {
        assertThat(wire.ask("AUTH green guess" + i)).isEqualTo(WRONG);
      }
      wire.send("CLIENT REPLY SKIP\r\nAUTH green guess\r\nPING\r\n");
      assertThat(wire.line()).isEqualTo("+PONG");

      assertThat(wire.ask("ACL SETUSER default off")).isEqualTo("+OK");
    }
    try (Wire wire = librechat.logIn("blue", "blue-secret")) {
      wire.send("CLIENT REPLY OFF\r\nAUTH green green-secret\r\n");
      assertThat(wire.readToEnd()).isEmpty();
    }
  }

  @Test
  void whoGuessesFromManyAddressesOfOneNetworkIsSlowed() {
    FailedLogins failures = new FailedLogins();
    for (int i = 1; i <= 3; i++) {
      assertThat(failures.failed("[2001:db8:0:1:0:0:0:" + i + "]")).isZero();
    }
    assertThat(failures.failed("[2001:db8:0:1:a:b:c:d]")).isPositive();
    assertThat(failures.failed("[2001:db8:0:2:a:b:c:d]")).isZero();
  }

  @Test
  void whoDoesNotLogInIsSentAwayAfterAMinute() {
    try (Wire idle = librechat.connect();
        Wire blue = librechat.logIn("blue", "blue-secret")) {
      assertThat(idle.ask("PING")).isEqualTo(NOT_YET);
      assertThat(blue.ask("PING")).isEqualTo("+PONG");
      long later = System.currentTimeMillis() + 61_000;
      for (Session session : librechat.gateway().server().sessions()) {
        Sweep sweep = new Sweep(librechat.gateway().server(), session.home());
        session.home().execute(() -> sweep.inspect(session, later));
      }
      assertThat(idle.readToEnd()).isEmpty();
      assertThat(blue.ask("PING")).isEqualTo("+PONG");
    }
  }

  @Test
  void theLogOfRefusalsKeepsLittleOfALongName() {
    try (Wire blue = librechat.logIn("blue", "blue-secret")) {
      assertThat(blue.ask("AUTH " + "x".repeat(50_000) + " wrong")).isEqualTo(WRONG);
      assertThat(blue.ask("ACL LOG 1")).isEqualTo("*1");
      String line = blue.line();
      while (!line.equals("username")) {
        line = blue.line();
      }
      assertThat(blue.line()).isEqualTo("$1024");
    }
  }
}
