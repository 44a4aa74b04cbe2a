package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.gateway.Gateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins and users over the wire. */
class AccessTest {
  private static final String WRONG =
      "-WRONGPASS invalid username-password pair or user is disabled.";

  @TempDir private Path folder;

  private static Wire connect(Gateway gateway) {
    return Wire.to(gateway.ports().redis());
  }

  /** The text of a bulk string that a command answers. */
  private static String bulk(Wire wire, String command) {
    String header = wire.ask(command);
    assertThat(header).startsWith("$");
    String text = wire.read(Integer.parseInt(header.substring(1)));
    wire.read(2);
    return text;
  }

  @Test
  void usersLogInWithTheirOwnPasswords() {
    try (Gateway gateway = Gateways.start();
        Wire admin = connect(gateway);
        Wire wire = connect(gateway)) {
      assertThat(admin.ask("ACL SETUSER alice on >one >two ~* +@all")).isEqualTo("+OK");
      assertThat(bulk(wire, "ACL WHOAMI")).isEqualTo("default");
      assertThat(wire.ask("AUTH one")).startsWith("-ERR AUTH <password> called without any");
      assertThat(wire.ask("AUTH alice three")).isEqualTo(WRONG);
      assertThat(wire.ask("AUTH nobody one")).isEqualTo(WRONG);
      assertThat(bulk(wire, "ACL WHOAMI")).isEqualTo("default");
      assertThat(wire.ask("AUTH alice two")).isEqualTo("+OK");
      assertThat(bulk(wire, "ACL WHOAMI")).isEqualTo("alice");
      assertThat(bulk(wire, "CLIENT INFO")).contains(" user=alice ");
      assertThat(wire.ask("HELLO 2 AUTH alice wrong")).isEqualTo(WRONG);
      assertThat(admin.ask("CLIENT KILL USER nobody")).isEqualTo("-ERR No such user 'nobody'");
      assertThat(bulk(admin, "INFO stats"))
          .contains("acl_access_denied_auth:3\r\n", "acl_access_denied_cmd:0\r\n");
      assertThat(wire.ask("RESET")).isEqualTo("+RESET");
      assertThat(bulk(wire, "ACL WHOAMI")).isEqualTo("default");
      assertThat(wire.ask("AUTH alice one")).isEqualTo("+OK");
      assertThat(admin.ask("ACL DELUSER alice")).isEqualTo(":1");
      assertThat(wire.readToEnd()).isEmpty();
    }
  }

  @Test
  void requirepassIsThePasswordOfTheDefaultUser() {
    try (Gateway gateway = Gateways.start();
        Wire admin = connect(gateway)) {
      assertThat(admin.ask("CONFIG SET requirepass first")).isEqualTo("+OK");
      try (Wire wire = connect(gateway)) {
        assertThat(wire.ask("GET k")).isEqualTo("-NOAUTH Authentication required.");
        assertThat(wire.ask("AUTH wrong")).isEqualTo(WRONG);
        assertThat(wire.ask("AUTH first")).isEqualTo("+OK");
        assertThat(wire.ask("GET k")).isEqualTo("$-1");
      }
      try (Wire waiting = connect(gateway)) {
        assertThat(waiting.ask("PING")).startsWith("-NOAUTH");
        assertThat(admin.ask("ACL SETUSER default nopass")).isEqualTo("+OK");
        assertThat(waiting.ask("PING")).isEqualTo("+PONG");
      }
      assertThat(admin.ask("ACL SETUSER default off")).isEqualTo("+OK");
      try (Wire wire = connect(gateway)) {
        assertThat(wire.ask("PING")).startsWith("-NOAUTH");
      }
      assertThat(admin.ask("PING")).isEqualTo("+PONG");
    }
  }

  @Test
  void theUserOfTheEnvironmentIsOneOfThem() {
    Map<String, String> environment = Map.of("REDIS_USERNAME", "blue", "REDIS_PASSWORD", "secret");
    try (Gateway gateway = Gateways.start(environment);
        Wire wire = connect(gateway)) {
      assertThat(wire.ask("AUTH blue secret")).isEqualTo("+OK");
      assertThat(wire.ask("ACL USERS")).isEqualTo("*2");
      assertThat(wire.read("$4\r\nblue\r\n$7\r\ndefault\r\n".length())).contains("blue");
      assertThat(wire.ask("CONFIG SET requirepass other")).isEqualTo("+OK");
      assertThat(wire.ask("AUTH blue secret")).isEqualTo(WRONG);
      assertThat(wire.ask("AUTH blue other")).isEqualTo("+OK");
    }
  }

  @Test
  void usersOfAFileAreReadAtTheStartAndAgain() throws IOException {
    Path file = folder.resolve("users.acl");
    Files.writeString(file, "user alice on >alice ~* &* +@all\nuser bob on nopass +acl\n");
    try (Gateway gateway = Gateways.start("--aclfile", file.toString());
        Wire admin = connect(gateway);
        Wire alice = connect(gateway)) {
      assertThat(alice.ask("AUTH alice alice")).isEqualTo("+OK");
      assertThat(admin.ask("ACL SETUSER eve on nopass +get ~*")).isEqualTo("+OK");
      assertThat(admin.ask("ACL SAVE")).isEqualTo("+OK");
      assertThat(Files.readString(file)).contains("user eve on nopass").hasLineCount(4);
      assertThat(admin.ask("ACL LOAD")).isEqualTo("+OK");
      assertThat(alice.readToEnd()).as("its user is another one now").isEmpty();
      Files.writeString(file, "user alice on\nuser alice off\n");
      assertThat(admin.ask("ACL LOAD")).contains("Duplicate user 'alice' found on line 2.");
      Files.delete(file);
      assertThat(admin.ask("ACL LOAD"))
          .isEqualTo(
              "-ERR Error loading ACLs, opening file '" + file + "': No such file or directory");
      try (Wire eve = connect(gateway)) {
        assertThat(eve.ask("AUTH eve any")).isEqualTo("+OK");
        assertThat(eve.ask("SET k v")).startsWith("-NOPERM User eve has no permissions");
      }
    }
  }

  @Test
  void aFaultyFileStopsTheStart() throws IOException {
    Path file = folder.resolve("users.acl");
    Files.writeString(file, "user alice on +nosuch\n");
    assertThatThrownBy(() -> Gateways.start("--aclfile", file.toString()))
        .hasStackTraceContaining("aclfile " + file + ": ")
        .hasStackTraceContaining("Error in applying operation '+nosuch'");
    assertThatThrownBy(() -> Gateways.start("--aclfile", folder.resolve("none").toString()))
        .hasStackTraceContaining("No such file or directory");
  }

  @Test
  void whatIsToldOfUsersHidesTheirPasswords() {
    try (Gateway gateway = Gateways.start("--slowlog-log-slower-than", "0");
        Wire wire = connect(gateway)) {
      wire.ask("ACL SETUSER alice on >topsecret");
      wire.ask("AUTH alice topsecret");
      wire.ask("RESET");
      String log = wire.send("SLOWLOG GET\r\nQUIT\r\n").readToEnd();
      assertThat(log).contains("(redacted)").doesNotContain("topsecret");
    }
  }
}
