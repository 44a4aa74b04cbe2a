package io.keyward.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the gateway is told by a file, the environment and the command line, and which of them wins.
 */
class SettingsTest {
  @TempDir Path folder;

  private Settings load(Map<String, String> environment, String... arguments)
      throws ConfigurationException {
    return Settings.load(List.of(arguments), environment);
  }

  private String file(String text) throws IOException {
    return Files.writeString(folder.resolve("keyward.yaml"), text).toString();
  }

  @Test
  void withoutAnythingItListensOnLoopbackWithoutPrefix() throws ConfigurationException {
    Settings settings = load(Map.of());
    assertThat(settings.prefix()).isEmpty();
    assertThat(settings.username()).isEmpty();
    assertThat(settings.admin()).isEqualTo(new AdminEndpoint("127.0.0.1", 9379, "", 100));
    assertThat(settings.transport()).isEqualTo(Transport.AUTO);
    assertThat(settings.eventLoops()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(settings.logFormat()).isEqualTo(LogFormat.TEXT);
    assertThat(settings.namespaces().names()).isEmpty();
    assertThat(settings.file()).isEmpty();
    assertThat(settings.live().words(Directive.BIND)).containsExactly("127.0.0.1", "-::1");
  }

  @Test
  void aPasswordAnAddressOrNoProtectedModeOpensTheGateway() throws ConfigurationException {
    assertThat(load(Map.of("REDIS_PASSWORD", "x")).live().text(Directive.BIND)).isEqualTo("* -::*");
    assertThat(load(Map.of(), "--protected-mode", "no").live().text(Directive.BIND))
        .isEqualTo("* -::*");
    assertThat(load(Map.of(), "--bind", "10.0.0.1").live().text(Directive.BIND))
        .isEqualTo("10.0.0.1");
  }

  @Test
  void readsAllOfAFile() throws Exception {
    String file =
        file(
            """
            prefix: blue
            username: app
            namespaces: [MINE, MCP::Servers]
            pinned:
              - CONFIG_STORE
              - MCP::Servers
            admin:
              port: 9380
              bind: 0.0.0.0
              token: hush-hush
            transport: nio
            event-loops: 3
            log-format: json
            directives:
              requirepass: hush
              maxmemory: 100mb
              save: ""
              appendonly: no
              unixsocketperm: 0700
              bind: [10.0.0.1, '::1']
              client-output-buffer-limit: normal 1mb 0 0
            """);
    Settings settings = load(Map.of(), file);
    assertThat(settings.prefix()).isEqualTo("blue");
    assertThat(settings.username()).isEqualTo("app");
    assertThat(settings.namespaces().names()).containsExactly("CONFIG_STORE", "MCP::Servers");
    assertThat(settings.namespaces().contain("x::MCP::Servers:1".getBytes(StandardCharsets.UTF_8)))
        .isTrue();
    assertThat(settings.admin()).isEqualTo(new AdminEndpoint("0.0.0.0", 9380, "hush-hush", 100));
    assertThat(settings.transport()).isEqualTo(Transport.NIO);
    assertThat(settings.eventLoops()).isEqualTo(3);
    assertThat(settings.logFormat()).isEqualTo(LogFormat.JSON);
    assertThat(settings.file()).contains(Path.of(file));
    LiveSettings live = settings.live();
    assertThat(live.number(Directive.MAXMEMORY)).isEqualTo(100 << 20);
    assertThat(live.number(Directive.UNIXSOCKETPERM)).isEqualTo(0700);
    assertThat(live.words(Directive.BIND)).containsExactly("10.0.0.1", "::1");
    assertThat(live.outputBufferLimits().normal().hardBytes()).isEqualTo(1 << 20);
  }

  @Test
  void anEmptyFileIsAllDefaults() throws Exception {
    assertThat(load(Map.of(), file("")).prefix()).isEmpty();
    assertThat(load(Map.of(), file("# nothing\ndirectives:\n")).prefix()).isEmpty();
  }

  @Test
  void theEnvironmentWinsOverTheFileAndTheCommandLineOverBoth() throws Exception {
    String file = file("prefix: file\nadmin: {port: 1}\ndirectives: {requirepass: a, port: 1}\n");
    Map<String, String> environment =
        Map.of(
            "REDIS_KEY_PREFIX", "environment",
            "REDIS_PASSWORD", "b",
            "KEYWARD_ADMIN_PORT", "2");
    Settings settings = load(environment, file, "--admin-port", "3", "--port", "4");
    assertThat(settings.prefix()).isEqualTo("environment");
    assertThat(settings.admin().port()).isEqualTo(3);
    assertThat(settings.live().text(Directive.REQUIREPASS)).isEqualTo("b");
    assertThat(settings.live().number(Directive.PORT)).isEqualTo(4);
    Settings withOption = load(environment, file, "--requirepass", "c");
    assertThat(withOption.live().text(Directive.REQUIREPASS)).isEqualTo("c");
  }

  @Test
  void readsEveryVariable() throws ConfigurationException {
    Settings settings =
        load(
            Map.ofEntries(
                Map.entry("REDIS_KEY_PREFIX_VAR", "REVISION"),
                Map.entry("REVISION", "green"),
                Map.entry("REDIS_USERNAME", "app"),
                Map.entry("REDIS_PASSWORD", "hush"),
                Map.entry("FORCED_IN_MEMORY_CACHE_NAMESPACES", "CONFIG_STORE, APP_CONFIG"),
                Map.entry("KEYWARD_ADMIN_PORT", "0"),
                Map.entry("KEYWARD_ADMIN_BIND", "::1"),
                Map.entry("KEYWARD_ADMIN_TOKEN", "a-token"),
                Map.entry("KEYWARD_METRICS_DEPLOYMENTS", "7"),
                Map.entry("KEYWARD_TRANSPORT", "io_uring"),
                Map.entry("KEYWARD_EVENT_LOOPS", "5"),
                Map.entry("KEYWARD_LOG_FORMAT", "json"),
                Map.entry("KEYWARD_JAVA_OPTS", "-Xmx1g"),
                Map.entry("REDIS_PING_INTERVAL", "0"),
                Map.entry("PATH", "/bin")));
    assertThat(settings.prefix()).isEqualTo("green");
    assertThat(settings.username()).isEqualTo("app");
    assertThat(settings.live().text(Directive.REQUIREPASS)).isEqualTo("hush");
    assertThat(settings.namespaces().names()).containsExactly("APP_CONFIG", "CONFIG_STORE");
    assertThat(settings.admin()).isEqualTo(new AdminEndpoint("::1", 0, "a-token", 7));
    assertThat(settings.transport()).isEqualTo(Transport.IO_URING);
    assertThat(settings.eventLoops()).isEqualTo(5);
    assertThat(settings.logFormat()).isEqualTo(LogFormat.JSON);
  }

  @Test
  void anEmptyVariableIsNone() throws ConfigurationException {
    Settings settings =
        load(
            Map.of(
                "REDIS_KEY_PREFIX", "",
                "REDIS_KEY_PREFIX_VAR", "",
                "REDIS_URI", "",
                "KEYWARD_ADMIN_PORT", "",
                "REDIS_PASSWORD", ""));
    assertThat(settings.prefix()).isEmpty();
    assertThat(settings.admin().port()).isEqualTo(9379);
  }

  @Test
  void savePointsAddUpUntilAnEmptyOne(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("keyward.yaml");
    Files.writeString(file, "directives: {save: 1 1}");
    assertThat(
            load(Map.of(), file.toString(), "--save", "900", "1", "--save", "300 10 60 100")
                .live()
                .text(Directive.SAVE))
        .isEqualTo("900 1 300 10 60 100");
    assertThat(
            load(Map.of(), "--save", "900", "1", "--save", "", "--save", "5", "6")
                .live()
                .text(Directive.SAVE))
        .isEqualTo("5 6");
  }

  @Test
  void optionsRunToTheNextDashes() throws ConfigurationException {
    LiveSettings live =
        load(
                Map.of(),
                "--bind",
                "127.0.0.1",
                "::1",
                "--save",
                "",
                "--timeout",
                "5",
                "--slowlog-log-slower-than",
                "-1",
                "--client-output-buffer-limit",
                "normal",
                "1",
                "2",
                "3",
                "--client-output-buffer-limit",
                "pubsub 4 5 6",
                "--port 7000",
                "--TCP-KEEPALIVE",
                "60",
                "--timeout",
                "6",
                "--save")
            .live();
    assertThat(live.words(Directive.BIND)).containsExactly("127.0.0.1", "::1");
    assertThat(live.text(Directive.SAVE)).isEmpty();
    assertThat(live.number(Directive.TIMEOUT)).isEqualTo(6);
    assertThat(live.number(Directive.SLOWLOG_LOG_SLOWER_THAN)).isEqualTo(-1);
    assertThat(live.number(Directive.PORT)).isEqualTo(7000);
    assertThat(live.number(Directive.TCP_KEEPALIVE)).isEqualTo(60);
    assertThat(live.outputBufferLimits().normal().hardBytes()).isEqualTo(1);
    assertThat(live.outputBufferLimits().pubsub().hardBytes()).isEqualTo(4);
    assertThat(live.outputBufferLimits().replica().hardBytes()).isEqualTo(256 << 20);
  }

  @Test
  void configRewriteLeavesOutWhatTheEnvironmentGave() throws Exception {
    String file = file("# mine\n");
    Settings settings = load(Map.of("REDIS_PASSWORD", "hush"), file, "--timeout", "5");
    settings.rewrite().write(settings.live());
    assertThat(Path.of(file)).content().isEqualTo("# mine\ndirectives:\n  timeout: 5\n");
  }

  @Test
  void configRewriteLeavesOutTheLoopbackOfProtectedMode() throws Exception {
    String file = file("# mine\n");
    Settings settings = load(Map.of(), file);
    settings.rewrite().write(settings.live());
    assertThat(Path.of(file)).content().isEqualTo("# mine\n");
  }

  @Test
  void secretsAppearInNoText() throws Exception {
    Settings settings =
        load(Map.of("REDIS_PASSWORD", "hush"), file("directives: {tls-key-file-pass: hush}\n"));
    assertThat(settings.toString()).doesNotContain("hush");
  }
}
