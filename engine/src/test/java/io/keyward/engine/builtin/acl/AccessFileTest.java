package io.keyward.engine.builtin.acl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.engine.builtin.Bench;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users in a file. */
class AccessFileTest {
  private static final String USERS =
      """
      user alice on allcommands allkeys &* >alice
      user bob on -@all +@set ~set* &* >bob (-@all +get %R~r*) (+set %W~w*)

      user default on nopass ~* &* +@all
      """;

  @TempDir private Path folder;
  private final Bench bench = new Bench();
  private final AccessControl access = bench.keyspace().access();
  private AccessFile file;

  @BeforeEach
  void name() {
    file = new AccessFile(folder.resolve("users.acl"));
  }

  @Test
  void whatIsWrittenIsRead() throws IOException, RuleException {
    file.load(USERS, access);
    List<String> lines = access.users().stream().map(User::line).toList();
    assertThat(lines).hasSize(3);
    file.write(AccessFile.text(access.users()));
    assertThat(folder).isDirectoryNotContaining(path -> !path.endsWith("users.acl"));
    access.set("eve", List.of("+get", "~*"));
    file.load(file.read(), access);
    assertThat(access.users().stream().map(User::line)).containsExactlyElementsOf(lines);
    assertThat(access.authenticate("bob", "bob".getBytes(UTF_8))).isNotNull();
    assertThat(access.authenticate("bob", "alice".getBytes(UTF_8))).isNull();
  }

  @Test
  void theDefaultUserIsItselfAgainIfTheFileDoesNotNameIt() throws RuleException {
    access.set("default", List.of("off", "-@all"));
    file.load("user alice on", access);
    assertThat(access.defaultUser().line())
        .isEqualTo("user default on nopass sanitize-payload ~* &* +@all");
    assertThat(access.open()).isTrue();
  }

  @Test
  void aFaultChangesNothing() throws RuleException {
    file.load(USERS, access);
    String before = AccessFile.text(access.users());
    String place = folder.resolve("users.acl") + ":";
    String end =
        "WARNING: ACL errors detected, no change to the previously active ACL rules was performed";
    assertFault("user alice on\nuser alice off", "Duplicate user 'alice' found on line 2. ");
    assertFault("user carol +nosuch >x <y %", place + "1: Error in applying operation '+nosuch'");
    assertFault("# no comments", place + "1 should start with user keyword followed by");
    assertFault("user carol (+get", place + "1: Unmatched parenthesis in selector definition. ");
    assertFault("user carol >x <y", place + "1: The password you are trying to remove");
    assertFault("user", end);
    assertThat(AccessFile.text(access.users())).isEqualTo(before);
  }

  private void assertFault(String text, String reason) {
    assertThatThrownBy(() -> file.load(text, access))
        .isInstanceOf(RuleException.class)
        .hasMessageContaining(reason)
        .hasMessageContaining("no change to the previously active ACL rules")
        .hasMessageNotContaining(">x");
  }

  @Test
  void loadAndSaveNeedAFile() {
    assertThat(bench.line("acl load")).startsWith("!ERR This Redis instance is not configured");
    assertThat(bench.line("acl save")).startsWith("!ERR This Redis instance is not configured");
  }
}
