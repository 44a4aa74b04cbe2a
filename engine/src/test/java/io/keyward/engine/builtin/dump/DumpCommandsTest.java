package io.keyward.engine.builtin.dump;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.rdb.RdbOutput;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** DUMP and RESTORE, on one server. */
class DumpCommandsTest {
  private final Bench bench;

  DumpCommandsTest() throws Exception {
    bench = new Bench(new LiveSettings(Map.of(Directive.ENABLE_DEBUG_COMMAND, "yes")));
    bench.line("exists nothing");
  }

  private String dump(String key) {
    String reply = bench.run("dump", key);
    return reply.substring(1, reply.length() - 1);
  }

  /** A payload with a right footer. */
  private static String payload(Consumer<RdbOutput> content) {
    RdbOutput out = new RdbOutput(64, 11, false);
    content.accept(out);
    Payload.close(out);
    return new String(out.bytes(), 0, out.length(), ISO_8859_1);
  }

  private static Consumer<RdbOutput> bytes(int... content) {
    return out -> {
      for (int one : content) {
        out.writeByte(one);
      }
    };
  }

  @Test
  void restoresEveryTypeAndEncoding() throws Exception {
    for (String version : List.of("11", "10")) {
      bench.settings().set(Directive.RDB_VERSION, version);
      bench.line("flushall");
      Set<String> encodings = new HashSet<>();
      for (String key : SampleValues.make(bench)) {
        String encoding = bench.run("object", "encoding", key);
        encodings.add(bench.run("type", key) + encoding);
        assertThat(bench.run("restore", key + " again", "0", dump(key))).as(key).isEqualTo("OK");
        String both = bench.run("debug", "digest-value", key, key + " again");
        String[] digests = both.substring(1, both.length() - 1).split(" ", 2);
        assertThat(digests[0]).as("%s in version %s", key, version).isEqualTo(digests[1]);
        if (!Set.of("raw", "hll", "once").contains(key)) {
          assertThat(bench.run("object", "encoding", key + " again")).as(key).isEqualTo(encoding);
        }
      }
      assertThat(encodings).hasSize(14);
      assertThat(bench.line("hpexpiretime bigexpiring FIELDS 3 f g h"))
          .isEqualTo(bench.run("hpexpiretime", "bigexpiring again", "FIELDS", "3", "f", "g", "h"))
          .isEqualTo("[-1 9999999999999 8888888888888]");
      if (version.equals("11")) {
        assertThat(bench.run("xinfo", "stream", "stream again", "full", "count", "0"))
            .isEqualTo(bench.run("xinfo", "stream", "stream", "full", "count", "0"));
      }
      bench.validate();
    }
  }

  @Test
  void knowsItsOptions() throws Exception {
    bench.line("set key value");
    String payload = dump("key");
    assertThat(bench.run("restore", "key", "0", payload))
        .isEqualTo("!BUSYKEY Target key name already exists.");
    assertThat(bench.run("restore", "key", "0", payload, "replace")).isEqualTo("OK");
    assertThat(bench.run("restore", "a", "-1", payload))
        .isEqualTo("!ERR Invalid TTL value, must be >= 0");
    assertThat(bench.run("restore", "a", "0", payload, "idletime", "-1"))
        .isEqualTo("!ERR Invalid IDLETIME value, must be >= 0");
    assertThat(bench.run("restore", "a", "0", payload, "freq", "256"))
        .isEqualTo("!ERR Invalid FREQ value, must be >= 0 and <= 255");
    assertThat(bench.run("restore", "a", "0", payload, "freq", "1", "idletime", "1"))
        .isEqualTo("!ERR syntax error");
    assertThat(bench.run("restore", "a", "0", payload, "idletime")).isEqualTo("!ERR syntax error");
    assertThat(bench.run("restore", "a", "5000", payload)).isEqualTo("OK");
    assertThat(Long.parseLong(bench.line("pttl a"))).isBetween(1L, 5000L);
    assertThat(bench.run("restore", "b", "9999999999999", payload, "absttl")).isEqualTo("OK");
    assertThat(bench.line("pexpiretime b")).isEqualTo("9999999999999");
    assertThat(bench.run("restore", "b", "1", payload, "absttl", "replace")).isEqualTo("OK");
    assertThat(bench.line("exists b")).isEqualTo("0");
    assertThat(bench.run("restore", "c", "0", payload, "idletime", "1000")).isEqualTo("OK");
    assertThat(Long.parseLong(bench.line("object idletime c"))).isBetween(1000L, 1010L);
    bench.settings().set(Directive.MAXMEMORY_POLICY, "allkeys-lfu");
    assertThat(bench.run("restore", "d", "0", payload, "freq", "100")).isEqualTo("OK");
    assertThat(bench.line("object freq d")).isEqualTo("100");
    assertThat(bench.line("dump nothing")).isEqualTo("nil");
  }

  @Test
  void takesWhatANodeOfAClusterSends() {
    bench.line("set key value");
    String payload = dump("key");
    assertThat(bench.run("restore-asking", "a", "5000", payload)).isEqualTo("OK");
    assertThat(bench.line("get a")).isEqualTo("\"value\"");
    assertThat(Long.parseLong(bench.line("pttl a"))).isBetween(1L, 5000L);
    assertThat(bench.run("restore-asking", "a", "0", payload))
        .isEqualTo("!BUSYKEY Target key name already exists.");
    assertThat(bench.run("restore-asking", "a", "0", payload, "replace")).isEqualTo("OK");
    assertThat(bench.line("pttl a")).isEqualTo("-1");
  }

