package io.keyward.engine.builtin.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.Client;
import io.keyward.engine.Client.Turn;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.Slices;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What others see while a script is in the middle. */
class BusyKeyspaceTest {
  private static final String ENDLESS = "while true do end";
  private static final String BUSY =
      "!BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";
  private static final String UNKILLABLE =
      "!UNKILLABLE Sorry the script already executed write commands against the dataset. You can"
          + " either wait the script termination or kill the server in a hard way using the"
          + " SHUTDOWN NOSAVE command.";

  private final Bench bench = new Bench();
  private final Bench neighbour = bench.neighbour();
  private final Bench.Session caller = bench.connect();
  private final Bench.Session other = bench.connect();

  @BeforeEach
  void theJvmRunsCommandsInSlices() {
    assertThat(Slices.supported()).as("--add-exports=java.base/jdk.internal.vm").isTrue();
  }

  @AfterEach
  void validate() {
    bench.validate();
    neighbour.validate();
  }

  private void begin(String script, String... keys) {
    begin(script, keys.length, keys);
  }

  private void begin(String script, int keys, String... rest) {
    String[] words = new String[rest.length + 3];
    words[0] = "eval";
    words[1] = script;
    words[2] = Integer.toString(keys);
    System.arraycopy(rest, 0, words, 3, rest.length);
    caller.send(words);
    assertThat(caller.client().turn()).isEqualTo(Turn.SUSPENDED);
  }

  private void set(Directive directive, String value) {
    try {
      bench.settings().set(directive, value);
    } catch (RefusedException refused) {
      throw new IllegalArgumentException(refused);
    }
  }

  private void threshold(String milliseconds) {
    set(Directive.BUSY_REPLY_THRESHOLD, milliseconds);
  }

  private String reply(Bench.Session session) {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (session.client().turn() != Turn.FREE && System.nanoTime() < deadline) {
      bench.pass(1);
    }
    return session.take();
  }

  @Test
  void neighboursAreServedWhileAnEndlessScriptRuns() {
    begin(ENDLESS);
    for (int i = 1; i <= 1_000; i++) {
      assertThat(neighbour.line("incr served")).isEqualTo(Integer.toString(i));
    }
    assertThat(neighbour.run("eval", "return redis.call('incr',KEYS[1])", "1", "served"))
        .isEqualTo("1001");
    assertThat(bench.line("script kill")).isEqualTo("OK");
    assertThat(reply(caller)).startsWith("!ERR Script killed by user with SCRIPT KILL... script: ");
    assertThat(bench.line("script kill")).isEqualTo("!NOTBUSY No scripts in execution right now.");
  }

  /** A text that takes long to read, none of which is executed. */
  private static String longText() {
    return "local function unused() " + "do local a = 'text' end ".repeat(30_000) + "end ";
  }

  private void isReadInSlices(String expected, String... words) {
    caller.send(words);
    assertThat(caller.client().turn()).isEqualTo(Turn.SUSPENDED);
    assertThat(neighbour.run("ping")).isEqualTo("PONG");
    other.send("get", "k");
    assertThat(other.client().turn()).isEqualTo(Turn.WAITS);
    assertThat(reply(caller)).isEqualTo(expected);
    assertThat(reply(other)).isEqualTo("nil");
  }

  @Test
  void neighboursAreServedWhileALongTextIsRead() {
    isReadInSlices("\"read\"", "eval", longText() + "return 'read'", "0");
    isReadInSlices(
        "\"l\"",
        "function",
        "load",
        "#!lua name=l\n" + longText() + "redis.register_function('f', unused)");
    isReadInSlices("1", "eval", "return loadstring(ARGV[1])()", "0", longText() + "return 1");
    isReadInSlices(
        "!ERR Error compiling script (new function): user_script:1: unfinished long comment near"
            + " '<eof>'",
        "script",
        "load",
        "--[[" + "x".repeat(3_000_000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis.sha1hex(ARGV[1])",
        "#cjson.encode(ARGV[1])",
        "#cjson.decode('\"' .. ARGV[1] .. '\"')",
        "#ARGV[1]:upper()",
        "#ARGV[1]:reverse()",
        "#ARGV[1]:rep(2)",
        "ARGV[1]:find('b',1,true)",
        "ARGV[1]:find('^[^b]*$')"
      })
  void neighboursAreServedInTheMiddleOfOneCall(String call) {
    begin("return " + call, 0, "a".repeat(20_000_000));
    assertThat(neighbour.line("incr served")).isEqualTo("1");
    assertThat(reply(caller)).doesNotStartWith("!");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "string.find(('('):rep(1000000),'%b()')",
        "string.find(('a'):rep(1000000),'['..('b'):rep(1000000)..']*c')",
        "string.find(('a'):rep(1000000),('a'):rep(500000)..'b',1,true)"
      })
  void oneCallThatWouldTakeHoursCanBeKilled(String call) {
    begin("return " + call);
    for (int i = 1; i <= 1_000; i++) {
      bench.pass(1);
      assertThat(neighbour.line("incr served")).isEqualTo(Integer.toString(i));
    }
    assertThat(bench.line("script kill")).isEqualTo("OK");
    assertThat(reply(caller)).startsWith("!ERR Script killed by user with SCRIPT KILL... script: ");
  }

