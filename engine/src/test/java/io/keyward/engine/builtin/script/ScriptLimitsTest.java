package io.keyward.engine.builtin.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.engine.builtin.Bench;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts that would take all time, memory or stack end by themselves, and nothing else does. */
class ScriptLimitsTest {
  private final Bench bench = new Bench();

  private String eval(String script) {
    return bench.run("eval", script, "0");
  }

  private void set(Directive directive, String value) throws Exception {
    bench.settings().set(directive, value);
  }

  private void limit(String milliseconds) throws Exception {
    set(Directive.SCRIPT_TIME_LIMIT, milliseconds);
    set(Directive.BUSY_REPLY_THRESHOLD, "0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "while true do end",
        "repeat until false",
        "for i=1,math.huge do end",
        "local function f() return f() end f()",
        "pcall(function() while true do end end) while true do end",
        "while true do pcall(error) end",
        "coroutine.wrap(function() while true do end end)()",
        "return string.find(string.rep('a',5000), string.rep('a*',60)..'b')",
        "local s=string.rep('a',200000) return string.find(s, '.-.-.-b')",
        "local t={} for i=1,100000 do t[i]=i end table.sort(t,function() while true do end end)"
      })
  void aScriptThatRunsTooLongIsEnded(String script) throws Exception {
    limit("50");

    assertThat(eval(script))
        .startsWith("!ERR Script ended because it ran longer than script-time-limit (50 ms)");
    assertThat(eval("return 'next'")).isEqualTo("\"next\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "return string.rep('x', 1e9)",
        "local s='x' while true do s=s..s end",
        "local t={} while true do t[#t+1]=#t end",
        "local t={} while true do t[#t+1]=string.rep('x',1000)..#t end",
        "local t={} while true do t={t} end",
        "local function f() return string.rep('x',1e5)..f() end return f()",
        "local t={} for i=1,1e9 do t[i..'']=true end",
        "return table.concat({string.rep('x',9e6),string.rep('x',9e6),string.rep('x',9e6)})"
      })
  void aScriptThatHoldsTooMuchIsEnded(String script) throws Exception {
    set(Directive.SCRIPT_MEMORY_LIMIT, "16mb");

    assertThat(eval(script))
        .startsWith(
            "!ERR Script ended because it held more memory than script-memory-limit (16777216");
    assertThat(eval("return 'next'")).isEqualTo("\"next\"");
  }

  @Test
  void garbageDoesNotCountAsHeld() throws Exception {
    set(Directive.SCRIPT_MEMORY_LIMIT, "4mb");

    assertThat(eval("local n=0 for i=1,2000 do n=n+#string.rep('x',50000) end return n"))
        .isEqualTo("100000000");
  }

  @Test
  void deepRecursionWorksAsFarAsInLua() {
    assertThat(
            eval(
                "local function d(n) if n==0 then return 0 end return 1+d(n-1) end return"
                    + " d(15000)"))
        .isEqualTo("15000");
    assertThat(
            eval(
                "local function d(n) if n==0 then redis.call('set','deep','yes') return 0 end"
                    + " return 1+d(n-1) end d(5000) return redis.call('get','deep')"))
        .isEqualTo("\"yes\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "local function d(n) return 1+d(n+1) end return d(1)",
        "local t={} setmetatable(t,{__index=function(t,k) return t[k+1] end}) return t[1]",
        "local function f() return pcall(f) and f() end local function g() g(1) return 1 end g()",
        "local t=setmetatable({},{}) getmetatable(t).__tostring=function() return tostring(t) end"
            + " return tostring(t)",
        "local function f(s) return (s:gsub('.',f)) end return f('x')"
      })
  void endlessRecursionIsAnErrorOfTheScript(String script) throws Exception {
    limit("60000");

    assertThat(eval(script)).contains("stack overflow");
    assertThat(eval("return 'next'")).isEqualTo("\"next\"");
  }

  @Test
  void aCoroutineThatIsLeftHalfDoneLeavesNoThread() throws Exception {
    eval("for i=1,20 do local f=coroutine.wrap(function() coroutine.yield(1) end) f() end");

    for (int i = 0; i < 6000 && coroutineThreads() > 0; i++) {
      Thread.sleep(10);
    }
    assertThat(coroutineThreads()).isZero();
  }

  private static long coroutineThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("script-coroutine"))
        .count();
  }

  @Test
  void aPatternBombIsAnError() {
    assertThat(
            eval(
                "return string.find(string.rep('a',300),"
                    + " string.rep('a?',300)..string.rep('a',300))"))
        .contains("pattern too complex");
  }

  @Test
  void aLongChainOfOperatorsOrNestingIsRefusedNotOverflowed() {
    assertThat(eval("return " + "1+".repeat(100_000) + "1")).contains("too many syntax levels");
    assertThat(eval("return " + "(".repeat(100_000))).contains("too many syntax levels");
    assertThat(eval("return " + "{".repeat(100_000))).contains("too many syntax levels");
    assertThat(eval("if true then ".repeat(100_000))).contains("too many syntax levels");
    assertThat(eval("return " + "not ".repeat(100_000) + "1")).contains("too many syntax levels");
    assertThat(eval("return " + "function() return ".repeat(5_000))).contains("syntax levels");
  }
}
