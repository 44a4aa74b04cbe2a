package io.keyward.engine.builtin.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.KeyEvents;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Groups of consumers: XREADGROUP, XACK, XCLAIM and what is pending. */
class GroupCommandsTest {
  private static final String NOTHING_NEW = "nil";

  private final Bench bench = new Bench();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  private void threeEntries() {
    bench.line("xadd s 1 n 1");
    bench.line("xadd s 2 n 2");
    bench.line("xadd s 3 n 3");
    bench.line("xgroup create s g 0");
  }

  @Test
  void deliversEachEntryOnce() {
    threeEntries();
    assertThat(bench.line("xreadgroup group g alice count 2 streams s >"))
        .isEqualTo("[[\"s\" [[\"1-0\" [\"n\" \"1\"]] [\"2-0\" [\"n\" \"2\"]]]]]");
    assertThat(bench.line("xreadgroup group g bob streams s >"))
        .isEqualTo("[[\"s\" [[\"3-0\" [\"n\" \"3\"]]]]]");
    assertThat(bench.line("xreadgroup group g bob streams s >")).isEqualTo(NOTHING_NEW);
    assertThat(bench.line("xreadgroup group g bob streams s 0"))
        .isEqualTo("[[\"s\" [[\"3-0\" [\"n\" \"3\"]]]]]");
    assertThat(bench.line("xack s g 1 3 9")).isEqualTo("2");
    assertThat(bench.line("xreadgroup group g bob streams s 0")).isEqualTo("[[\"s\" []]]");
    assertThat(bench.line("xpending s g")).isEqualTo("[1 \"2-0\" \"2-0\" [[\"alice\" \"1\"]]]");
    assertThat(bench.line("xack s g 1 x"))
        .isEqualTo("!ERR Invalid stream ID specified as stream command argument");
    assertThat(bench.line("xack none g 1")).isEqualTo("0");
  }

  @Test
  void theGreatestIdAsksForNewEntries() {
    threeEntries();
    String greatest = "18446744073709551615-18446744073709551615";
    assertThat(bench.line("xreadgroup group g c count 1 streams s " + greatest))
        .isEqualTo("[[\"s\" [[\"1-0\" [\"n\" \"1\"]]]]]");
  }

  @Test
  void theSameKeyTwiceIsServedOnce() {
    threeEntries();
    assertThat(bench.line("xreadgroup group g c count 3 streams s s > >"))
        .isEqualTo(
            "[[\"s\" [[\"1-0\" [\"n\" \"1\"]] [\"2-0\" [\"n\" \"2\"]] [\"3-0\" [\"n\""
                + " \"3\"]]]]]");
  }

  @Test
  void deletedEntriesStayPendingWithoutFields() {
    threeEntries();
    bench.line("xreadgroup group g c streams s >");
    bench.line("xdel s 2");
    assertThat(bench.line("xreadgroup group g c streams s 1"))
        .isEqualTo("[[\"s\" [[\"2-0\" nil] [\"3-0\" [\"n\" \"3\"]]]]]");
    assertThat(bench.line("xautoclaim s g d 0 0 count 2"))
        .isEqualTo("[\"3-0\" [[\"1-0\" [\"n\" \"1\"]]] [\"2-0\"]]");
    assertThat(bench.line("xautoclaim s g d 0 3 justid")).isEqualTo("[\"0-0\" [\"3-0\"] []]");
  }

  @Test
  void consumersWaitAndAreServedInTurn() {
    bench.line("xgroup create s g $ mkstream");
    Bench.Session one = bench.connect();
    Bench.Session two = bench.connect();
    assertThat(one.run("xreadgroup", "group", "g", "a", "block", "0", "streams", "s", ">"))
        .isEmpty();
    assertThat(two.run("xreadgroup", "group", "g", "b", "block", "0", "streams", "s", ">"))
        .isEmpty();
    bench.line("xadd s 1 n 1");
    assertThat(one.take()).isEqualTo("[[\"s\" [[\"1-0\" [\"n\" \"1\"]]]]]");
    assertThat(two.take()).isEmpty();
    assertThat(bench.keyspace().waiting().keysEvenIfGone()).isEqualTo(1);
    bench.line("xadd s 2 n 2");
    assertThat(two.take()).isEqualTo("[[\"s\" [[\"2-0\" [\"n\" \"2\"]]]]]");
  }

