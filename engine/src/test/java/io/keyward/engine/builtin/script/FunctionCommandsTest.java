package io.keyward.engine.builtin.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.Bench;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Libraries of functions are loaded, called, listed, dumped and restored. */
class FunctionCommandsTest {
  private static final String LIBRARY =
      """
      #!lua name=lib
      local calls = 0
      local function get(keys, args)
        calls = calls + 1
        return {redis.call('get', keys[1]), args[1], calls}
      end
      redis.register_function('get_one', get)
      redis.register_function{
        function_name='set_one', description='sets',
        callback=function(keys, args) return redis.call('set', keys[1], args[1]) end}
      redis.register_function{
        function_name='read', callback=function(keys) return redis.call('get', keys[1]) end,
        flags={'no-writes'}}
      """;

  private final Bench bench = new Bench();

  private String load(String code) {
    return bench.run("function", "load", code);
  }

  @Test
  void functionsAreLoadedAndCalled() {
    assertThat(load(LIBRARY)).isEqualTo("\"lib\"");
    assertThat(bench.line("fcall set_one 1 k v")).isEqualTo("OK");
    assertThat(bench.line("fcall get_one 1 k a")).isEqualTo("[\"v\" \"a\" 1]");
    assertThat(bench.line("fcall GET_ONE 1 k b")).isEqualTo("[\"v\" \"b\" 2]");
    assertThat(bench.line("fcall_ro read 1 k")).isEqualTo("\"v\"");
    assertThat(bench.line("fcall_ro get_one 1 k"))
        .isEqualTo("!ERR Can not execute a script with write flag using *_ro command.");
    assertThat(bench.line("fcall none 0")).isEqualTo("!ERR Function not found");
    assertThat(bench.line("fcall read x")).isEqualTo("!ERR Bad number of keys provided");
    assertThat(bench.line("fcall read 2 k"))
        .isEqualTo("!ERR Number of keys can't be greater than number of args");
  }

  @Test
  void listShowsLibrariesAndFlags() {
    load(LIBRARY);
    assertThat(bench.line("function list libraryname L*"))
        .isEqualTo(
            "[[\"library_name\" \"lib\" \"engine\" \"LUA\" \"functions\" ["
                + "[\"name\" \"get_one\" \"description\" nil \"flags\" []] "
                + "[\"name\" \"set_one\" \"description\" \"sets\" \"flags\" []] "
                + "[\"name\" \"read\" \"description\" nil \"flags\" [no-writes]]]]]");
    assertThat(bench.line("function list libraryname x*")).isEqualTo("[]");
    assertThat(bench.line("function list withcode")).contains("register_function");
    assertThat(bench.line("function stats"))
        .isEqualTo(
            "[\"running_script\" nil \"engines\" [\"LUA\" [\"libraries_count\" 1"
                + " \"functions_count\" 3]]]");
  }

  @Test
  void whatIsWrongWithALibraryIsSaidAndNothingIsAdded() {
    load(LIBRARY);
    assertThat(load(LIBRARY)).isEqualTo("!ERR Library 'lib' already exists");
    assertThat(load("return 1")).isEqualTo("!ERR Missing library metadata");
    assertThat(load("#!lua name=x")).isEqualTo("!ERR Invalid library metadata");
    assertThat(load("#!lua\n")).isEqualTo("!ERR Library name was not given");
    assertThat(load("#!lua name=a-b\n")).startsWith("!ERR Library names can only contain");
    assertThat(load("#!perl name=x\n")).isEqualTo("!ERR Engine 'perl' not found");
    assertThat(load("#!lua name=x\nreturn 1")).isEqualTo("!ERR No functions registered");
    assertThat(load("#!lua name=x\nx x"))
        .isEqualTo("!ERR Error compiling function: user_function:2: '=' expected near 'x'");
    assertThat(load("#!lua name=x\nredis.call('get','k')"))
        .startsWith("!ERR Error registering functions: ")
        .contains("attempted to access nonexistent global variable 'call'");
    assertThat(load("#!lua name=x\nredis.register_function('read', function() end)"))
        .isEqualTo("!ERR Function read already exists");
    assertThat(load("#!lua name=x\nredis.register_function('f', 1)"))
        .contains("second argument to redis.register_function must be a function");
    assertThat(bench.run("function", "load", "replace", LIBRARY)).isEqualTo("\"lib\"");
    assertThat(bench.line("function stats")).contains("\"libraries_count\" 1");
  }

  @Test
  void errorsInFunctionsNameTheirPlace() {
    load(
        "#!lua name=x\nredis.register_function('f', function() return nil + 1 end)\n"
            + "redis.register_function('g', function() y = 1 end)");
    assertThat(bench.line("fcall f 0"))
        .isEqualTo(
            "!ERR user_function:2: attempt to perform arithmetic on a nil value script: f, on"
                + " @user_function:2.");
    assertThat(bench.line("fcall g 0")).contains("Attempt to modify a readonly table");
  }

  @Test
  void aDumpRestoresWhatItHolds() {
    load(LIBRARY);
    String quoted = bench.line("function dump");
    String payload = quoted.substring(1, quoted.length() - 1);
    assertThat(bench.run("function", "restore", payload))
        .isEqualTo("!ERR Library lib already exists");
    assertThat(bench.run("function", "restore", payload, "replace")).isEqualTo("OK");
    assertThat(bench.line("function flush")).isEqualTo("OK");
    assertThat(bench.line("function list")).isEqualTo("[]");
    assertThat(bench.run("function", "restore", payload)).isEqualTo("OK");
    assertThat(bench.line("fcall set_one 1 k v")).isEqualTo("OK");
    assertThat(bench.line("function delete lib")).isEqualTo("OK");
    assertThat(bench.line("function delete lib")).isEqualTo("!ERR Library not found");
    assertThat(bench.run("function", "restore", payload, "flush")).isEqualTo("OK");
    String broken = payload.substring(0, 20) + "!" + payload.substring(21);
    assertThat(bench.run("function", "restore", broken, "flush"))
        .isEqualTo("!ERR DUMP payload version or checksum are wrong");
    assertThat(bench.line("fcall read 1 k")).isEqualTo("\"v\"");
  }

  @Test
  void theDumpOfRedisIsRead() {
    // What Redis 7.2.6 dumps of a library with a function named one; its text is compressed.
    String hex =
        "f5c34054411c1f23216c7561206e616d653d6d0a72656469732e72656769737465725f66756e630a"
            + "74696f6e28276f6e65272ce0000e19292072657475726e203120656e64290a2d2d2070616464696e"
            + "67e00707e0b31a01670a0b009116cbbb89ed9fcc";
    String payload = new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
    assertThat(bench.run("function", "restore", payload)).isEqualTo("OK");
    assertThat(bench.line("fcall one 0")).isEqualTo("1");
  }

  @Test
  void whatIsNoPayloadIsRefused() {
    assertThat(bench.run("function", "restore", "x"))
        .isEqualTo("!ERR DUMP payload version or checksum are wrong");
    assertThat(bench.run("function", "restore", "x", "no"))
        .startsWith("!ERR Wrong restore policy given");
    assertThat(bench.line("function flush soon"))
        .isEqualTo("!ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
    assertThat(bench.line("function kill"))
        .isEqualTo("!NOTBUSY No scripts in execution right now.");
  }
}
