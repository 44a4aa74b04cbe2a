package io.keyward.config.directive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CONFIG REWRITE changes in keyward.yaml what has changed, and nothing else. */
class ConfigRewriteTest {
  @TempDir Path folder;

  private final LiveSettings live = LiveSettings.defaults();

  private String rewritten(String before) throws Exception {
    return rewritten(before, live, Set.of());
  }

  private String rewritten(String before, LiveSettings settings, Set<Directive> notToRewrite)
      throws Exception {
    Path file = Files.writeString(folder.resolve("keyward.yaml"), before);
    new ConfigRewrite(Optional.of(file), notToRewrite).write(settings);
    return Files.readString(file);
  }

  @Test
  void replacesValuesInPlaceAndKeepsAllElse() throws Exception {
    live.set(Directive.MAXMEMORY, "1gb");
    live.set(Directive.TIMEOUT, "30");
    live.set(Directive.NOTIFY_KEYSPACE_EVENTS, "KEA");
    String before =
        """
        # Ä 🗝 comment
        prefix: blue
        directives:
            maxmemory: 100mb   # small
            notify-keyspace-events: ""
            hz: 10
        admin:
          port: 9380
        """;
    assertThat(rewritten(before))
        .isEqualTo(
            """
            # Ä 🗝 comment
            prefix: blue
            directives:
                maxmemory: 1073741824   # small
                notify-keyspace-events: AKE
                hz: 10
                timeout: 30
            admin:
              port: 9380
            """);
  }

  @Test
  void aValueThatMeansTheSameStaysAsItIsWritten() throws Exception {
    live.set(Directive.MAXMEMORY, "1gb");
    live.set(Directive.BIND, "127.0.0.1 ::1");
    String before = "directives:\n  maxmemory: 1gb\n  bind: [127.0.0.1, '::1']\n";
    assertThat(rewritten(before)).isEqualTo(before);
  }

  @Test
  void addsTheMapWhereThereIsNone() throws Exception {
    live.set(Directive.TIMEOUT, "30");
    live.set(Directive.REQUIREPASS, "a \"b\" \\ {c}");
    String expected = "directives:\n  timeout: 30\n  requirepass: \"a \\\"b\\\" \\\\ {c}\"\n";
    assertThat(rewritten("")).isEqualTo(expected);
    assertThat(rewritten("prefix: blue")).isEqualTo("prefix: blue\n" + expected);
    assertThat(rewritten("directives:\nprefix: blue\n")).isEqualTo(expected + "prefix: blue\n");
    live.set(Directive.REQUIREPASS, "null");
    for (String before : List.of("", "directives: {requirepass: null}\n")) {
      assertThat(rewritten(before)).contains("requirepass: \"null\"");
    }
  }

  @Test
  void addsToAMapInBraces() throws Exception {
    live.set(Directive.TIMEOUT, "30");
    assertThat(rewritten("directives: {hz: 20}\n"))
        .isEqualTo("directives: {hz: 10, timeout: 30}\n");
    assertThat(rewritten("directives: {}\n")).isEqualTo("directives: {timeout: 30}\n");
  }

  @Test
  void replacesAListAndAnEmptyValue() throws Exception {
    live.set(Directive.BIND, "127.0.0.1");
    live.set(Directive.LOGLEVEL, "debug");
    assertThat(rewritten("directives:\n  loglevel:\n  bind: [10.0.0.1, '::1']\n"))
        .isEqualTo("directives:\n  loglevel: debug\n  bind: 127.0.0.1\n");
    assertThat(rewritten("directives:\n  loglevel: debug\n  bind:\n    - 10.0.0.1\n    - '::1'\n"))
        .startsWith("directives:\n  loglevel: debug\n  bind:\n    127.0.0.1\n");
  }

  @Test
  void aValueTheEnvironmentGaveStaysOutUntilSomebodyChangesIt() throws Exception {
    LiveSettings started = new LiveSettings(Map.of(Directive.REQUIREPASS, "from-outside"));
    Set<Directive> fromOutside = Set.of(Directive.REQUIREPASS);
    assertThat(rewritten("prefix: blue\n", started, fromOutside)).isEqualTo("prefix: blue\n");
    started.set(Directive.REQUIREPASS, "changed");
    assertThat(rewritten("prefix: blue\n", started, fromOutside))
        .isEqualTo("prefix: blue\ndirectives:\n  requirepass: changed\n");
  }

  @Test
  void whatItWroteReadsBackAsTheSame() throws Exception {
    live.set(Directive.REQUIREPASS, "tab\tquote\" colon: hash # 'é");
    live.set(Directive.CLIENT_OUTPUT_BUFFER_LIMIT, "pubsub 1 2 3");
    String once = rewritten("");
    assertThat(rewritten(once)).isEqualTo(once);
  }

  @Test
  void keepsTheFilesPermissions() throws Exception {
    Path file = Files.writeString(folder.resolve("keyward.yaml"), "");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    live.set(Directive.TIMEOUT, "1");
    new ConfigRewrite(Optional.of(file), Set.of()).write(live);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void refusesWithoutAFileAndWithABrokenOne() throws IOException {
    assertThatThrownBy(() -> new ConfigRewrite(Optional.empty(), Set.of()).write(live))
        .hasMessage("The server is running without a config file");
    assertThatThrownBy(() -> rewritten("a: [")).hasMessageStartingWith("Rewriting config file: ");
    Path missing = folder.resolve("gone.yaml");
    assertThatThrownBy(() -> new ConfigRewrite(Optional.of(missing), Set.of()).write(live))
        .hasMessageStartingWith("Rewriting config file: ");
  }
}
