package io.keyward.engine.builtin.appendonly;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.Bench;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever has been done to a keyspace, its effects make another one the same. */
class ReplayPropertyTest {
  /** Placeholders: a letter for a kind of key, N a number, F a float, V a value, M a member. */
  static final List<String> COMMANDS =
      Arrays.asList(
          """
          SET {s} {V}|SET {s} {V} NX|SET {s} {V} XX GET|SET {s} {V} KEEPTTL|SET {s} {V} PX {T}
          SET {s} {V} EX 1000|SET {s} {V} PXAT 1|SETEX {s} 500 {V}|PSETEX {s} {T} {V}|SETNX {s} {V}
          GETEX {s} PX {T}|GETEX {s} PERSIST|GETEX {s} EXAT 1|GETDEL {s}|GETSET {s} {V}|GET {s}
          APPEND {s} {V}|SETRANGE {s} {N} {V}|INCR {s}|DECRBY {s} {N}|INCRBYFLOAT {s} {F}
          MSET {s} {V} {s} {V}|MSETNX {s} {V} {s} {V}|SETBIT {s} {N} 1|BITOP XOR {s} {s} {s}
          BITFIELD {s} INCRBY u8 {N} 10 OVERFLOW SAT SET i5 3 {N}|LCS {s} {s}
          PFADD {p} {M} {M} {M}|PFMERGE {p} {p} {p}|PFCOUNT {p}|PFCOUNT {p} {p}
          LPUSH {l} {V} {V}|RPUSH {l} {V} {M} {V}|LPUSHX {l} {V}|LPOP {l}|RPOP {l} {N}|LSET {l} 0 {V}
          LINSERT {l} BEFORE {M} {V}|LREM {l} 0 {M}|LTRIM {l} 1 -2|RPOPLPUSH {l} {l}
          LMOVE {l} {l} LEFT RIGHT|LMPOP 2 {l} {l} RIGHT COUNT {N}|BLPOP {l} {l} 0.001
          BRPOP {l} 0.001|BLMOVE {l} {l} RIGHT LEFT 0.001|BRPOPLPUSH {l} {l} 0.001
          BLMPOP 0.001 2 {l} {l} LEFT COUNT 2
          SADD {t} {M} {M} {N} {N}|SREM {t} {M} {N}|SPOP {t}|SPOP {t} {N}|SMOVE {t} {t} {M}
          SUNIONSTORE {t} {t} {t}|SINTERSTORE {t} {t} {t}|SDIFFSTORE {t} {t} {t}
          ZADD {z} {F} {M} {N} {M}|ZADD {z} GT CH {N} {M}|ZADD {z} INCR {F} {M}|ZINCRBY {z} {F} {M}
          ZREM {z} {M}|ZPOPMIN {z}|ZPOPMAX {z} 2|ZMPOP 2 {z} {z} MAX COUNT 2|BZPOPMIN {z} {z} 0.001
          BZPOPMAX {z} 0.001|BZMPOP 0.001 1 {z} MIN COUNT 3|ZREMRANGEBYRANK {z} 0 1
          ZREMRANGEBYSCORE {z} 1 2|ZUNIONSTORE {z} 2 {z} {t} WEIGHTS 2 3|ZRANGESTORE {z} {z} 0 3
          ZINTERSTORE {z} 2 {z} {z}|ZDIFFSTORE {z} 2 {z} {z}
          GEOADD {z} 13.361389 38.115556 {M}|GEOSEARCHSTORE {z} {z} FROMLONLAT 15 37 BYRADIUS 900 km
          GEORADIUS {z} 15 37 900 km STORE {z}
          HSET {h} {M} {V} {M} {V}|HSETNX {h} {M} {V}|HDEL {h} {M} {M}|HINCRBY {h} {M} {N}
          HEXPIRE {h} 1000 FIELDS 2 {M} {M}|HPEXPIRE {h} {T} FIELDS 1 {M}|HPERSIST {h} FIELDS 1 {M}
          HEXPIREAT {h} 1 FIELDS 1 {M}|HGETEX {h} PX {T} FIELDS 2 {M} {M}|HGETDEL {h} FIELDS 1 {M}
          HSETEX {h} EX 100 FIELDS 1 {M} {V}|HSETEX {h} KEEPTTL FIELDS 2 {M} {V} {M} {V}
          HSETEX {h} FNX PX {T} FIELDS 1 {M} {V}|HGETALL {h}|HGETEX {h} PERSIST FIELDS 1 {M}|HMGET {h} {M} {M}
          HINCRBYFLOAT {h} {M} {F}|HMSET {h} {M} {V}
          XADD {x} * {M} {V}|XADD {x} MAXLEN ~ 5 * {M} {V}|XADD {x} MAXLEN 4 * f {V}
          XADD {x} NOMKSTREAM * f {V}|XADD {x} MINID ~ 1 * f {V}|XTRIM {x} MAXLEN 3|XADD {x} MAXLEN 0 * a b
          XGROUP CREATE {x} g{G} 0 MKSTREAM|XGROUP CREATE {x} g{G} $|XGROUP SETID {x} g{G} 0
          XGROUP CREATECONSUMER {x} g{G} c{G}|XGROUP DELCONSUMER {x} g{G} c{G}|XGROUP DESTROY {x} g{G}
          XREADGROUP GROUP g{G} c{G} COUNT 2 STREAMS {x} >|XREADGROUP GROUP g{G} c{G} STREAMS {x} 0
          XREADGROUP GROUP g{G} c{G} NOACK COUNT 1 STREAMS {x} >|XAUTOCLAIM {x} g{G} c{G} 0 0 COUNT 2
          XREADGROUP GROUP g{G} c{G} BLOCK 1 STREAMS {x} >|XAUTOCLAIM {x} g{G} c{G} 0 - JUSTID
          XREADGROUP GROUP g{G} c{G} COUNT 9 STREAMS {x} {x} > >
          EXPIRE {k} 1000|PEXPIRE {k} {T}|PEXPIREAT {k} 1|EXPIRE {k} 50 GT|PERSIST {k}|DEL {k} {k}
          UNLINK {k}|RENAME {k} {k}|RENAMENX {k} {k}|COPY {k} {k} REPLACE|COPY {k} {k} DB 1|MOVE {k} 1
          SORT {l} ALPHA STORE {l}|SORT {t} BY nosort STORE {l}|SORT {l} ALPHA LIMIT 0 3 GET {s} STORE {l}
          TOUCH {k}|EXISTS {k} {k}|TYPE {k}|SELECT 0|SELECT 1|SELECT 0|SWAPDB 0 1|RANDOMKEY
          EVAL redis.call('SET',KEYS[1],'x','PX',60000)redis.call('DEL',KEYS[2])return(1) 2 {s} {k}
          EVAL return(redis.call('SPOP',KEYS[1])) 1 {t}|EVAL return(redis.pcall('INCR',KEYS[1])) 1 {k}
          MULTI|MULTI|EXEC|EXEC|EXEC|DISCARD\
          """
              .strip()
              .split("[|\n]\\s*"));

