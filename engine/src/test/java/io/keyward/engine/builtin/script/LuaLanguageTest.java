package io.keyward.engine.builtin.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.Bench;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The language itself; every expected value is what Redis 7.2 answers to the same script. */
class LuaLanguageTest {
  private final Bench bench = new Bench();

  private String eval(String script) {
    return bench.run("eval", script, "0").replaceAll(" script: [0-9a-f]{40},", " script: S,");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          return tostring(2^53-1)                                  | "9.007199254741e+15"
          return string.format('%d', 2^53-1)                       | "9007199254740991"
          return string.format('%.0f', 2^63)                       | "9223372036854775808"
          return tostring(123456789012345)                         | "1.2345678901234e+14"
          return 1/3 .. ''                                         | "0.33333333333333"
          return tostring(-0.0)                                    | "-0"
          return 2^10 .. ' ' .. 7/2 .. ' ' .. -2^2 .. ' ' .. 2^-1  | "1024 3.5 -4 0.5"
          return {10%3, -10%3, 10%-3}                              | [1 2 -2]
          return 0x1F + 1e1 + .5 + 3.                              | 44
          return {1^(1/0), 1^(0/0), (-1)^(1/0), math.pow(1, 0/0)}  | [1 1 1 1]
          return '10' + 5                                          | 15
          return 10 .. 20                                          | "1020"
          return tonumber('0x10') + tonumber('  12  ')             | 28
          return tonumber('z', 36)                                 | 35
          return {1==1.0 and 1, '1'==1 and 1 or 0}                 | [1 0]
          return #'\\0ab'                                          | 3
          return {not nil and 1, nil or 5, false and 1 or 2}       | [1 5 2]
          """)
  void numbersAndStringsAreThoseOfLua51(String script, String expected) {
    assertThat(eval(script)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          local a,b,c=(function() return 1,2,3 end)() return {a,b,c}                      | [1 2 3]
          local f=function() return 1,2 end return {f(),f()}                              | [1 1 2]
          local f=function() return 1,2 end return {(f())}                                | [1]
          local function v(...) return select('#',...),(...) end return {v(9,8,7)}        | [3 9]
          return (function(...) return select('#',...) end)(nil,nil)                      | 2
          local r={} for i=1,3 do r[i]=function() return i end end return {r[1](),r[3]()} | [1 3]
          local s=0 for i=10,1,-3 do s=s+i end return s                                   | 22
          local i=0 repeat local j=i i=i+1 until j>=3 return i                            | 4
          local i=0 while true do i=i+1 if i>5 then break end end return i                | 6
          local x,y=1,2 x,y=y,x return {x,y}                                              | [2 1]
          local t={[1]='a';'b',x=1,} return {t[1],t.x}                                    | ["b" 1]
          local t={n=0} function t:inc(k) self.n=self.n+k return self end return t:inc(2):inc(3).n | 5
          local function loop(n) if n==0 then return 'done' end return loop(n-1) end return loop(100000) | "done"
          local f=loadstring('return 1+1') return f()                                     | 2
          local e=setfenv(function() return y end,{y=42}) return e()                      | 42
          return getfenv(1)==_G and 1                                                     | 1
          return {unpack({1,2,3},2)}                                                      | [2 3]
          local t={1,2,3} for k in pairs(t) do t[k]=nil end return #t                     | 0
          return _VERSION                                                                 | "Lua 5.1"
          """)
  void functionsAndLoopsBehaveAsInLua51(String script, String expected) {
    assertThat(eval(script)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          local t=setmetatable({},{__index=function(t,k) return k..'!' end}) return t.foo      | "foo!"
          local t=setmetatable({},{__call=function(self,a) return a*2 end}) return t(21)       | 42
          local t=setmetatable({},{__tostring=function() return 'T' end}) return tostring(t)   | "T"
          local t=setmetatable({},{__len=function() return 3 end}) return #t                   | 0
          local m={__eq=function() return true end} return setmetatable({},m)==setmetatable({},m) and 1 | 1
          local m={__lt=function() return true end} return setmetatable({},m)<setmetatable({},m) and 1  | 1
          local t=setmetatable({},{__concat=function() return 'cc' end}) return t..'x'..1      | "cc"
          local t=setmetatable({},{__newindex=function(t,k,v) rawset(t,k,v+1) end}) t.a=1 return t.a | 2
          local t=setmetatable({},{__unm=function() return 'neg' end}) return -t               | "neg"
          local f=coroutine.wrap(function(a) local b=coroutine.yield(a+1) return b*2 end) return {f(1),f(5)} | [2 10]
          local f=coroutine.wrap(function() redis.call('set','k','v') coroutine.yield(1) end) f() return redis.call('get','k') | "v"
          """)
  void metatablesAndCoroutinesWork(String script, String expected) {
    assertThat(eval(script)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          return {string.find('hello','l+')}                                | [3 4]
          return {string.match('2024-01-02','(%d+)-(%d+)')}                 | ["2024" "01"]
          return {string.match('  trim  ','^%s*(.-)%s*$')}                  | ["trim"]
          return {string.gsub('hello','(l)(l)','%2%1-%0')}                  | ["hell-llo" 1]
          return {string.gsub('abc','','-')}                                | ["-a-b-c-" 4]
          return {string.gsub('hello world','%w+',{hello='HI'})}            | ["HI world" 2]
          return {string.gsub('THE (quick) fox','%f[%a]%a+','W')}           | ["W (W) W" 3]
          return {string.match('x=[[y]]','%b[]')}                           | ["[[y]]"]
          return string.find('a.b','.',1,true)                              | 2
          return string.format('%5.2f %-5d %05d %x %e', 3.14159, 42, 42, 255, 12345.678) | " 3.14 42    00042 ff 1.234568e+04"
          return string.format('%q','a"b')                                  | "\\"a\\\\"b\\""
          return ('hello'):sub(2,-2)..('x'):rep(3)                          | "ellxxx"
          return table.concat({1,2,3},',')                                  | "1,2,3"
          local t={5,3,1,4} table.sort(t,function(a,b) return a>b end) return t | [5 4 3 1]
          local t={'a','b'} table.insert(t,1,'z') table.remove(t,2) return t | ["z" "b"]
          """)
  void librariesAnswerAsInLua51(String script, String expected) {
    assertThat(eval(script)).isEqualTo(expected.replace("\\\"", "\"").replace("\\\\", "\\"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          return nil + 1              | !ERR user_script:1: attempt to perform arithmetic on a nil value script: S, on @user_script:1.
          local a={} return a.b.c     | !ERR user_script:1: attempt to index field 'b' (a nil value) script: S, on @user_script:1.
          local a a()                 | !ERR user_script:1: attempt to call local 'a' (a nil value) script: S, on @user_script:1.
          local t={} t:x()            | !ERR user_script:1: attempt to call method 'x' (a nil value) script: S, on @user_script:1.
          return 1 < '2'              | !ERR user_script:1: attempt to compare number with string script: S, on @user_script:1.
          return {} .. 'x'            | !ERR user_script:1: attempt to concatenate a table value script: S, on @user_script:1.
          return string.rep()         | !ERR user_script:1: bad argument #1 to 'rep' (string expected, got no value) script: S, on @user_script:1.
          return ('x'):rep('y')       | !ERR user_script:1: bad argument #1 to 'rep' (number expected, got string) script: S, on @user_script:1.
          error('boom')               | !ERR user_script:1: boom script: S, on @user_script:1.
          error({err='MYERR boom'})   | !MYERR boom script: S, on @user_script:1.
          return x                    | !ERR user_script:1: Script attempted to access nonexistent global variable 'x' script: S, on @user_script:1.
          x = 1                       | !ERR user_script:1: Attempt to modify a readonly table script: S, on @user_script:1.
          rawset(_G,'x',1)            | !ERR Attempt to modify a readonly table script: S, on @user_script:1.
          string.foo = 1              | !ERR user_script:1: Attempt to modify a readonly table script: S, on @user_script:1.
          x = = 1                     | !ERR Error compiling script (new function): user_script:1: unexpected symbol near '='
          return (1                   | !ERR Error compiling script (new function): user_script:1: ')' expected near '<eof>'
          goto x                      | !ERR Error compiling script (new function): user_script:1: '=' expected near 'x'
          return 3x                   | !ERR Error compiling script (new function): user_script:1: malformed number near '3x'
          """)
  void errorsNameWhatWasWrongAndWhere(String script, String expected) {
    assertThat(eval(script)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          return cjson.encode({a=1})                                 | "{\\"a\\":1}"
          return cjson.encode({1,2,{}})                              | "[1,2,{}]"
          return cjson.decode('{"a":[true,null,1.5]}').a[1] and 1    | 1
          return cjson.decode('null') == cjson.null and 1            | 1
          return cjson.decode('[1,2')                                | !ERR user_script:1: Expected comma or array end but found T_END at character 5 script: S, on @user_script:1.
          return cjson.encode({[1]=1,[100]=2})                       | !ERR user_script:1: Cannot serialise table: excessively sparse array script: S, on @user_script:1.
          local t={} t.t=t return cjson.encode(t)                    | !ERR user_script:1: Cannot serialise, excessive nesting (1001) script: S, on @user_script:1.
          return cjson.decode(string.rep('[',1100))                  | !ERR user_script:1: Found too many nested data structures (1001) at character 1001 script: S, on @user_script:1.
          return cmsgpack.unpack(cmsgpack.pack({1,2,{3}}))           | [1 2 [3]]
          return cmsgpack.unpack('\\220')                            | !ERR user_script:1: Missing bytes in input. script: S, on @user_script:1.
          return {struct.unpack('>I2i4',struct.pack('>I2i4',1,-2))}  | [1 -2 7]
          return {bit.band(255,15),bit.lshift(1,31),bit.tohex(255)}  | [15 -2147483648 "000000ff"]
          """)
  void librariesOfRedisAnswerAsTheyDoThere(String script, String expected) {
    assertThat(eval(script)).isEqualTo(expected.replace("\\\"", "\""));
  }
}
