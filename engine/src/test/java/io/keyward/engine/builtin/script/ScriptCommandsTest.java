package io.keyward.engine.builtin.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.engine.builtin.Bench;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** EVAL, EVALSHA and SCRIPT, and what scripts may do. */
class ScriptCommandsTest {
  private static final String GET = "return redis.call('get',KEYS[1])";
  private static final String GET_DIGEST = "fd758d1589d044dd850a6f05d52f2eefd27f033f";

  private final Bench bench = new Bench();

  @AfterEach
  void validate() {
    bench.validate();
  }

  private String eval(String script, String... rest) {
    String[] words = new String[rest.length + 2];
    words[0] = "eval";
    words[1] = script;
    System.arraycopy(rest, 0, words, 2, rest.length);
    return bench.run(words);
  }

  @Test
  void keysAndArgumentsAreTables() {
    assertThat(eval("return {KEYS[1],KEYS[2],ARGV[1],#KEYS,#ARGV}", "2", "a", "b", "c"))
        .isEqualTo("[\"a\" \"b\" \"c\" 2 1]");
    assertThat(eval("return 1", "3", "a"))
        .isEqualTo("!ERR Number of keys can't be greater than number of args");
    assertThat(eval("return 1", "-1")).isEqualTo("!ERR Number of keys can't be negative");
    assertThat(eval("return 1", "x")).isEqualTo("!ERR value is not an integer or out of range");
  }

  @Test
  void aScriptIsKnownByItsDigestOnceItHasBeenSeen() {
    bench.line("set k v");
    assertThat(bench.run("evalsha", GET_DIGEST, "1", "k"))
        .isEqualTo("!NOSCRIPT No matching script. Please use EVAL.");
    assertThat(eval(GET, "1", "k")).isEqualTo("\"v\"");
    assertThat(bench.run("evalsha", GET_DIGEST.toUpperCase(java.util.Locale.ROOT), "1", "k"))
        .isEqualTo("\"v\"");
    assertThat(bench.run("script", "exists", GET_DIGEST, "0".repeat(40), "x")).isEqualTo("[1 0 0]");
    assertThat(bench.line("script flush")).isEqualTo("OK");
    assertThat(bench.run("evalsha", GET_DIGEST, "1", "k")).startsWith("!NOSCRIPT");
    assertThat(bench.run("script", "load", GET)).isEqualTo('"' + GET_DIGEST + '"');
    assertThat(bench.run("evalsha_ro", GET_DIGEST, "1", "k")).isEqualTo("\"v\"");
    assertThat(bench.line("script kill")).isEqualTo("!NOTBUSY No scripts in execution right now.");
    assertThat(bench.line("script flush soon"))
        .isEqualTo("!ERR SCRIPT FLUSH only support SYNC|ASYNC option");
  }

  @Test
  void theOldestScriptsAreForgottenWhenAllTakeTooMuch() {
    ScriptCache cache = new ScriptCache(change -> {});
    bench.line("set k v");
    for (int i = 0; i < 20; i++) {
      byte[] text =
          ("return " + "1".repeat(300) + i).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      cache.add(
          new Script(
              text,
              Digest.hex(text),
              Shebang.of(text),
              new io.keyward.engine.builtin.script.lua.LuaState().load(text, 0, text.length, "t")));
    }
    cache.shrinkTo(6_000);
    assertThat(cache.bytes()).isLessThanOrEqualTo(6_000);
    assertThat(cache.count()).isBetween(2, 19);
    byte[] last =
        ("return " + "1".repeat(300) + 19).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    assertThat(cache.byText(last, 0, last.length)).isNotNull();
    byte[] first =
        ("return " + "1".repeat(300) + 0).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    assertThat(cache.byText(first, 0, first.length)).isNull();
  }

  @Test
  void aLimiterCountsAndSetsTheWindowOnce() {
    String limiter =
        "local n=redis.call('INCR',KEYS[1]) local t=redis.call('PTTL',KEYS[1])"
            + " if t<0 then redis.call('PEXPIRE',KEYS[1],ARGV[2]) t=tonumber(ARGV[2]) end"
            + " return {n,t}";
    assertThat(eval(limiter, "1", "limit", "0", "60000")).isEqualTo("[1 60000]");
    assertThat(eval(limiter, "1", "limit", "0", "60000")).startsWith("[2 ");
    assertThat(bench.line("ttl limit")).isEqualTo("60");
  }