  private static final Pattern PLACE = Pattern.compile("\\{(.)}");

  private final SplittableRandom random;
  private final long seed;

  ReplayPropertyTest() {
    seed = Long.getLong("test.seed", System.nanoTime());
    random = new SplittableRandom(seed);
  }

  /** Settings with which small values are big ones. */
  static LiveSettings settings() throws RefusedException {
    return new LiveSettings(
        Map.of(
            Directive.ENABLE_DEBUG_COMMAND, "yes",
            Directive.STREAM_NODE_MAX_ENTRIES, "4",
            Directive.SET_MAX_LISTPACK_ENTRIES, "6",
            Directive.LIST_MAX_LISTPACK_SIZE, "4",
            Directive.HASH_MAX_LISTPACK_ENTRIES, "5",
            Directive.HLL_SPARSE_MAX_BYTES, "40"));
  }

  private static Bench bench(String prefix) throws RefusedException {
    return new Bench(settings(), prefix);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "blue", "a*b:c"})
  void effectsMakeAnotherKeyspaceTheSame(String prefix) throws Exception {
    for (int round = 0; round < 40; round++) {
      Bench original = bench(prefix);
      EffectStreams effects = new EffectStreams(original);
      List<String> done = new ArrayList<>();
      for (int i = 0; i < 250; i++) {
        String command = filled(COMMANDS.get(random.nextInt(COMMANDS.size())), random, key -> key);
        done.add(command + " → " + original.line(command));
        original.pass(3);
      }
      original.line("DISCARD");
      letExpire(original.session());
      byte[] stream = effects.bytes();
      Bench copy = bench(prefix);
      String trail = "seed " + seed + ", round " + round + "\n" + String.join("\n", done);
      assertThat(EffectStreams.replay(stream, copy)).as(trail).isEmpty();
      String what = trail + "\n" + EffectStreams.text(stream);
      copy.validate();
      assertThat(state(copy.session())).as(what).isEqualTo(state(original.session()));
      assertThat(copy.line("DEBUG DIGEST")).as(what).isEqualTo(original.line("DEBUG DIGEST"));
    }
  }

  /**
   * A command of a template.
   *
   * @param named makes the whole name of a key
   */
  static String filled(String template, SplittableRandom random, UnaryOperator<String> named) {
    Matcher places = PLACE.matcher(template);
    return places.replaceAll(
        place ->
            Matcher.quoteReplacement(
                switch (place.group(1)) {
                  case "N" -> Integer.toString(random.nextInt(12));
                  case "F" -> Double.toString(random.nextInt(1000) / 8.0);
                  case "V" -> "v".repeat(random.nextInt(12)) + random.nextInt(100);
                  case "M" -> "m" + random.nextInt(9);
                  case "G" -> Integer.toString(random.nextInt(2));
                  case "T" -> random.nextInt(3) == 0 ? "1" : "60000";
                  case "k" ->
                      named.apply("slthzxp".charAt(random.nextInt(7)) + "" + random.nextInt(3));
                  default -> named.apply(place.group(1) + random.nextInt(3));
                }));
  }

  /** Meets every key that is about to expire until it has; fields live a millisecond or long. */
  static void letExpire(Bench.Session client) {
    long fieldsGone = System.currentTimeMillis() + 2;
    while (System.currentTimeMillis() < fieldsGone) {
      Thread.onSpinWait();
    }
    long deadline = System.nanoTime() + 10_000_000_000L;
    boolean soon = true;
    while (soon && System.nanoTime() < deadline) {
      soon = false;
      for (String key : keys(client)) {
        line(client, "SELECT " + key.charAt(0));
        String left = line(client, "PTTL " + key.substring(1));
        soon |= !left.equals("-1") && Long.parseLong(left) < 5000;
      }
    }
  }

  private static List<String> keys(Bench.Session client) {
    List<String> keys = new ArrayList<>();
    for (int database = 0; database < 2; database++) {
      line(client, "SELECT " + database);
      String all = line(client, "KEYS *");
      for (String key : all.substring(1, all.length() - 1).split(" ", -1)) {
        if (!key.isEmpty()) {
          keys.add(database + key.replace("\"", ""));
        }
      }
    }
    keys.sort(null);
    return keys;
  }

  /** Every key with its value. */
  static List<String> state(Bench.Session client) {
    List<String> state = new ArrayList<>();
    for (String at : keys(client)) {
      line(client, "SELECT " + at.charAt(0));
      String key = at.substring(1);
      String type = line(client, "TYPE " + key);
      String groups = "";
      if (type.equals("hash")) {
        groups = inOrder(line(client, "HGETALL " + key));
      }
      if (type.equals("stream")) {
        groups =
            line(client, "XINFO STREAM " + key + " FULL")
                .replaceAll("\"(seen|active)-time\" -?\\d+", "")
                .replaceAll("\"radix-tree-(keys|nodes)\" \\d+", "");
      }
      state.add(
          at
              + " "
              + line(client, "PEXPIRETIME " + key)
              + " "
              + line(client, "DEBUG DIGEST-VALUE " + key)
              + groups);
    }
    return state;
  }

  /** Fields with their values, whose order says nothing where fields expire at the same time. */
  private static String inOrder(String fields) {
    String[] words = fields.substring(1, fields.length() - 1).split(" ", -1);
    return IntStream.range(0, words.length / 2)
        .mapToObj(i -> words[2 * i] + " " + words[2 * i + 1])
        .sorted()
        .toList()
        .toString();
  }

  /** Sends words between single spaces. */
  static String line(Bench.Session client, String words) {
    return client.run(words.split(" "));
  }
}
