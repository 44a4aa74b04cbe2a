package io.keyward.engine.builtin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Bench;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** SLOWLOG keeps the commands that took long. */
class SlowLogTest {
  private final Bench bench = new Bench();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  private void logFrom(long micros) throws RefusedException {
    bench.settings().set(Directive.SLOWLOG_LOG_SLOWER_THAN, Long.toString(micros));
    bench.line("slowlog reset");
  }

  /** The arguments of the newest entry that is not of the slow log itself. */
  private String newest() {
    return bench.line("slowlog get 1").replaceAll("^\\[\\[\\d+ \\d+ \\d+ (\\[.*]) .*$", "$1");
  }

  private void take(long nanos, String word) {
    byte[] bytes = word.getBytes(StandardCharsets.US_ASCII);
    Request request = new Request();
    request.begin(bytes);
    request.add(0, bytes.length);
    request.client(bench.session().client());
    bench
        .keyspace()
        .observation()
        .finished(request, bench.keyspace().table().resolve(request), nanos);
  }

  @Test
  void anEntryHoldsIdTimeMicrosecondsArgumentsAddressAndName() throws RefusedException {
    logFrom(0);
    bench.line("client setname me");
    assertThat(bench.line("slowlog get 1"))
        .matches("\\[\\[1 \\d+ \\d+ \\[\"client\" \"setname\" \"me\"] \"127.0.0.1:1\" \"me\"]]");
  }

  @Test
  void onlyCommandsFromTheThresholdOnAreLogged() throws RefusedException {
    logFrom(5_000_000);
    take(4_999_999_999L, "ping");
    assertThat(bench.line("slowlog len")).isEqualTo("0");
    take(5_000_000_000L, "ping");
    assertThat(bench.line("slowlog get"))
        .matches("\\[\\[0 \\d+ 5000000 \\[\"ping\"] \"127.0.0.1:1\" \"\"]]");
    logFrom(-1);
    take(Long.MAX_VALUE / 2, "ping");
    assertThat(bench.line("slowlog len")).isEqualTo("0");
  }

  @Test
  void theOldestEntriesGoFirst() throws RefusedException {
    bench.settings().set(Directive.SLOWLOG_MAX_LEN, "3");
    logFrom(0);
    for (int i = 0; i < 20; i++) {
      bench.line("ping " + i);
    }
    assertThat(bench.line("slowlog len")).isEqualTo("3");
    assertThat(bench.line("slowlog get -1")).contains("\"18\"", "\"19\"").doesNotContain("\"17\"");
    bench.settings().set(Directive.SLOWLOG_MAX_LEN, "0");
    bench.line("ping");
    assertThat(bench.line("slowlog len")).isEqualTo("0");
  }

  @Test
  void getTakesACount() throws RefusedException {
    logFrom(0);
    for (int i = 0; i < 20; i++) {
      bench.line("ping");
    }
    bench.settings().set(Directive.SLOWLOG_LOG_SLOWER_THAN, "-1");
    assertThat(entries("slowlog get")).isEqualTo(10);
    assertThat(entries("slowlog get 2")).isEqualTo(2);
    assertThat(entries("slowlog get 1000")).isEqualTo(21);
    assertThat(entries("slowlog get -1")).isEqualTo(21);
    assertThat(bench.line("slowlog get 0")).isEqualTo("[]");
    assertThat(bench.line("slowlog get -2"))
        .isEqualTo("!ERR count should be greater than or equal to -1");
    assertThat(bench.line("slowlog get x"))
        .isEqualTo("!ERR count should be greater than or equal to -1");
    assertThat(bench.line("slowlog get 1 2")).startsWith("!ERR unknown subcommand or wrong number");
  }

  private int entries(String line) {
    return bench.line(line).split("127.0.0.1:1", -1).length - 1;
  }

