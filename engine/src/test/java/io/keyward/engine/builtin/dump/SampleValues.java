package io.keyward.engine.builtin.dump;

import io.keyward.engine.builtin.Bench;
import java.util.List;

/** Keys of every type and encoding. */
final class SampleValues {
  private SampleValues() {}

  /** Makes them, and returns their names. */
  static List<String> make(Bench bench) {
    bench.line("set integer 1234567890123");
    bench.line("set small 12");
    bench.line("set negative -70000");
    bench.line("set short hello");
    bench.line("set leading 007");
    bench.run("set", "empty", "");
    bench.run("set", "binary", "\u0000\u00ff\r\n\"");
    bench.run("set", "long", "compressible ".repeat(1000));
    bench.line("append raw x");
    bench.line("rpush list a b c 1 2 3 -5 99999999999");
    bench.line("rpush biglist first");
    bench.line("sadd integers 1 2 3 70000 -9999999999");
    bench.line("sadd words a b c 1 2");
    bench.line("hset hash f v n 12 neg -1");
    bench.line("zadd zset 1 a 2.5 b -3 c inf d -inf e 0.1 f 3 12");
    for (int i = 0; i < 700; i++) {
      String text = "element-" + i * 7919;
      bench.run("rpush", "biglist", text.repeat(1 + i % 5));
      bench.run("sadd", "bigset", text);
      bench.run("sadd", "bigintegers", Integer.toString(i * 7919));
      bench.run("hset", "bighash", text, "value " + i);
      bench.run("zadd", "bigzset", Double.toString(i / 7.0), text);
    }
    bench.run("hset", "longhash", "f", "x".repeat(100), "g", "y".repeat(300));
    bench.line("xadd stream 1-1 f v g w");
    bench.line("xadd stream 1-2 f v g w");
    bench.line("xadd stream 2-0 other 1");
    for (int i = 3; i < 250; i++) {
      bench.line("xadd stream " + i + "-1 f " + i + " g w");
    }
    bench.line("xdel stream 1-2 100-1");
    bench.line("xgroup create stream group 0");
    bench.line("xgroup create stream idle $");
    bench.line("xgroup createconsumer stream group lazy");
    bench.line("xreadgroup group group alice count 5 streams stream >");
    bench.line("xreadgroup group group bob count 3 streams stream >");
    bench.line("xack stream group 1-1");
    bench.line("xgroup create emptystream g $ mkstream");
    bench.line("hset expiring f v g w h x");
    bench.line("hpexpireat expiring 9999999999999 fields 1 g");
    bench.run("hset", "bigexpiring", "f", "x".repeat(100), "g", "y", "h", "z");
    bench.line("hpexpireat bigexpiring 9999999999999 fields 1 g");
    bench.line("hpexpireat bigexpiring 8888888888888 fields 1 h");
    bench.line("hset once f v g w");
    bench.line("hpexpireat once 9999999999999 fields 1 g");
    bench.line("hpersist once fields 1 g");
    bench.line("pfadd hll a b c d");
    bench.line("geoadd places 13.361389 38.115556 Palermo 15.087269 37.502669 Catania");
    return List.of(
        "integer",
        "small",
        "negative",
        "short",
        "leading",
        "empty",
        "binary",
        "long",
        "raw",
        "list",
        "biglist",
        "integers",
        "words",
        "hash",
        "zset",
        "bigset",
        "bigintegers",
        "bighash",
        "bigzset",
        "longhash",
        "expiring",
        "bigexpiring",
        "once",
        "stream",
        "emptystream",
        "hll",
        "places");
  }
}
