package io.keyward.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command line of the comparisons. */
class CompareTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @ValueSource(
      strings = {"deployments", "half-load", "memory", "metrics", "neighbours", "restart", "start"})
  void everyComparisonExplainsItself(String comparison) {
    assertThat(run(comparison, "--help")).isZero();
    assertThat(out.toString()).startsWith("Usage: loadtest/compare " + comparison);
  }

  @Test
  void anUnknownTestIsAnErrorThatListsThoseThereAre() {
    assertThat(run("--tests", "SET,FOO")).isEqualTo(2);
    assertThat(err.toString()).contains("FOO").contains("LRANGE_100");
  }

  @Test
  void aServerThatEndsAtOnceIsAnErrorWithItsLastWords() {
    String command = "broken=sh -c \"echo port {port} is cursed; exit 7\"";

    assertThat(run("start", "--starts", "1", "--server-cmd", command)).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("loadtest/compare: broken ended with status 7: port ")
        .contains("is cursed");
  }

  @Test
  void aCommandWithoutAPortIsRefused() {
    assertThat(run("memory", "--server-cmd", "redis-server")).isEqualTo(2);
    assertThat(err.toString()).contains("write redis, keyward or 'name=command with {port}'");
  }

  private int run(String... args) {
    CommandLine line = Compare.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(args);
  }
}
