package io.keyward.engine.builtin;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.Client.Turn;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands over much run in slices, and to their own keyspace they stay atomic. */
class SlicesTest {
  private static final int MUCH = 60_000;

  private final Bench bench = new Bench(settings());
  private final Bench neighbour = bench.neighbour();
  private final Bench.Session caller = bench.connect();
  private final Bench.Session other = bench.connect();

  private static LiveSettings settings() {
    try {
      return new LiveSettings(Map.of(Directive.ENABLE_DEBUG_COMMAND, "yes"));
    } catch (RefusedException refused) {
      throw new IllegalArgumentException(refused);
    }
  }

  @BeforeEach
  void theJvmRunsCommandsInSlices() {
    assertThat(Slices.supported()).as("--add-exports=java.base/jdk.internal.vm").isTrue();
  }

  @AfterEach
  void validate() {
    bench.validate();
    neighbour.validate();
  }

  private void fill(List<String> words) {
    if (words.contains("KEYS") || words.contains("SCAN")) {
      bench.line("debug populate " + MUCH + " key 8");
    }
    each(words, "s", "sadd','s','m'..i..'");
    each(words, "l", "rpush','l','m'..(i*7919%60013)..'");
    each(words, "h", "hset','h','m'..i,'v");
    each(words, "x", "xadd','x',i,'f','v");
    each(words, "z", "zadd','z',i,'m'..i..'");
    each(words, "g", "geoadd','g',i%360-180,i%170-85,'m'..i..'");
    each(words, "p", "xadd','p',i,'f','v");
    if (words.contains("x") || words.contains("p")) {
      bench.line("xgroup create " + (words.contains("x") ? "x" : "p") + " g 0");
    }
    if (words.contains("p")) {
      bench.line("xreadgroup group g c streams p >");
    }
    bench.run("set", "a", "ab".repeat(5_000));
    bench.run("set", "b", "ba".repeat(5_000));
  }

