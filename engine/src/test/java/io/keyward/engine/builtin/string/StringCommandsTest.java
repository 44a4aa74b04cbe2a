package io.keyward.engine.builtin.string;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.Bench;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The commands for strings and counters. */
class StringCommandsTest {
  private final Bench bench = new Bench();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  @Test
  void setReplacesAndGetReturns() {
    assertThat(bench.line("get k")).isEqualTo("nil");
    assertThat(bench.line("set k v")).isEqualTo("OK");
    assertThat(bench.line("get k")).isEqualTo("\"v\"");
    assertThat(bench.line("SET k -12")).isEqualTo("OK");
    assertThat(bench.line("Get k")).isEqualTo("\"-12\"");
    assertThat(bench.run("set", "k", "x".repeat(100_000))).isEqualTo("OK");
    assertThat(bench.line("get k")).hasSize(100_002);
  }

  @Test
  void errorsAreInRedisWords() {
    assertThat(bench.line("nosuch a b"))
        .isEqualTo("!ERR unknown command 'nosuch', with args beginning with: 'a' 'b' ");
    String shown = "y".repeat(128);
    assertThat(bench.line("nosuch " + shown + "y z"))
        .isEqualTo("!ERR unknown command 'nosuch', with args beginning with: '" + shown + "' ");
    assertThat(bench.line("client " + shown + "y"))
        .isEqualTo("!ERR unknown subcommand '" + shown + "'. Try CLIENT HELP.");
    assertThat(bench.line("get")).isEqualTo("!ERR wrong number of arguments for 'get' command");
  }

  @Test
  void setTakesEveryOption() {
    assertThat(bench.line("set k v XX")).isEqualTo("nil");
    assertThat(bench.line("set k v NX GET")).isEqualTo("nil");
    assertThat(bench.line("set k w NX")).isEqualTo("nil");
    assertThat(bench.line("set k w GET")).isEqualTo("\"v\"");
    assertThat(bench.line("set k w NX XX")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("set k w EX 10 PX 10")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("set k w EX 0")).isEqualTo("!ERR invalid expire time in 'set' command");
    assertThat(bench.line("set k w EX 9223372036854775807"))
        .isEqualTo("!ERR invalid expire time in 'set' command");
    assertThat(bench.line("set k w EX x"))
        .isEqualTo("!ERR value is not an integer or out of range");
    assertThat(bench.line("set k 1 EX 100")).isEqualTo("OK");
    assertThat(bench.keyspace().databases().at(0).expiring()).isEqualTo(1);
    assertThat(bench.line("set k 2 KEEPTTL")).isEqualTo("OK");
    assertThat(bench.keyspace().databases().at(0).expiring()).isEqualTo(1);
    assertThat(bench.line("set k 2")).isEqualTo("OK");
    assertThat(bench.keyspace().databases().at(0).expiring()).isZero();
    assertThat(bench.line("set k gone PXAT 1")).isEqualTo("OK");
    assertThat(bench.line("get k")).isEqualTo("nil");
    assertThat(bench.keyspace().usedBytes()).isPositive();
  }

  @Test
  void getExSetsAndTakesAwayTheExpiry() {
    bench.line("set k v");
    assertThat(bench.line("getex k EX 100")).isEqualTo("\"v\"");
    assertThat(bench.keyspace().databases().at(0).expiring()).isEqualTo(1);
    assertThat(bench.line("getex k PERSIST")).isEqualTo("\"v\"");
    assertThat(bench.keyspace().databases().at(0).expiring()).isZero();
    assertThat(bench.line("getex k PXAT 1")).isEqualTo("\"v\"");
    assertThat(bench.line("getdel k")).isEqualTo("nil");
  }

  @Test
  void countersCountWithin64BitsAndSayWhenTheyCannot() {
    assertThat(bench.line("incr n")).isEqualTo("1");
    assertThat(bench.line("incrby n 41")).isEqualTo("42");
    assertThat(bench.line("decrby n 50")).isEqualTo("-8");
    assertThat(bench.line("decr n")).isEqualTo("-9");
    bench.line("set n 9223372036854775807");
    assertThat(bench.line("incr n")).isEqualTo("!ERR increment or decrement would overflow");
    assertThat(bench.line("decrby n -9223372036854775808"))
        .isEqualTo("!ERR decrement would overflow");
    bench.line("set n 9223372036854775808");
    assertThat(bench.line("incr n")).isEqualTo("!ERR value is not an integer or out of range");
    bench.line("set f 3.0e3");
    assertThat(bench.line("incrbyfloat f 200")).isEqualTo("\"3200\"");
    assertThat(bench.line("incrbyfloat g 0.1")).isEqualTo("\"0.1\"");
    assertThat(bench.line("incrbyfloat g inf"))
        .isEqualTo("!ERR increment would produce NaN or Infinity");
  }

  @Test
  void rangesReadAndWrite() {
    assertThat(bench.line("append k 123")).isEqualTo("3");
    assertThat(bench.line("append k abc")).isEqualTo("6");
    assertThat(bench.line("getrange k 1 -2")).isEqualTo("\"23ab\"");
    assertThat(bench.line("getrange k 5 2")).isEqualTo("\"\"");
    assertThat(bench.line("getrange k -100 100")).isEqualTo("\"123abc\"");
    assertThat(bench.line("setrange k 8 zz")).isEqualTo("10");
    assertThat(bench.line("get k")).isEqualTo("\"123abc\0\0zz\"");
    assertThat(bench.line("setrange n 3 x")).isEqualTo("4");
    assertThat(bench.line("get n")).isEqualTo("\"\0\0\0x\"");
    assertThat(bench.line("setrange n -1 x")).isEqualTo("!ERR offset is out of range");
    assertThat(bench.line("setrange n 536870912 x"))
        .isEqualTo("!ERR string exceeds maximum allowed size (proto-max-bulk-len)");
    for (int i = 0; i < 3000; i++) {
      bench.run("append", "long", "0123456789");
    }
    assertThat(bench.line("strlen long")).isEqualTo("30000");
    assertThat(bench.line("get long")).isEqualTo("\"" + "0123456789".repeat(3000) + "\"");
  }

  @Test
  void severalKeysAtOnce() {
    assertThat(bench.line("mset a 1 b 2")).isEqualTo("OK");
    assertThat(bench.line("mset a 1 b"))
        .isEqualTo("!ERR wrong number of arguments for 'mset' command");
    assertThat(bench.line("mget a x b")).isEqualTo("[\"1\" nil \"2\"]");
    assertThat(bench.line("msetnx c 1 a 2")).isEqualTo("0");
    assertThat(bench.line("get c")).isEqualTo("nil");
    assertThat(bench.line("msetnx c 1 d 2")).isEqualTo("1");
    assertThat(bench.line("setnx c 2")).isEqualTo("0");
    assertThat(bench.line("getset c 5")).isEqualTo("\"1\"");
  }
}