  @Test
  void severalKeyspacesRunLongScriptsInTurn() {
    begin("for i=1,3000000 do end return 'mine'");
    Bench.Session theirs = neighbour.connect();
    theirs.send("eval", "for i=1,3000000 do end return 'theirs'", "0");
    assertThat(theirs.client().turn()).isEqualTo(Turn.SUSPENDED);
    assertThat(reply(caller)).isEqualTo("\"mine\"");
    assertThat(reply(theirs)).isEqualTo("\"theirs\"");
  }

  @Test
  void requestsWaitUntilTheScriptHasEnded() {
    begin("redis.call('set','k','1') for i=1,3000000 do end redis.call('incr','k') return 'done'");
    other.send("get", "k");
    assertThat(other.client().turn()).isEqualTo(Turn.WAITS);
    assertThat(other.take()).isEmpty();
    assertThat(reply(caller)).isEqualTo("\"done\"");
    assertThat(reply(other)).isEqualTo("\"2\"");
  }

  @Test
  void whoWaitsTooLongIsToldThatTheKeyspaceIsBusy() {
    threshold("20");
    begin(ENDLESS);
    other.send("get", "k");
    assertThat(reply(other)).isEqualTo(BUSY);
    assertThat(other.run("ping")).isEqualTo(BUSY);
    assertThat(neighbour.run("ping")).isEqualTo("PONG");
    assertThat(other.run("function", "kill")).isEqualTo(BUSY);
    assertThat(other.run("function", "stats")).contains("\"eval\" \"while true do end\" \"0\"");
    assertThat(other.run("script", "kill")).isEqualTo("OK");
    assertThat(reply(caller)).startsWith("!ERR Script killed by user");
    assertThat(other.run("ping")).isEqualTo("PONG");
  }

  @Test
  void aThresholdOfZeroLetsEverybodyWait() {
    threshold("0");
    set(Directive.SCRIPT_TIME_LIMIT, "300");
    begin(ENDLESS);
    other.send("ping");
    assertThat(reply(other)).isEqualTo("PONG");
    assertThat(reply(caller)).contains("longer than script-time-limit (300 ms)");
  }

  @Test
  void aFunctionIsKilledAsAFunction() {
    threshold("1");
    bench.run(
        "function",
        "load",
        "#!lua name=l\nredis.register_function('f',function() while true do end end)");
    caller.send("fcall", "f", "0");
    assertThat(other.run("script", "kill"))
        .isEqualTo(
            "!BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN"
                + " NOSAVE.");
    assertThat(other.run("function", "kill")).isEqualTo("OK");
    assertThat(reply(caller))
        .startsWith("!ERR Script killed by user with SCRIPT KILL... script: f");
  }

  @Test
  void aScriptThatHasWrittenIsEndedByItsTimeAlone() {
    threshold("1");
    set(Directive.SCRIPT_TIME_LIMIT, "200");
    begin("redis.call('set','k','v') while true do end");
    assertThat(other.run("script", "kill")).isEqualTo(UNKILLABLE);
    assertThat(reply(caller)).contains("longer than script-time-limit (200 ms)");
    assertThat(other.run("get", "k")).isEqualTo("\"v\"");
  }

  @Test
  void pcallDoesNotKeepAScriptFromBeingKilled() {
    begin("while true do pcall(function() while true do redis.call('ping') end end) end");
    assertThat(other.run("script", "kill")).isEqualTo("OK");
    assertThat(reply(caller)).startsWith("!ERR Script killed by user");
  }

  @Test
  void coroutinesAndDeepCallsAreSuspendedToo() {
    begin("local f = coroutine.wrap(function() while true do end end) f()");
    assertThat(neighbour.run("ping")).isEqualTo("PONG");
    other.run("script", "kill");
    assertThat(reply(caller)).startsWith("!ERR Script killed by user");

    begin("local function f(n) if n == 0 then while true do end end return 1 + f(n-1) end f(9000)");
    assertThat(neighbour.run("ping")).isEqualTo("PONG");
    other.run("script", "kill");
    assertThat(reply(caller)).startsWith("!ERR Script killed by user");
  }

  @Test
  void transactionsAreRefusedOrWaitAsAWhole() {
    threshold("1");
    other.run("multi");
    other.run("incr", "x");
    begin(ENDLESS);
    bench.pass(5);
    Bench.Session third = bench.connect();
    assertThat(third.run("multi")).isEqualTo("OK");
    third.send("incr", "x");
    assertThat(reply(third)).isEqualTo(BUSY);
    other.send("exec");
    assertThat(reply(other))
        .isEqualTo("!EXECABORT Transaction discarded because of: " + BUSY.substring(1));
    bench.line("script kill");
    assertThat(reply(caller)).startsWith("!ERR Script killed by user");
    assertThat(third.run("exec"))
        .isEqualTo("!EXECABORT Transaction discarded because of previous errors.");
    assertThat(other.run("exec")).isEqualTo("!ERR EXEC without MULTI");
    assertThat(other.run("get", "x")).isEqualTo("nil");
  }