  @Test
  void waitingEndsWhenTheGroupVanishes() {
    String[] read = {"xreadgroup", "group", "g", "a", "block", "0", "streams", "s", ">"};
    String gone = "!NOGROUP No such key 's' or consumer group 'g' in XREADGROUP with GROUP option";
    Bench.Session reader = bench.connect();
    for (String ending : new String[] {"del s", "xgroup destroy s g", "flushall", "rename s t"}) {
      bench.line("xgroup create s g $ mkstream");
      assertThat(reader.run(read)).isEmpty();
      bench.line(ending);
      assertThat(reader.take()).as(ending).isEqualTo(gone);
      bench.line("del s");
    }
    bench.line("xgroup create s g $ mkstream");
    assertThat(reader.run(read)).isEmpty();
    bench.line("set s text");
    assertThat(reader.take()).startsWith("!WRONGTYPE");
  }

  @Test
  void claimsWhatHasWaited() {
    threeEntries();
    bench.line("xreadgroup group g alice streams s >");
    assertThat(bench.line("xclaim s g bob 100000 1 2")).isEqualTo("[]");
    assertThat(bench.line("xclaim s g bob 0 1 2 9 idle 5000 retrycount 7"))
        .isEqualTo("[[\"1-0\" [\"n\" \"1\"]] [\"2-0\" [\"n\" \"2\"]]]");
    assertThat(bench.line("xpending s g idle 5000 - + 10 bob"))
        .matches("\\[\\[\"1-0\" \"bob\" \\d+ 7] \\[\"2-0\" \"bob\" \\d+ 7]]");
    assertThat(bench.line("xclaim s g carol 0 1 justid lastid 9")).isEqualTo("[\"1-0\"]");
    assertThat(bench.line("xpending s g - + 10 carol")).contains(" 7]]");
    bench.line("xack s g 3");
    assertThat(bench.line("xclaim s g carol 0 3")).isEqualTo("[]");
    assertThat(bench.line("xclaim s g carol 0 3 force justid")).isEqualTo("[\"3-0\"]");
    assertThat(bench.line("xclaim s g carol x 3"))
        .isEqualTo("!ERR Invalid min-idle-time argument for XCLAIM");
    assertThat(bench.line("xclaim s g carol 0 3 what"))
        .isEqualTo("!ERR Unrecognized XCLAIM option 'what'");
    assertThat(bench.line("xclaim s h carol 0 3"))
        .isEqualTo("!NOGROUP No such key 's' or consumer group 'h'");
    assertThat(bench.line("xautoclaim s g carol 0 - count 0")).isEqualTo("!ERR COUNT must be > 0");
    assertThat(bench.line("xgroup delconsumer s g carol")).isEqualTo("2");
    assertThat(bench.line("xpending s g")).isEqualTo("[1 \"2-0\" \"2-0\" [[\"bob\" \"1\"]]]");
  }

  @Test
  void groupsAndConsumersAreMadeMovedAndDestroyed() throws RefusedException {
    KeyEvents events = new KeyEvents(bench, "tg");
    assertThat(bench.line("xgroup create s g $")).startsWith("!ERR The XGROUP subcommand requires");
    assertThat(bench.line("xgroup create s g $ mkstream")).isEqualTo("OK");
    assertThat(bench.line("xgroup create s g $"))
        .isEqualTo("!BUSYGROUP Consumer Group name already exists");
    assertThat(bench.line("xgroup createconsumer s g c")).isEqualTo("1");
    assertThat(bench.line("xgroup createconsumer s g c")).isEqualTo("0");
    assertThat(bench.line("xgroup createconsumer s h c"))
        .isEqualTo("!NOGROUP No such consumer group 'h' for key name 's'");
    assertThat(bench.line("xgroup setid s g 5 entriesread -2"))
        .isEqualTo("!ERR value for ENTRIESREAD must be positive or -1");
    assertThat(bench.line("xgroup setid s g 5 entriesread 2")).isEqualTo("OK");
    assertThat(bench.line("xgroup delconsumer s g none")).isEqualTo("0");
    assertThat(bench.line("xgroup delconsumer s g c")).isEqualTo("0");
    assertThat(bench.line("xgroup destroy s g")).isEqualTo("1");
    assertThat(bench.line("xgroup destroy s g")).isEqualTo("0");
    assertThat(events.taken())
        .containsExactly(
            "s xgroup-create",
            "s xgroup-createconsumer",
            "s xgroup-setid",
            "s xgroup-delconsumer",
            "s xgroup-destroy");
  }