  @Test
  void aLockIsOnlyReleasedByItsHolder() {
    String release =
        "if redis.call('get',KEYS[1])==ARGV[1] then return redis.call('del',KEYS[1]) else return 0"
            + " end";
    bench.line("set lock token px 5000 nx");
    assertThat(eval(release, "1", "lock", "other")).isEqualTo("0");
    assertThat(eval(release, "1", "lock", "token")).isEqualTo("1");
    assertThat(bench.line("exists lock")).isEqualTo("0");
  }

  @Test
  void messagesOfAScriptReachListenersInItsOrder() {
    Bench.Session listener = bench.connect();
    listener.run("subscribe", "events");
    String publish =
        "for i=1,3 do local n=redis.call('incrby','seq',1) redis.call('publish',ARGV[1],"
            + "cjson.encode({seq=n})) end return redis.call('get','seq')";
    assertThat(eval(publish, "0", "events")).isEqualTo("\"3\"");
    assertThat(listener.take())
        .isEqualTo(
            "[\"message\" \"events\" \"{\"seq\":1}\"]|[\"message\" \"events\" \"{\"seq\":2}\"]"
                + "|[\"message\" \"events\" \"{\"seq\":3}\"]");
    assertThat(eval("return redis.call('publish','nobody','x')", "0")).isEqualTo("0");
  }

  @Test
  void whoWaitsForAKeyIsServedAfterTheScript() {
    Bench.Session waiting = bench.connect();
    waiting.run("blpop", "queue", "0");
    assertThat(eval("redis.call('rpush','queue','a','b') return redis.call('llen','queue')", "0"))
        .isEqualTo("2");
    assertThat(waiting.take()).isEqualTo("[\"queue\" \"a\"]");
    assertThat(eval("return redis.call('blpop','none',0)", "0")).isEqualTo("nil");
  }

  @Test
  void commandsThatScriptsMayNotCallAreRefused() {
    String position = " script: [0-9a-f]{40}, on @user_script:1\\.";
    assertThat(eval("return redis.call('subscribe','x')", "0"))
        .matches("!ERR This Redis command is not allowed from script" + position);
    assertThat(eval("return redis.call('eval','return 1',0)", "0"))
        .matches("!ERR This Redis command is not allowed from script" + position);
    assertThat(eval("return redis.call('nosuch')", "0"))
        .matches("!ERR Unknown Redis command called from script" + position);
    assertThat(eval("return redis.call('get')", "0"))
        .matches("!ERR Wrong number of args calling Redis command from script" + position);
    assertThat(bench.run("eval_ro", "return redis.call('set','a','b')", "0"))
        .matches("!ERR Write commands are not allowed from read-only scripts\\." + position);
    assertThat(eval("return redis.call('xread','block','0','streams','s','$')", "0"))
        .matches("!ERR xread command is not allowed with BLOCK option from scripts" + position);
    assertThat(eval("return redis.call('get',{})", "0"))
        .matches("!ERR Lua redis lib command arguments must be strings or integers" + position);
  }

  @Test
  void errorsOfCommandsAreRaisedOrReturned() {
    bench.line("set s text");
    assertThat(eval("return redis.call('incr','s')", "0"))
        .matches(
            "!ERR value is not an integer or out of range script: [0-9a-f]{40}, on"
                + " @user_script:1\\.");
    assertThat(eval("return redis.pcall('lpush','s','x')", "0"))
        .isEqualTo("!WRONGTYPE Operation against a key holding the wrong kind of value");
    assertThat(eval("local ok,e=pcall(redis.call,'incr','s') return {tostring(ok),e}", "0"))
        .isEqualTo("[\"false\" \"ERR value is not an integer or out of range\"]");
  }

  @Test
  void anErrorIsCountedOnce() {
    bench.line("set s text");
    eval("return redis.call('incr','s')", "0");
    eval("return redis.pcall('incr','s')", "0");
    assertThat(bench.keyspace().executor().refusals().counts().byCode()).containsEntry("ERR", 2L);
    assertThat(bench.keyspace().statistics().errors()).isEqualTo(2);
  }