  @Test
  void refusesAWrongFooter() {
    bench.line("set key value");
    String payload = dump("key");
    String wrong = "!ERR DUMP payload version or checksum are wrong";
    assertThat(bench.run("restore", "a", "0", "")).isEqualTo(wrong);
    assertThat(bench.run("restore", "a", "0", payload + "x")).isEqualTo(wrong);
    assertThat(bench.run("restore", "a", "0", "x" + payload.substring(1))).isEqualTo(wrong);
    RdbOutput newer = new RdbOutput(64, 99, false);
    newer.writeByte(0);
    newer.writeLength(0);
    Payload.close(newer);
    String tooNew = new String(newer.bytes(), 0, newer.length(), ISO_8859_1);
    assertThat(bench.run("restore", "a", "0", tooNew)).isEqualTo(wrong);
  }

  @Test
  void refusesWhatIsNotWhole() {
    List<Consumer<RdbOutput>> hostile =
        List.of(
            bytes(),
            bytes(0),
            // A string, a list and a set that announce gigabytes.
            bytes(0, 0x80, 0x7F, 0xFF, 0xFF, 0xFF),
            bytes(1, 0x80, 0x7F, 0xFF, 0xFF, 0xFF),
            bytes(2, 0x81, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF),
            bytes(0, 0xC3, 1, 0x80, 0x7F, 0xFF, 0xFF, 0xFF, 0),
            // No elements, a member twice, no number, an unknown type, a module's.
            bytes(1, 0),
            bytes(2, 2, 1, 'a', 1, 'a'),
            bytes(4, 2, 1, 'a', 1, 'x', 1, 'a', 1, 'y'),
            bytes(3, 1, 1, 'a', 253),
            bytes(3, 1, 1, 'a', 1, 'x'),
            bytes(99, 0),
            bytes(7, 0x81, 1, 2, 3, 4, 5, 6, 7, 8),
            bytes(18, 1, 3, 1, 'a'),
            bytes(16, 7, 7, 0, 0, 0, 0, 0, 0),
            bytes(11, 10, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0),
            bytes(21, 1, 1, 'x'));
    long before = bench.keyspace().usedBytes();
    for (int i = 0; i < hostile.size(); i++) {
      assertThat(bench.run("restore", "key", "0", payload(hostile.get(i))))
          .as("payload %d", i)
          .isEqualTo("!ERR Bad data format");
    }
    assertThat(bench.line("exists key")).isEqualTo("0");
    bench.pass(1000);
    assertThat(bench.keyspace().usedBytes()).isEqualTo(before);
  }

  @Test
  void readsWhatOldVersionsWrote() {
    // A ziplist: a, 1, 0, -1, 1000, 8388607, each entry behind the size of the one before.
    int[] ziplist = {
      34, 0, 0, 0, 28, 0, 0, 0, 7, 0, //
      0, 1, 'a', 3, 0xF2, 2, 0xF1, 2, 0xFE, 0xFF, 3, 0xD0, 0xE8, 0x03, 0, 0, //
      6, 0xFD, 2, 0xF0, 0xFF, 0xFF, 0x7F, 0xFF
    };
    assertThat(bench.run("restore", "list", "0", payload(string(10, ziplist)))).isEqualTo("OK");
    assertThat(bench.line("lrange list 0 -1"))
        .isEqualTo("[\"a\" \"1\" \"0\" \"-1\" \"1000\" \"12\" \"8388607\"]");
    assertThat(bench.run("restore", "hash", "0", payload(string(13, ziplist))))
        .isEqualTo("!ERR Bad data format");
    ziplist[8] = 8;
    assertThat(bench.run("restore", "list2", "0", payload(string(10, ziplist))))
        .isEqualTo("!ERR Bad data format");
    int[] zipmap = {2, 3, 'f', 'o', 'o', 3, 0, 'b', 'a', 'r', 1, 'x', 1, 2, 'y', 0, 0, 0xFF};
    assertThat(bench.run("restore", "map", "0", payload(string(9, zipmap)))).isEqualTo("OK");
    assertThat(bench.line("hgetall map")).isEqualTo("[\"foo\" \"bar\" \"x\" \"y\"]");
    assertThat(
            bench.run(
                "restore",
                "scores",
                "0",
                payload(bytes(3, 2, 1, 'a', 3, '1', '.', '5', 1, 'b', 254))))
        .isEqualTo("OK");
    assertThat(bench.line("zrange scores 0 -1 withscores"))
        .isEqualTo("[\"a\" \"1.5\" \"b\" \"inf\"]");
    assertThat(
            bench.run(
                "restore",
                "quick",
                "0",
                payload(
                    out -> {
                      out.writeByte(14);
                      out.writeLength(2);
                      ziplist[8] = 7;
                      for (int i = 0; i < 2; i++) {
                        out.writeLength(ziplist.length);
                        bytes(ziplist).accept(out);
                      }
                    })))
        .isEqualTo("OK");
    assertThat(bench.line("llen quick")).isEqualTo("14");
    bench.validate();
  }

  private static Consumer<RdbOutput> string(int type, int... content) {
    return out -> {
      out.writeByte(type);
      out.writeLength(content.length);
      bytes(content).accept(out);
    };
  }
}