  @Test
  void countsTheLag() {
    threeEntries();
    bench.line("xreadgroup group g c count 1 streams s >");
    assertThat(bench.line("xinfo groups s"))
        .isEqualTo(
            "[[\"name\" \"g\" \"consumers\" 1 \"pending\" 1 \"last-delivered-id\" \"1-0\""
                + " \"entries-read\" 1 \"lag\" 2]]");
    bench.line("xdel s 2");
    assertThat(bench.line("xinfo groups s")).contains("\"entries-read\" 1 \"lag\" nil");
    bench.line("xreadgroup group g c streams s >");
    assertThat(bench.line("xinfo groups s")).contains("\"entries-read\" 2 \"lag\" 1");
  }

  @Test
  void showsWholeStreams() {
    threeEntries();
    bench.line("xreadgroup group g c count 1 streams s >");
    assertThat(bench.line("xinfo stream s"))
        .isEqualTo(
            "[\"length\" 3 \"radix-tree-keys\" 1 \"radix-tree-nodes\" 2 \"last-generated-id\""
                + " \"3-0\" \"max-deleted-entry-id\" \"0-0\" \"entries-added\" 3"
                + " \"recorded-first-entry-id\" \"1-0\" \"groups\" 1 \"first-entry\" [\"1-0\""
                + " [\"n\" \"1\"]] \"last-entry\" [\"3-0\" [\"n\" \"3\"]]]");
    assertThat(bench.line("xinfo stream s full count 1"))
        .matches(
            ".*\"entries\" \\[\\[\"1-0\" \\[\"n\" \"1\"]]] \"groups\" \\[\\[\"name\" \"g\""
                + " \"last-delivered-id\" \"1-0\" \"entries-read\" 1 \"lag\" 2 \"pel-count\" 1"
                + " \"pending\" \\[\\[\"1-0\" \"c\" \\d+ 1]] \"consumers\" \\[\\[\"name\" \"c\""
                + " \"seen-time\" \\d+ \"active-time\" \\d+ \"pel-count\" 1 \"pending\""
                + " \\[\\[\"1-0\" \\d+ 1]]]]]]]");
    assertThat(bench.line("xinfo consumers s g"))
        .matches("\\[\\[\"name\" \"c\" \"pending\" 1 \"idle\" \\d+ \"inactive\" \\d+]]");
    assertThat(bench.line("xinfo stream s full what"))
        .startsWith("!ERR unknown subcommand or wrong number of arguments for 'stream'");
    assertThat(bench.line("xinfo stream none")).isEqualTo("!ERR no such key");
  }

  @Test
  void readingIsNoChangeForWatch() {
    threeEntries();
    Bench.Session watcher = bench.connect();
    watcher.run("watch", "s");
    bench.line("xreadgroup group g c streams s >");
    bench.line("xack s g 1");
    watcher.run("multi");
    watcher.run("ping");
    assertThat(watcher.run("exec")).isNotEqualTo("nil");
  }

  @Test
  void aConsumerMayBeCalledStreams() {
    threeEntries();
    assertThat(bench.line("command getkeys xreadgroup noack group g streams streams s >"))
        .isEqualTo("[\"s\"]");
    assertThat(bench.line("xreadgroup noack group g streams streams s >")).contains("3-0");
    assertThat(bench.line("xpending s g")).isEqualTo("[0 nil nil nil]");
  }

  @Test
  void refusesMeaninglessReads() {
    threeEntries();
    assertThat(bench.line("xreadgroup group g c streams s $"))
        .startsWith("!ERR The $ ID is meaningless in the context of XREADGROUP");
    assertThat(bench.line("xread streams s >"))
        .startsWith("!ERR The > ID can be specified only when calling XREADGROUP");
    assertThat(bench.line("xread group g c streams s >"))
        .isEqualTo(
            "!ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.");
    assertThat(bench.line("xreadgroup count 1 noack streams s >"))
        .startsWith("!ERR Missing GROUP option");
  }
}
