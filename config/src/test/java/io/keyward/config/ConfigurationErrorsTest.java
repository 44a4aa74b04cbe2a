package io.keyward.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.keyward.config.directive.Directive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every error of a configuration names the setting, what is wrong with it and the remedy. */
class ConfigurationErrorsTest {
  @TempDir Path folder;

  private static List<Problem> problems(Map<String, String> environment, String... arguments) {
    ConfigurationException thrown =
        catchThrowableOfType(
            ConfigurationException.class, () -> Settings.load(List.of(arguments), environment));
    assertThat(thrown).as("the configuration is refused").isNotNull();
    return thrown.problems();
  }

  private static String line(Map<String, String> environment, String... arguments) {
    List<Problem> problems = problems(environment, arguments);
    assertThat(problems).hasSize(1);
    return problems.getFirst().line();
  }

  private String file(String text) throws IOException {
    return Files.writeString(folder.resolve("keyward.yaml"), text).toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prefx: blue | prefx | 1 | there is no such setting | did you mean prefix?",
        "a: 1 | a | 1 | there is no such setting | use one of prefix, username, namespaces, pinned,"
            + " admin.port, admin.bind, admin.token, metrics.deployments, transport, event-loops,"
            + " log-format, directives, operator, tenants",
        "port: 1 | port | 1 | there is no such setting | Redis directives stand under directives:,"
            + " move it there",
        "'admin:\n  prot: 1' | admin.prot | 2 | there is no such setting | did you mean"
            + " admin.port?",
        "admin: 9379 | admin | 1 | it is a group of settings, not a value | write below it port:"
            + " value and bind: value and token: value",
        "prefix: {a: b} | prefix | 1 | it takes a value, not a group of settings | write name:"
            + " value",
        "'prefix: a\nprefix: b' | prefix | 2 | it is there twice | delete one of the two",
        "directives: 1 | directives | 1 | it is a group of settings, not a value | write name:"
            + " value",
        "'directives:\n  maxmemry: 1' | directives.maxmemry | 2 | there is no such directive | did"
            + " you mean maxmemory?",
        "'directives:\n  appendonly: yes\n  supervised: systemd' | directives.supervised | 3 | the"
            + " process that was started is the server | leave it out; let a service manager keep"
            + " it and its number",
        "'directives:\n  hz: 1\n  HZ: 2' | directives.HZ | 3 | it is there twice | delete one of"
            + " the two",
        "'directives:\n  hash-max-ziplist-value: 1\n  hash-max-listpack-value: 2' |"
            + " directives.hash-max-listpack-value | 3 | it is there twice | delete one of the two",
        "'directives:\n  hz: [1, 2]' | directives.hz | 2 | it takes a single value | give a whole"
            + " number from 1 to 500",
        "'directives:\n  hz: {a: 1}' | directives.hz | 2 | it takes a single value | give a whole"
            + " number from 1 to 500",
      })
  void aFilesErrorsNameTheLine(String text, String setting, int line, String reason, String remedy)
      throws IOException {
    assertThat(problems(Map.of(), file(text)))
        .containsExactly(new Problem(setting, "…", "keyward.yaml, line " + line, reason, remedy));
  }

  @Test
  void anOptionOfRedisThatIsNotThereIsRefusedWithTheReason() {
    assertThat(line(Map.of(), "--cluster-node-timeout", "5000"))
        .isEqualTo(
            "--cluster-node-timeout = \"…\" (command line): a cluster is one node here, without a"
                + " bus and without anything to fail over to. Remedy: leave it out; cluster-enabled"
                + " yes and the cluster-announce directives are all there is.");
  }

  @Test
  void aFileThatIsNoConfiguration() throws IOException {
    assertThat(line(Map.of(), file("a: 1\nb: [")))
        .contains("keyward.yaml, line 2")
        .contains("it is not valid YAML")
        .contains("Remedy: mend that line");
    assertThat(line(Map.of(), file("admin:\n\tport: 1")))
        .contains("keyward.yaml, line 2")
        .contains("Remedy: begin that line with blanks");
    assertThat(line(Map.of(), file("tenants:\n  a:\n    secret:x\n    deployments: {}")))
        .contains("Remedy: write name: value, with a blank behind the colon");
    assertThat(line(Map.of(), file("tenants:\n  a:\n    secret: \"x\n    deployments: {}")))
        .contains("Remedy: close the quotation mark or bracket that is open");
    assertThat(line(Map.of(), file("prefix: blue\nusername: j\u0000oe")))
        .contains("keyward.yaml, line 2")
        .contains("the character U+0000 cannot stand there")
        .contains("Remedy: take it out");
    assertThat(line(Map.of(), file("a: " + "[".repeat(5000))))
        .contains("it cannot be read as YAML")
        .contains("Remedy: write a shorter and flatter file");
    assertThat(line(Map.of(), file("just text"))).contains("it holds no settings");
    assertThat(line(Map.of(), folder.resolve("gone.yaml").toString()))
        .contains("gone.yaml")
        .contains("there is no such file")
        .contains("Remedy: give the path of a keyward.yaml");
    assertThat(line(Map.of(), folder.toString())).contains("it cannot be read as UTF-8 text");
  }

  @ParameterizedTest
  @CsvSource({
    "'admin: {token: \"${TOKEN}\"}', set KEYWARD_ADMIN_TOKEN in the environment instead",
    "'directives: {requirepass: \"${WORD}\"}', set REDIS_PASSWORD in the environment instead",
    "'directives: {dir: \"${DATA}\"}', 'write the value itself, or give it on the command line'",
  })
  void aVariableThatIsNotLookedUpIsNotTakenForTheValue(String text, String remedy)
      throws IOException {
    assertThat(line(Map.of("TOKEN", "a", "WORD", "b", "DATA", "/c"), file(text)))
        .contains(
            "(keyward.yaml, line 1): variables are looked up for the secrets under operator: and"
                + " tenants: alone. Remedy: "
                + remedy);
  }

  @Test
  void theWordForNothingIsNoPassword() throws Exception {
    String file = file("directives: {requirepass: null}\nprefix: ~\nusername: 'null'");
    Settings settings = Settings.load(List.of(file), Map.of("REDIS_PASSWORD", "secret"));
    assertThat(settings.prefix()).isEmpty();
    assertThat(settings.username()).isEqualTo("null");
    Settings open = Settings.load(List.of(file("directives: {requirepass: null}")), Map.of());
    assertThat(open.live().text(Directive.REQUIREPASS)).isEmpty();
    assertThat(line(Map.of(), file("tenants: {a: {secret: [hush, ~]}}")))
        .startsWith("tenants.a.secret = ")
        .contains("it is empty");
  }

  @ParameterizedTest
  @CsvSource({
    "appenddirname, dump.rdb",
    "appendfilename, Dump.RDB",
  })
  void theSnapshotHasANameOfItsOwn(String other, String name) {
    assertThat(line(Map.of(), "--" + other, name))
        .isEqualTo(
            "dbfilename = \"dump.rdb\" (default): "
                + other
                + " is the same, and both name something in dir. Remedy: give two different"
                + " names.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dbfilename", "appendfilename", "appenddirname"})
  void nothingIsNamedAsAFileOfTheGateway(String directive) {
    assertThat(line(Map.of(), "--" + directive, "operator.functions"))
        .startsWith(directive + " = \"operator.functions\" (command line --" + directive + "): ")
        .contains("in dir the gateway keeps files of its own as keyward.lock, deployments.json,")
        .contains(" without slashes that no other file in dir has.");
  }

  @Test
  void aValuesErrorNamesItsPlace() throws IOException {
    assertThat(line(Map.of(), file("directives:\n  port: 70000\n")))
        .isEqualTo(
            "port = \"70000\" (keyward.yaml, line 2): argument must be between 0 and 65535"
                + " inclusive. Remedy: give a whole number from 0 to 65535.");
    assertThat(line(Map.of(), "-prot", "1")).startsWith("-prot = \"…\" (command line)");
    assertThat(line(Map.of(), "--port", "x"))
        .isEqualTo(
            "port = \"x\" (command line --port): argument couldn't be parsed into an integer."
                + " Remedy: give a whole number from 0 to 65535.");
    assertThat(line(Map.of("KEYWARD_ADMIN_PORT", "70000")))
        .isEqualTo(
            "admin.port = \"70000\" (environment variable KEYWARD_ADMIN_PORT): it is not a whole"
                + " number from 0 to 65535. Remedy: give a whole number from 0 to 65535.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "KEYWARD_TRANSPORT | kqueue | there is no such choice | give one of auto, io_uring, epoll,"
            + " nio",
        "KEYWARD_LOG_FORMAT | xml | there is no such choice | give one of text, json",
        "KEYWARD_EVENT_LOOPS | 0 | it is not a whole number from 1 to 1024 | give a whole number"
            + " from 1 to 1024",
        "REDIS_KEY_PREFIX | a::b | a prefix contains no ::, no {, no } and no space, and does not"
            + " end with a colon | give a plain name such as blue",
        "REDIS_KEY_PREFIX | a{b | a prefix contains no ::, no {, no } and no space, and does not"
            + " end with a colon | give a plain name such as blue",
        "REDIS_KEY_PREFIX | a}b | a prefix contains no ::, no {, no } and no space, and does not"
            + " end with a colon | give a plain name such as blue",
        "REDIS_KEY_PREFIX | a b | a prefix contains no ::, no {, no } and no space, and does not"
            + " end with a colon | give a plain name such as blue",
        "REDIS_KEY_PREFIX | a: | a prefix contains no ::, no {, no } and no space, and does not"
            + " end with a colon | give a plain name such as blue",
        "REDIS_USERNAME | app | a user name needs a password | set REDIS_PASSWORD or requirepass as"
            + " well",
        "REDIS_KEY_PREFIX_VAR | REVISION | the variable that it names is not set or empty | set"
            + " REVISION to the prefix, or unset REDIS_KEY_PREFIX_VAR",
        "REDIS_URI | redis://u:secret@h | it belongs to an upstream server, and this version has"
            + " the built-in engine alone | unset it for the gateway; applications set REDIS_URI to"
            + " the gateway's address",
        "REDIS_CA | /secret | it belongs to an upstream server, and this version has the built-in"
            + " engine alone | unset it for the gateway; applications set REDIS_URI to the"
            + " gateway's address",
        "KEYWARD_ADMIN_BIND | 0.0.0.0 | beyond loopback everybody could see the deployments and"
            + " reload the configuration | set KEYWARD_ADMIN_TOKEN (admin.token) as well, or leave"
            + " admin.bind out",
        "KEYWARD_ADMIN_BIND | 127.0.0.1:80 | it is neither an address nor the name of a host | give"
            + " 127.0.0.1, or 0.0.0.0 or :: for all addresses, with admin.token",
        "KEYWARD_ADMIN_TOKEN | secret token | it stands in an HTTP header, which takes visible"
            + " ASCII characters alone | give for instance what openssl rand -hex 20 prints",
        "KEYWARD_ADMIN_PROT | secret | there is no such variable | did you mean"
            + " KEYWARD_ADMIN_PORT?",
      })
  void aVariablesErrorNamesTheVariable(String name, String value, String reason, String remedy) {
    assertThat(line(Map.of(name, value)))
        .contains("(environment variable " + name + "): " + reason + ". Remedy: " + remedy)
        .doesNotContain("secret");
  }

  @Test
  void twoSourcesForThePrefixContradictEachOther() {
    Map<String, String> both =
        Map.of("REDIS_KEY_PREFIX", "a", "REDIS_KEY_PREFIX_VAR", "B", "B", "b");
    assertThat(line(both))
        .isEqualTo(
            "REDIS_KEY_PREFIX_VAR = \"B\" (environment variable REDIS_KEY_PREFIX_VAR):"
                + " REDIS_KEY_PREFIX is set as well, and the two contradict each other. Remedy: set"
                + " only one of REDIS_KEY_PREFIX and REDIS_KEY_PREFIX_VAR.");
    assertThat(line(Map.of("REDIS_KEY_PREFIX_VAR", "B", "B", "")))
        .contains("the variable that it names is not set or empty");
    assertThat(line(Map.of("REDIS_KEY_PREFIX_VAR", "B", "B", "x y")))
        .contains("environment variable B (named by REDIS_KEY_PREFIX_VAR)");
  }

  @Test
  void anUnknownNamespaceListsTheValidOnes() throws IOException {
    String file = file("namespaces: [MINE]\n");
    assertThat(line(Map.of("FORCED_IN_MEMORY_CACHE_NAMESPACES", "ROLES,STATIC_CONFIG"), file))
        .startsWith(
            "FORCED_IN_MEMORY_CACHE_NAMESPACES = \"STATIC_CONFIG\" (environment variable"
                + " FORCED_IN_MEMORY_CACHE_NAMESPACES): there is no such namespace. Remedy: use one"
                + " of ABORT_KEYS, ADMIN_OAUTH_EXCHANGE, APP_CONFIG, ")
        .contains(", MINE, ")
        .contains(", USER_PRINCIPALS, or declare it under namespaces: in keyward.yaml");
    assertThat(line(Map.of(), file("pinned: [NOPE]\n"))).startsWith("pinned = \"NOPE\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--prot 1 | there is no such option | did you mean port?",
        "stray | there is no such file | give the path of a keyward.yaml, or begin options with --",
        "-p 1 | there is no such option | did you mean",
        "--port | its value is missing | give a whole number from 0 to 65535",
        "--admin-port | its value is missing | write --admin-port value",
        "--port 1 2 | it takes a single value | give a whole number from 0 to 65535, quoted if it"
            + " holds blanks",
        "--io-threads 4 | every event loop reads and writes by itself; set KEYWARD_EVENT_LOOPS to"
            + " use more cores | give its default, \"1\"",
        "--port 0 | tls-port is 0 and unixsocket is empty as well, so no client could connect |"
            + " give a port, a tls-port or a unixsocket",
        "'--bind ' | there is no address to listen on | give addresses such as 127.0.0.1 or *, or"
            + " set port and tls-port 0 for the Unix socket alone",
        "--admin-port 6379 | clients connect to the same port | give the admin server a port of its"
            + " own",
        "--tls-cert-file /nowhere.pem | there is no file that can be read | give the path of a PEM"
            + " file",
        "--tls-ca-cert-dir /nowhere | there is no such folder | give a folder of PEM files",
        "--username a --requirepass | its value is missing | give text",
      })
  void aCommandLinesErrors(String arguments, String reason, String remedy) {
    assertThat(problems(Map.of(), arguments.split(" ", -1)))
        .anySatisfy(
            problem -> {
              assertThat(problem.place()).startsWith("command line");
              assertThat(problem.reason()).isEqualTo(reason);
              assertThat(problem.remedy()).startsWith(remedy);
            });
  }

  @Test
  void tlsNeedsItsFiles() throws IOException {
    String pem = Files.writeString(folder.resolve("x.pem"), "").toString();
    assertThat(problems(Map.of(), "--tls-port", "6380"))
        .extracting(Problem::setting)
        .containsExactly("tls-cert-file", "tls-key-file", "tls-auth-clients");
    String[] files = {"--tls-cert-file", pem, "--tls-key-file", pem, "--tls-auth-clients", "no"};
    assertThat(problems(Map.of(), concat(files, "--tls-port", "6379")))
        .extracting(Problem::setting, Problem::reason)
        .containsExactly(tuple("tls-port", "port is the same"));
  }

  private static String[] concat(String[] first, String... rest) {
    return Stream.concat(Arrays.stream(first), Arrays.stream(rest)).toArray(String[]::new);
  }

  @Test
  void aUserNameHasNoSpaces() {
    assertThat(line(Map.of("REDIS_USERNAME", "a b", "REDIS_PASSWORD", "x")))
        .contains("a user name contains no spaces");
  }

  @Test
  void severalErrorsComeAtOnceAndSecretsStayHidden() throws IOException {
    ConfigurationException thrown =
        catchThrowableOfType(
            ConfigurationException.class,
            () ->
                Settings.load(
                    List.of(file("transport: x\n"), "--requirepass", "hush", "hush"),
                    Map.of("REDIS_URI", "redis://a:hush@b", "KEYWARD_EVENT_LOOPS", "-1")));
    assertThat(thrown.problems()).hasSize(4);
    assertThat(thrown)
        .hasMessageStartingWith("Keyward cannot start, the configuration is wrong:\n  - ");
    assertThat(thrown.getMessage()).doesNotContain("hush");
    assertThat(thrown.getMessage().lines()).hasSize(5);
  }
}