  @Test
  void aTransactionWithALongScriptStaysWhole() {
    caller.run("multi");
    caller.run("incr", "x");
    caller.run("eval", "for i=1,3000000 do end return redis.call('incr','x')", "0");
    caller.run("incr", "x");
    caller.send("exec");
    assertThat(caller.client().turn()).isEqualTo(Turn.SUSPENDED);
    other.send("incr", "x");
    assertThat(reply(caller)).isEqualTo("[1 2 3]");
    assertThat(reply(other)).isEqualTo("4");
  }

  @Test
  void blockedClientsAreServedWhenTheScriptHasEnded() {
    other.send("blpop", "list", "0");
    begin("redis.call('rpush','list','a') for i=1,3000000 do end redis.call('lpush','list','b')");
    assertThat(bench.line("auth x")).startsWith("!");
    assertThat(other.client().blocked()).isTrue();
    assertThat(other.take()).isEmpty();
    assertThat(reply(caller)).isEqualTo("nil");
    assertThat(other.take()).isEqualTo("[\"list\" \"b\"]");
  }

  @Test
  void watchedKeysAreTouchedByWhatTheScriptWrites() {
    begin("for i=1,3000000 do end redis.call('set','w','1')");
    assertThat(other.run("watch", "w")).isEqualTo("OK");
    assertThat(other.run("multi")).isEqualTo("OK");
    other.send("ping");
    assertThat(reply(caller)).isEqualTo("nil");
    assertThat(reply(other)).isEqualTo("QUEUED");
    assertThat(other.run("exec")).isEqualTo("nil");
  }

  @Test
  void messagesToTheCallerComeAfterTheReply() {
    caller.client().reply().resp3(true);
    caller.run("subscribe", "news");
    begin("redis.call('publish','news','a') for i=1,3000000 do end return 'done'");
    assertThat(other.run("multi")).isEqualTo("OK");
    assertThat(other.run("discard")).isEqualTo("OK");
    assertThat(reply(caller)).isEqualTo("\"done\"|>[\"message\" \"news\" \"a\"]");
  }

  @Test
  void aCallerThatLeavesIsForgottenWhenItsScriptHasEnded() {
    begin("for i=1,3000000 do end redis.call('set','k','v')");
    Client client = caller.client();
    bench.keyspace().leave(client);
    other.send("get", "k");
    assertThat(reply(other)).isEqualTo("\"v\"");
    assertThat(client.keyspace()).isNull();
    assertThat(bench.keyspace().clients()).doesNotContain(client);
  }

  @Test
  void whoWaitsAndLeavesIsForgotten() {
    begin("for i=1,3000000 do end return 'done'");
    other.send("set", "k", "v");
    bench.keyspace().leave(other.client());
    assertThat(reply(caller)).isEqualTo("\"done\"");
    assertThat(bench.run("get", "k")).isEqualTo("nil");
  }

  @Test
  void aSilencedScriptLeavesNoReply() {
    caller.run("client", "reply", "skip");
    begin("for i=1,3000000 do end return 'dropped'");
    assertThat(reply(caller)).isEmpty();
    assertThat(caller.run("ping")).isEqualTo("PONG");
    other.run("client", "reply", "skip");
    begin("for i=1,3000000 do end return 'done'");
    other.send("set", "k", "v");
    assertThat(reply(other)).isEmpty();
    assertThat(other.run("get", "k")).isEqualTo("\"v\"");
  }

  @Test
  void nothingExpiresOrIsEvictedInTheMiddle() {
    begin(
        "redis.call('set','k','v','px',30) local t = 0 for i=1,30000000 do t = t + i end"
            + " return redis.call('get','k')");
    set(Directive.MAXMEMORY_POLICY, "allkeys-lru");
    set(Directive.MAXMEMORY, "1");
    neighbour.line("set other v");
    set(Directive.MAXMEMORY, "0");
    assertThat(reply(caller)).isEqualTo("\"v\"");
  }

  @Test
  void theTimeOfOthersDoesNotCountAsTheScripts() {
    set(Directive.SCRIPT_TIME_LIMIT, "1000");
    threshold("0");
    begin("for i=1,1000000 do end return 'done'");
    long until = System.nanoTime() + 1_100_000_000;
    while (System.nanoTime() < until) {
      neighbour.line("incr n");
    }
    assertThat(reply(caller)).isEqualTo("\"done\"");
  }

  @Test
  void aTaskForAnIdleKeyspaceComesAfterTheScript() {
    StringBuilder order = new StringBuilder();
    bench.keyspace().slices().whenIdle(() -> order.append("now "));
    begin("for i=1,3000000 do end return redis.call('set','k','v')");
    bench.keyspace().slices().whenIdle(() -> order.append("then ").append(bench.line("get k")));
    assertThat(order).hasToString("now ");
    assertThat(reply(caller)).isEqualTo("OK");
    assertThat(order).hasToString("now then \"v\"");
  }
}