  @Test
  void manyAndLongArgumentsAreTrimmed() throws RefusedException {
    logFrom(0);
    StringBuilder many = new StringBuilder("sadd set");
    for (int i = 3; i <= 33; i++) {
      many.append(' ').append(i);
    }
    bench.line(many.toString());
    assertThat(newest()).contains("\"31\" \"... (2 more arguments)\"]").doesNotContain("\"32\"");
    bench.line("sadd set foo " + "A".repeat(129));
    assertThat(newest())
        .isEqualTo("[\"sadd\" \"set\" \"foo\" \"" + "A".repeat(128) + "... (1 more bytes)\"]");
    bench.line("sadd set foo " + "A".repeat(128));
    assertThat(newest()).isEqualTo("[\"sadd\" \"set\" \"foo\" \"" + "A".repeat(128) + "\"]");
  }

  @Test
  void ofATransactionTheCommandsInItAreLogged() throws RefusedException {
    logFrom(0);
    bench.line("multi");
    bench.line("set k v");
    bench.line("slowlog reset");
    bench.line("exec");
    assertThat(bench.line("slowlog len")).isEqualTo("1");
    assertThat(bench.line("slowlog get")).contains("\"slowlog\" \"reset\"", "\"slowlog\" \"len\"");
  }

  @Test
  void aBlockedCommandIsLoggedAndCountedOnceItEnds() throws RefusedException {
    Bench.Session waiting = bench.connect();
    logFrom(0);
    waiting.send("blpop", "l", "0");
    assertThat(bench.line("slowlog get -1")).doesNotContain("blpop");
    assertThat(calls("blpop")).isZero();
    bench.line("rpush l x");
    assertThat(waiting.take()).isEqualTo("[\"l\" \"x\"]");
    assertThat(bench.line("slowlog get -1")).containsOnlyOnce("blpop");
    assertThat(calls("blpop")).isOne();
  }

  @Test
  void aBlockedCommandThatFailsOrTimesOutIsCounted() throws RefusedException {
    Bench.Session waiting = bench.connect();
    waiting.send("blpop", "l", "1");
    bench.pass(1500);
    assertThat(waiting.take()).isEqualTo("nil");
    assertThat(calls("blpop")).isOne();
    waiting.send("blpop", "l", "0");
    bench.line("client unblock " + waiting.client().id() + " error");
    assertThat(waiting.take()).isEqualTo("!UNBLOCKED client unblocked via CLIENT UNBLOCK");
    assertThat(calls("blpop")).isEqualTo(2);
    assertThat(failed("blpop")).isOne();
  }

  @Test
  void aCommandThatGoesOnWaitingIsCountedOnce() {
    Bench.Session waiting = bench.connect();
    waiting.send("blmove", "from", "to", "left", "right", "0");
    bench.line("multi");
    bench.line("rpush from x");
    bench.line("del from");
    bench.line("exec");
    assertThat(waiting.take()).isEmpty();
    assertThat(calls("blmove")).isZero();
    bench.line("rpush from y");
    assertThat(waiting.take()).isEqualTo("\"y\"");
    assertThat(calls("blmove")).isOne();
  }

  @Test
  void whatAScriptComputesIsNotTheTimeOfItsCommands() throws RefusedException {
    boolean less = false;
    // The machine may stand still just while a command is executed, but not each time.
    for (int attempt = 0; !less && attempt < 20; attempt++) {
      logFrom(0);
      bench.run(
          "eval", "local x = 0 for i = 1, 1000000 do x = x + i end redis.call('dbsize')", "0");
      String log = bench.line("slowlog get 2");
      less = micros(log, "dbsize") < micros(log, "eval") / 2;
    }
    assertThat(less).isTrue();
  }

  private static long micros(String log, String command) {
    Matcher entry = Pattern.compile("\\[\\d+ \\d+ (\\d+) \\[\"" + command).matcher(log);
    assertThat(entry.find()).as(log).isTrue();
    return Long.parseLong(entry.group(1));
  }

  private long calls(String name) {
    return bench.keyspace().statistics().calls(bench.keyspace().table().find(name));
  }

  private long failed(String name) {
    return bench.keyspace().statistics().failedCalls(bench.keyspace().table().find(name));
  }
}