  private void each(List<String> words, String key, String write) {
    if (words.contains(key)) {
      bench.run("eval", "for i=1," + MUCH + " do redis.call('" + write + "') end", "0");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "KEYS *",
        "SCAN 0 COUNT 1000000",
        "SMEMBERS s",
        "SUNIONSTORE d s s2",
        "SDIFF s s2",
        "SINTER s s",
        "SRANDMEMBER s -60000",
        "SRANDMEMBER s 30000",
        "SRANDMEMBER s 5000",
        "SSCAN s 0 COUNT 60000",
        "SPOP s 60000",
        "SPOP s 59000",
        "SPOP s 30000",
        "LRANGE l 0 -1",
        "LPOS l nowhere",
        "LREM l 0 nothing",
        "LINSERT l BEFORE nowhere v",
        "LPOP l 60000",
        "RPOP l 50000",
        "LMPOP 2 none l LEFT COUNT 60000",
        "BLMPOP 0 2 none l RIGHT COUNT 50000",
        "HGETALL h",
        "HKEYS h",
        "HSCAN h 0 COUNT 60000",
        "HRANDFIELD h -60000 WITHVALUES",
        "HRANDFIELD h 30000",
        "ZRANGE z 0 -1 WITHSCORES",
        "ZRANGESTORE d z 0 -1",
        "ZSCAN z 0 COUNT 60000",
        "ZPOPMIN z 60000",
        "ZPOPMAX z 50000",
        "ZMPOP 2 none z MIN COUNT 60000",
        "BZMPOP 0 2 none z MAX COUNT 50000",
        "ZREMRANGEBYRANK z 0 -2",
        "ZREMRANGEBYSCORE z 2 60000",
        "ZRANDMEMBER z -60000 WITHSCORES",
        "ZRANDMEMBER z 30000",
        "ZRANDMEMBER z 5000",
        "XRANGE x - +",
        "XREVRANGE x + -",
        "XREAD STREAMS x 0",
        "XREADGROUP GROUP g c STREAMS x >",
        "XREADGROUP GROUP g c STREAMS p 0",
        "XAUTOCLAIM p g d 0 0 COUNT 60000",
        "XAUTOCLAIM p g d 1000000 0 COUNT 60000",
        "XPENDING p g - + 60000",
        "XPENDING p g IDLE 1000000 - + 10 c",
        "XGROUP DELCONSUMER p g c",
        "XINFO STREAM p FULL COUNT 0",
        "XTRIM x MAXLEN 10",
        "XADD x MINID 59990 60001 f v",
        "GEOSEARCH g FROMLONLAT 0 0 BYBOX 50000 50000 km ASC WITHDIST",
        "GEOSEARCHSTORE d g FROMLONLAT 0 0 BYBOX 50000 50000 km",
        "GEORADIUS g 0 0 10000 km STORE d",
        "ZUNIONSTORE d 2 z s",
        "ZINTERCARD 2 z s",
        "SORT l ALPHA",
        "SORT l BY nosort GET # STORE d",
        "DEBUG POPULATE 60000 more",
        "LCS a b LEN"
      })
  void othersAreServedInTheMiddle(String command) {
    fill(List.of(command.split(" ")));
    String before = command.startsWith("KEYS") ? bench.line("dbsize") : "";
    caller.send(command.split(" "));
    assertThat(caller.client().turn()).isEqualTo(Turn.SUSPENDED);
    other.send("set", "later", "v");
    other.send("flushall");
    int served = 0;
    while (caller.client().turn() == Turn.SUSPENDED) {
      assertThat(neighbour.line("incr served")).isEqualTo(Integer.toString(++served));
      assertThat(other.take()).isEmpty();
      bench.pass(1);
    }
    assertThat(served).isPositive();
    String reply = caller.take();
    assertThat(reply).doesNotStartWith("!").doesNotContain("later");
    if (!before.isEmpty()) {
      assertThat(reply.chars().filter(c -> c == '"').count() / 2).isEqualTo(Long.parseLong(before));
    }
    if (command.matches("X(READ|RANGE|REVRANGE) .*|XREADGROUP .* [>0]|XAUTOCLAIM .* 0 0 .*")) {
      assertThat(reply.split("\"v\"", -1)).hasSize(MUCH + 1);
    }
    bench.pass(10);
    assertThat(other.take()).contains("OK");
    assertThat(bench.line("dbsize")).isEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COMMAND INFO",
        "COMMAND DOCS",
        "COMMAND GETKEYS MSET k",
        "COMMAND GETKEYSANDFLAGS MSET k",
        "BITOP OR d",
        "GEOHASH g",
        "GEOPOS g",
        "HEXPIRE h 1000 FIELDS 20000",
        "HPERSIST h FIELDS 20000",
        "HTTL h FIELDS 20000",
        "PFADD d",
        "PFCOUNT",
        "PFMERGE d",
        "PUBSUB NUMSUB",
        "SCRIPT EXISTS",
        "SINTERCARD 20000",
        "SUNION",
        "WATCH",
        "XACK p g",
        "XCLAIM p g d 0",
        "XDEL p",
        "XREADGROUP GROUP g c STREAMS",
        "ZMSCORE z",
        "ZUNION 20000"
      })
  void othersAreServedWhileManyArgumentsAreTaken(String command) {
    boolean ofGroup = command.startsWith("XREADGROUP");
    String argument = ofGroup ? " 99999" : command.startsWith("COMMAND") ? " get" : " 7";
    int count = ofGroup ? 2_000 : 20_000;
    String many = ofGroup ? " p".repeat(count) : "";
    String repeated = argument.repeat(command.endsWith("MSET k") ? count + 1 : count);
    othersAreServedInTheMiddle(command + many + repeated);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "("})
  void othersAreServedWhileAUserGetsManyRules(String selector) {
    String rules =
        IntStream.range(0, 20_000)
            .mapToObj(i -> "~k" + i + " &c" + i + (selector.isEmpty() ? " >p" + i : ""))
            .collect(joining(" "));
    String[] words =
        selector.isEmpty()
            ? ("ACL SETUSER u resetchannels " + rules).split(" ")
            : new String[] {"ACL", "SETUSER", "u", "(resetchannels " + rules + ")"};
    for (int i = 0; i < 2; i++) {
      caller.send(words);
      assertThat(caller.client().turn()).isEqualTo(Turn.SUSPENDED);
      while (caller.client().turn() == Turn.SUSPENDED) {
        assertThat(bench.keyspace().access().user("u") == null).isEqualTo(i == 0);
        assertThat(neighbour.line("incr served")).isNotEmpty();
        bench.pass(1);
      }
      assertThat(caller.take()).isEqualTo("OK");
    }
    assertThat(bench.line("acl getuser u")).contains("~k0 ", "~k19999", "&c0 ", "&c19999");
  }

  @Test
  void whoLooksForManyKeysInSlicesAndFindsNoneWaits() {
    for (String command : List.of("BLPOP", "BZPOPMIN")) {
      String keys = IntStream.range(0, 20_000).mapToObj(i -> " k" + i).collect(joining());
      caller.send((command + keys + " 0").split(" "));
      assertThat(caller.client().turn()).isEqualTo(Turn.SUSPENDED);
      other.send(command.equals("BLPOP") ? "RPUSH k9 v".split(" ") : "ZADD k9 1 v".split(" "));
      assertThat(other.take()).isEmpty();
      while (caller.client().turn() == Turn.SUSPENDED) {
        assertThat(caller.take()).isEmpty();
        bench.pass(1);
      }
      bench.pass(10);
      assertThat(other.take()).isEqualTo("1");
      assertThat(caller.take()).contains("k9").contains("v");
      assertThat(caller.client().blocked()).isFalse();
    }
  }

  @Test
  void aCommandThatBeginsAgainInSlicesHasLookedForItsKeyOnce() throws RefusedException {
    fill(List.of("h", "z"));
    KeyEvents events = new KeyEvents(bench, "m");
    Statistics statistics = bench.keyspace().statistics();
    long hits = statistics.hits();
    long misses = statistics.misses();
    caller.send("hgetall", "h");
    assertThat(caller.client().turn()).isEqualTo(Turn.SUSPENDED);
    other.send("zunion", "2", "z", "none");
    bench.pass(1_000);
    assertThat(caller.take()).contains("m1");
    assertThat(other.take()).contains("m1");
    assertThat(statistics.hits() - hits).isEqualTo(2);
    assertThat(statistics.misses() - misses).isEqualTo(1);
    assertThat(events.taken()).containsExactly("none keymiss");
    other.send("get", "none");
    assertThat(events.taken()).containsExactly("none keymiss");
  }

  @Test
  void aCommandThatMemoryDoesNotSufficeForLeavesNobodyWaiting() {
    Slices slices = bench.keyspace().slices();
    bench.run("set", "key", "value");
    assertThatThrownBy(
            () ->
                slices.begin(
                    caller.client(),
                    caller.client().reply(),
                    () -> {
                      throw new OutOfMemoryError("no more heap");
                    }))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(slices.busy()).isFalse();
    assertThat(other.run("get", "key")).contains("value");
  }

  /**
   * Requests that wait are looked at in slices, too; what is long may end while that is under way.
   */
  @ParameterizedTest
  @ValueSource(ints = {3_000, 6_000, 12_000, 24_000, MUCH})
  void whoWaitsWhileOthersThatWaitedAreServedIsServed(int length) {
    bench.run("eval", "for i=1," + MUCH + " do redis.call('rpush','long','m'..i) end", "0");
    bench.run("eval", "for i=1," + length + " do redis.call('rpush','l','m'..i) end", "0");
    String value = "v".repeat(200_000);
    caller.send("lrange", "long", "0", "-1");
    assertThat(caller.client().turn()).isEqualTo(Turn.SUSPENDED);
    other.send("lrange", "l", "0", "-1");
    List<Bench.Session> waiting = Stream.generate(bench::connect).limit(100).toList();
    waiting.forEach(each -> each.send("set", "key", value));
    bench.pass(5_000);
    assertThat(waiting).allSatisfy(each -> assertThat(each.take()).contains("OK"));
    assertThat(other.take()).contains("m" + length);
    assertThat(caller.take()).contains("m" + MUCH);
  }
}