  @Test
  void theCallersDatabaseIsUsedAndKept() {
    bench.line("select 3");
    assertThat(
            eval(
                "redis.call('set','k','three') redis.call('select',5) return"
                    + " redis.call('set','k','five')",
                "0"))
        .isEqualTo("OK");
    assertThat(bench.line("get k")).isEqualTo("\"three\"");
    bench.line("select 5");
    assertThat(bench.line("get k")).isEqualTo("\"five\"");
  }

  @Test
  void valuesKeepTheirBytesAndNumbersTheirDigits() {
    assertThat(eval("redis.call('set','b','\\0\\255\\r\\n') return redis.call('get','b')", "0"))
        .isEqualTo("\"\0\u00ff\r\n\"");
    assertThat(eval("redis.call('set','n',2^53-1) return redis.call('get','n')", "0"))
        .isEqualTo("\"9007199254740991\"");
    assertThat(eval("redis.call('set','n',0.1) return redis.call('get','n')", "0"))
        .isEqualTo("\"0.1\"");
    assertThat(eval("return redis.call('incrby','c','9007199254740991')", "0"))
        .isEqualTo("9007199254740991");
    assertThat(eval("return {3.99,-3.99,true,false,{ok='fine'},'x'}", "0"))
        .isEqualTo("[3 -3 1 nil fine \"x\"]");
  }

  @Test
  void resp3TypesComeAsTablesAfterSetresp() {
    bench.line("hset h f v");
    bench.line("zadd z 1.5 m");
    assertThat(eval("redis.setresp(3) return redis.call('hgetall','h').map.f", "0"))
        .isEqualTo("\"v\"");
    assertThat(eval("redis.setresp(3) return redis.call('zscore','z','m').double * 2", "0"))
        .isEqualTo("3");
    assertThat(eval("redis.setresp(3) return redis.call('get','none') == nil and 1", "0"))
        .isEqualTo("1");
    assertThat(eval("return redis.call('zscore','z','m')", "0")).isEqualTo("\"1.5\"");
    bench.session().client().reply().resp3(true);
    assertThat(eval("redis.setresp(3) return redis.call('hgetall','h')", "0"))
        .isEqualTo("{\"f\" \"v\"}");
    assertThat(eval("redis.setresp(3) return true", "0")).isEqualTo("true");
    assertThat(eval("return {double=2.5}", "0")).isEqualTo("2.5");
  }

  @Test
  void theFirstLineDeclaresWhatAScriptDoes() {
    assertThat(eval("#!lua flags=no-writes\nreturn redis.call('set','a','b')", "0"))
        .contains("Write commands are not allowed from read-only scripts.")
        .endsWith("on @user_script:2.");
    assertThat(bench.run("eval_ro", "#!lua\nreturn 1", "0"))
        .isEqualTo("!ERR Can not execute a script with write flag using *_ro command.");
    assertThat(eval("#!python\nreturn 1", "0"))
        .isEqualTo("!ERR Unexpected engine in script shebang: #!python");
    assertThat(eval("#!lua flags=bad\nreturn 1", "0"))
        .isEqualTo("!ERR Unexpected flag in script shebang: bad");
    assertThat(eval("#!lua", "0")).isEqualTo("!ERR Invalid script shebang");
  }

  @Test
  void writesThatNeedMemoryAreRefusedAtTheLimit() throws Exception {
    bench.line("set k v");
    bench.settings().set(Directive.MAXMEMORY, "1");
    assertThat(eval("return redis.call('set','x','1')", "0"))
        .startsWith("!OOM command not allowed when used memory > 'maxmemory'.");
    assertThat(eval("return redis.call('get','k')", "0")).isEqualTo("\"v\"");
    assertThat(eval("#!lua flags=allow-oom\nreturn redis.call('set','x','1')", "0"))
        .isEqualTo("OK");
  }

  @Test
  void aScriptInATransactionIsOneOfItsCommands() {
    bench.line("multi");
    assertThat(eval(GET, "1", "k")).isEqualTo("QUEUED");
    bench.line("set k v");
    eval(GET, "1", "k");
    assertThat(bench.line("exec")).isEqualTo("[nil OK \"v\"]");
  }

  @Test
  void nothingOfOneRunIsSeenByTheNext() {
    eval("KEYS.x = 1 setfenv(1, {}) return 1", "0");
    assertThat(eval("return type(KEYS.x)", "0")).isEqualTo("\"nil\"");
    assertThat(eval("KEYS.x = 1 setfenv(1, {}) return 1", "0")).isEqualTo("1");
  }
}
