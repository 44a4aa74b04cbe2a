package io.keyward.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.keyward.config.tenant.DeploymentSettings;
import io.keyward.config.tenant.Limit;
import io.keyward.config.tenant.Secret;
import io.keyward.config.tenant.TenantSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tenants, their deployments and their limits, as a file describes them. */
class TenantsSettingsTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("OPERATOR_PASSWORD", "of-operator", "BLUE_PASSWORD", "of-blue");

  @TempDir Path folder;

  private Settings load(String text) throws IOException, ConfigurationException {
    Path file = Files.writeString(folder.resolve("keyward.yaml"), text);
    return Settings.load(List.of(file.toString()), ENVIRONMENT);
  }

  private List<String> problems(String text) {
    return catchThrowableOfType(ConfigurationException.class, () -> load(text)).problems().stream()
        .map(Problem::line)
        .toList();
  }

  private static boolean proves(List<Secret> secrets, String password) {
    return secrets.stream().anyMatch(s -> s.matches(password.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void theFileDescribesTenantsAndTheirDeployments() throws IOException, ConfigurationException {
    Path secret = Files.writeString(folder.resolve("secret"), "from-file\n");
    Settings settings =
        load(
            """
            operator: {username: admin, password: "${OPERATOR_PASSWORD}"}
            tenants:
              librechat:
                secret: [old, new]
                secret-file: %s
                pinned: [ROLES, MESSAGES]
                shared: [OPENID_SESSION, SAML_SESSION]
                limits: {connections: 2000}
                prefix-template: "lc-{deployment}"
                max-deployments: 7
                retire-after: 36h
                deployments:
                  blue:  {prefix: librechat-blue,  password: "${BLUE_PASSWORD}"}
                  green: {password: "pre-${BLUE_PASSWORD}", limits: {connections: 5}, pinned: BANS}
                  grey: {password: p, shared: [SAML_SESSION]}
                  black: {password: p, shared: []}
            """
                .formatted(secret));

    assertThat(settings.tenancy().operator().orElseThrow().username()).isEqualTo("admin");
    assertThat(proves(settings.tenancy().operator().orElseThrow().secrets(), "of-operator"))
        .isTrue();
    TenantSettings tenant = settings.tenancy().tenants().getFirst();
    assertThat(tenant.pinned()).containsExactly("ROLES", "MESSAGES");
    assertThat(tenant.limits()).containsExactly(Map.entry(Limit.CONNECTIONS, 2000L));
    assertThat(tenant.mostDeployments()).isEqualTo(7);
    assertThat(tenant.retireAfterMillis()).isEqualTo(36 * 3_600_000L);
    assertThat(tenant.prefixOf("rev1")).isEqualTo("lc-rev1");
    assertThat(tenant.deploymentOf("lc-rev1")).isEqualTo("rev1");
    assertThat(tenant.deploymentOf("other")).isEmpty();
    assertThat(List.of("old", "new", "from-file")).allMatch(p -> proves(tenant.secrets(), p));
    DeploymentSettings green = tenant.deployments().get(1);
    assertThat(green.prefix()).isEqualTo("green");
    assertThat(proves(green.secrets(), "pre-of-blue")).isTrue();
    assertThat(green.pinned()).containsExactly("BANS");
    assertThat(tenant.sharedPrefix()).isEqualTo("librechat~shared");
    assertThat(green.shared()).containsExactly("OPENID_SESSION", "SAML_SESSION");
    assertThat(tenant.deployments().get(2).shared()).containsExactly("SAML_SESSION");
    assertThat(tenant.deployments().get(3).shared()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "operator: {usernam: a, password: p} | operator.usernam | 1 | there is no such setting",
        "operator: {username: default, password: p} | operator.username | 1 | it is not a name",
        "operator: {username: admin} | operator | 1 | the operator has no password",
        "operator: {password: '${NOWHERE}'} | operator.password | 1 | variable NOWHERE is not set",
        "operator: {password: '${NOWHERE'} | operator.password | 1 | but not ${NAME}",
        "operator: {password: '${}'} | operator.password | 1 | but not ${NAME}",
        "operator: {password-file: /none} | operator.password-file | 1 | no file that can be read",
        "operator: {password: 'sha256:12'} | operator.password | 1 | followed by 64 hexadecimal",
        "operator: {password: 'pbkdf2-sha256:1'} | operator.password | 1 | followed by iterations",
        "operator: {password: {a: b}} | operator.password | 1 | it is a list of plain values",
        "operator: x | operator | 1 | it is a group of settings",
        "tenants: x | tenants | 1 | it is a group of settings",
        "tenants: {a.b: {secret: s}} | tenants.a.b | 1 | it is not a name for a tenant",
        "tenants: {a: {}} | tenants.a | 1 | nobody could log in to it",
        "tenants: {a: {secrt: s, secret: s}} | tenants.a.secrt | 1 | there is no such setting",
        "'tenants:\n a: {secret: s}\n a: {secret: t}' | tenants.a | 3 | it is there twice",
        "tenants: {a: {secret: s, pinned: [NO]}} | tenants.a.pinned | 1 | no such namespace",
        "tenants: {a: {secret: s, shared: [NO]}} | tenants.a.shared | 1 | no such namespace",
        "tenants: {a: {secret: s, shared: [ROLES], pinned: [ROLES]}} | tenants.a | 1 | the"
            + " namespace ROLES is both pinned and shared",
        "tenants: {a: {secret: s, shared: [BANS], deployments: {b: {pinned: [BANS]}}}} |"
            + " tenants.a.deployments.b | 1 | the namespace BANS is both pinned and shared",
        "tenants: {a: {secret: s, shared: [BANS], deployments: {b: {shared: [ROLES]}}}} |"
            + " tenants.a.deployments.b.shared | 1 | the tenant does not share it",
        "tenants: {a: {secret: s, prefix-template: '{deployment}~shared'}} |"
            + " tenants.a.prefix-template | 1 | contains no ~",
        "'tenants:\n a: {secret: s, shared: [BANS]}\n b: {deployments: {c: {password: p, prefix:"
            + " a~shared}}}' | tenants.b.deployments.c | 3 | is used by tenants.a",
        "tenants: {a: {secret: s, limits: {memry: 1}}} | tenants.a.limits.memry | 1 | no such"
            + " limit",
        "tenants: {a: {secret: s, limits: {connections: x}}} | tenants.a.limits.connections | 1 |"
            + " it is not a whole number from 1 on",
        "tenants: {a: {secret: s, limits: {script-time: 5}}} | tenants.a.limits.script-time | 1 |"
            + " it is not a time, such as",
        "tenants: {a: {secret: s, limits: {over-limit: no}}} | tenants.a.limits.over-limit | 1 |"
            + " it is not refuse or slow",
        "tenants: {a: {secret: s, limits: {max-value: big}}} | tenants.a.limits.max-value | 1 |"
            + " it is not bytes, such as",
        "tenants: {a: {secret: s, limits: {memory: 0mb}}} | tenants.a.limits.memory | 1 | 0 is too"
            + " little. Remedy: leave it out for no limit",
        "tenants: {a: {secret: s, limits: {memory: 99999999999gb}}} | tenants.a.limits.memory | 1 |"
            + " it is not bytes, such as 512mb, or too much. Remedy: leave it out for no limit",
        "tenants: {a: {secret: s, limits: {script-time: 999999999d}}} |"
            + " tenants.a.limits.script-time | 1 | or 24h, or too much",
        "tenants: {a: {secret: s, limits: 5}} | tenants.a.limits | 1 | it is a group of settings",
        "tenants: {a: {secret: s, prefix-template: x}} | tenants.a.prefix-template | 1 | it names"
            + " {deployment} once",
        "tenants: {a: {secret: s, max-deployments: x}} | tenants.a.max-deployments | 1 | it is not"
            + " a whole number from 0",
        "tenants: {a: {secret: s, retire-after: 0}} | tenants.a.retire-after | 1 | Remedy: leave it"
            + " out for never",
        "'tenants:\n a: {secret: s, retire-after: 24}' | tenants.a.retire-after | 2 | it is not a"
            + " time, such as",
        "tenants: {a: {secret: s, retire-after: [1h, 2h]}} | tenants.a.retire-after | 1 | it takes"
            + " a single value",
        "tenants: {a: {deployments: {b: {password: ''}}}} | tenants.a.deployments.b | 1 | nobody"
            + " could log in to it",
        "tenants: {a: {deployments: {'b c': {password: p}}}} | tenants.a.deployments.b c | 1 | it"
            + " is not a name for a deployment",
        "tenants: {a: {deployments: {a.b: {password: p}}}} | tenants.a.deployments.a.b | 1 | would"
            + " mean a deployment of the tenant a",
        "tenants: {a: {deployments: {b: {password: p, prefix: 'x::y'}}}} |"
            + " tenants.a.deployments.b.prefix | 1 | a prefix contains no ::",
        "'tenants:\n a: {deployments: {b: {password: p}}}\n c: {deployments: {b: {password: q,"
            + " prefix: d}}}' | tenants.c.deployments.b | 3 | the same login is used by"
            + " tenants.a.deployments.b",
        "'tenants:\n a: {deployments: {b: {password: p}, c: {password: q, prefix: b}}}' |"
            + " tenants.a.deployments.c | 2 | is used by tenants.a.deployments.b",
        "'prefix: b\ntenants: {a: {deployments: {b: {password: p}}}}' | tenants.a.deployments.b | 2"
            + " | is used by prefix",
        "'tenants:\n a: {deployments: {b: {ports: [x]}}}' | tenants.a.deployments.b.ports | 2 | it"
            + " is not a port",
        "'tenants:\n a: {deployments: {b: {certificates: [x]}, c: {certificates: [x]}}}' |"
            + " tenants.a.deployments.c.certificates | 2 | it is used by tenants.a.deployments.b",
        "'tenants:\n a: {deployments: {b: {certificates: [\"CN=x, O=y\"]},"
            + " c: {certificates: [\"cn=X,o=Y\"]}}}' |"
            + " tenants.a.deployments.c.certificates | 2 | it is used by tenants.a.deployments.b",
        "'tenants:\n a: {deployments: {b: {ports: [6379]}}}' | tenants.a.deployments.b.ports | 2 |"
            + " it is used by port",
        "'tenants:\n a: {deployments: {b: {ports: [9379]}}}' | tenants.a.deployments.b.ports | 2 |"
            + " it is used by admin.port",
        "'prefix: b\ntenants: {a: {deployments: {b: {password: p, prefix: c}}}}' |"
            + " tenants.a.deployments.b | 2 | whose name is its prefix",
        "'prefix: a.b\ntenants: {a: {secret: s}}' | prefix | 1 | would mean a deployment of the"
            + " tenant a",
        "'{prefix: d, username: b, directives: {requirepass: x}, tenants: {\n"
            + " a: {deployments: {b: {password: p}}}}}' | tenants.a.deployments.b | 2 | the same"
            + " login is used by username",
        "'operator: {username: a.b, password: p}\ntenants: {a: {secret: s}}' | operator | 1 | the"
            + " login a.b would mean a deployment of the tenant a",
        "'tenants:\n"
            + " a: {secret: s, prefix-template: \"x{deployment}\"}\n"
            + " b: {secret: t, prefix-template: \"x.{deployment}\"}' | tenants.b | 3 | can give two"
            + " deployments the same prefix",
        "'tenants:\n"
            + " a: {deployments: {b: {certificates: x}}}' | tls-auth-clients | 0 | deployments"
            + " have certificates as logins, and no client is asked for one",
        "'directives: {requirepass: x}\ntenants: {a: {secret: s}}' | requirepass | 1 | with tenants"
            + " there is none without a prefix",
      })
  void eachWrongFieldIsNamedWithItsLineAndARemedy(
      String text, String setting, int line, String reason) {
    assertThat(problems(text))
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .startsWith(setting + " = ")
                    .contains(line == 0 ? "(default)" : "(keyward.yaml, line " + line + ")")
                    .contains(reason)
                    .contains("Remedy: "));
  }

  @Test
  void everyLimitIsRead() throws IOException, ConfigurationException {
    TenantSettings tenant =
        load("""
        tenants:
          librechat:
            secret: s
            limits:
              memory: 512mb
              pinned-memory: 32mb
              keys: 1000000
              connections: 2000
              commands-per-second: 50000
              bytes-per-second: 10mb
              max-value: 64mb
              max-request: 65mb
              script-time: 5s
              output-buffer: 1mb
              channels: 7
              client-memory: 9mb
              blocked-clients: 8
              over-limit: refuse
        """)
            .tenancy()
            .tenants()
            .getFirst();
    assertThat(tenant.limits())
        .containsOnly(
            Map.entry(Limit.MEMORY, 512L << 20),
            Map.entry(Limit.PINNED_MEMORY, 32L << 20),
            Map.entry(Limit.KEYS, 1_000_000L),
            Map.entry(Limit.CONNECTIONS, 2000L),
            Map.entry(Limit.COMMANDS_PER_SECOND, 50_000L),
            Map.entry(Limit.BYTES_PER_SECOND, 10L << 20),
            Map.entry(Limit.MAX_VALUE, 64L << 20),
            Map.entry(Limit.MAX_REQUEST, 65L << 20),
            Map.entry(Limit.SCRIPT_TIME, 5000L),
            Map.entry(Limit.OUTPUT_BUFFER, 1L << 20),
            Map.entry(Limit.CHANNELS, 7L),
            Map.entry(Limit.CLIENT_MEMORY, 9L << 20),
            Map.entry(Limit.BLOCKED_CLIENTS, 8L),
            Map.entry(Limit.OVER_LIMIT, Limit.REFUSE));
    assertThat(tenant.limits()).containsOnlyKeys(Limit.values());
  }

  @Test
  void aFileOfTwoSecretsIsNone() throws IOException {
    Path both = Files.writeString(folder.resolve("both"), "old\nnew\n");
    assertThat(problems("tenants: {a: {secret-file: " + both + "}}"))
        .singleElement()
        .asString()
        .startsWith("tenants.a.secret-file = ")
        .contains("more than one line", "Remedy: give a file for each secret");
  }

  @Test
  void noSecretIsShown() {
    assertThat(problems("tenants: {a: {secret: 'sha256:hidden', deployments: {b: {}}}}"))
        .noneMatch(problem -> problem.contains("hidden"));
  }

  @Test
  void aHashProvesThePasswordItWasMadeOf() {
    Secret slow = Secret.of(Secret.hash("pässword"));
    assertThat(slow.slow()).isTrue();
    assertThat(proves(List.of(slow), "pässword")).isTrue();
    assertThat(proves(List.of(slow), "password")).isFalse();
    Secret quick =
        Secret.of("sha256:5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8");
    assertThat(proves(List.of(quick), "password")).isTrue();
    assertThat(proves(List.of(quick), "passwort")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "operator: {password: '${NOWHERE}'}",
        "tenants: {a: {secret-file: /none}}",
        "tenants: {a: {deployments: {b: {password: 'sha256:12'}}}}",
        "tenants: {a: {secret: ''}}",
      })
  void aWrongSecretIsToldOnce(String text) {
    assertThat(problems(text)).hasSize(1);
  }
}
