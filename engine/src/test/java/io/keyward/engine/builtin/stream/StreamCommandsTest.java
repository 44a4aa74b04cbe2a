package io.keyward.engine.builtin.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.KeyEvents;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The commands for streams but for those of groups. */
class StreamCommandsTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Bench bench = new Bench();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  @Test
  void makesIdsOfTheTimeThatAlwaysGrow() {
    String first = bench.line("xadd s * a 1");
    assertThat(first).matches("\"\\d{13}-\\d+\"");
    assertThat(bench.line("xlen s")).isEqualTo("1");
    assertThat(bench.line("type s")).isEqualTo("stream");
    assertThat(bench.line("object encoding s")).isEqualTo("\"stream\"");
    bench.line("xadd s 18446744073709551615-18446744073709551614 a 1");
    assertThat(bench.line("xadd s * a 1"))
        .isEqualTo("\"18446744073709551615-18446744073709551615\"");
    assertThat(bench.line("xadd s * a 1"))
        .isEqualTo("!ERR The stream has exhausted the last possible ID, unable to add more items");
  }

  @Test
  void takesIdsInPart() {
    assertThat(bench.line("xadd s 5 a 1")).isEqualTo("\"5-0\"");
    assertThat(bench.line("xadd s 5-* a 1")).isEqualTo("\"5-1\"");
    assertThat(bench.line("xadd s 7-* a 1")).isEqualTo("\"7-0\"");
    assertThat(bench.line("xadd s 6-* a 1"))
        .isEqualTo(
            "!ERR The ID specified in XADD is equal or smaller than the target stream top item");
    assertThat(bench.line("xadd t 0-* a 1")).isEqualTo("\"0-1\"");
    assertThat(bench.line("xadd t 0-0 a 1"))
        .isEqualTo("!ERR The ID specified in XADD must be greater than 0-0");
    assertThat(bench.line("xadd t 5-x a 1"))
        .isEqualTo("!ERR Invalid stream ID specified as stream command argument");
    assertThat(bench.line("xadd t 18446744073709551616 a 1"))
        .isEqualTo("!ERR Invalid stream ID specified as stream command argument");
    assertThat(bench.run("xadd", "t", " +3- +4", "a", "1")).isEqualTo("\"3-4\"");
    assertThat(bench.run("xadd", "t", "+5-*", "a", "1")).isEqualTo("\"5-0\"");
    assertThat(bench.run("xadd", "t", "++6", "a", "1")).startsWith("!ERR Invalid stream ID");
    assertThat(bench.run("xadd", "t", "+ 6", "a", "1")).startsWith("!ERR Invalid stream ID");
  }

  @Test
  void refusesWhatIsNoCommand() {
    assertThat(bench.line("xadd s * a"))
        .isEqualTo("!ERR wrong number of arguments for 'xadd' command");
    assertThat(bench.line("xadd s * a 1 b"))
        .isEqualTo("!ERR wrong number of arguments for 'xadd' command");
    assertThat(bench.line("xadd s maxlen 5 minid 3 * a 1")).contains("at the same time");
    assertThat(bench.line("xadd s maxlen = 5 limit 3 * a 1"))
        .contains("LIMIT cannot be used without the special ~ option");
    assertThat(bench.line("xtrim s limit 3")).contains("without specifying a trimming strategy");
    assertThat(bench.line("xtrim s maxlen -1")).isEqualTo("!ERR The MAXLEN argument must be >= 0.");
    assertThat(bench.line("exists s")).isEqualTo("0");
    bench.line("set text x");
    assertThat(bench.line("xadd text * a 1")).startsWith("!WRONGTYPE");
  }

  @Test
  void createsNoStreamIfToldSo() {
    assertThat(bench.line("xadd s nomkstream * a 1")).isEqualTo("nil");
    assertThat(bench.line("exists s")).isEqualTo("0");
    bench.line("xadd s 1 a 1");
    assertThat(bench.line("xadd s nomkstream maxlen 1 2 a 1")).isEqualTo("\"2-0\"");
    assertThat(bench.line("xrange s - +")).isEqualTo("[[\"2-0\" [\"a\" \"1\"]]]");
  }

  @Test
  void rangesLeaveBoundsOut() {
    for (int i = 1; i <= 4; i++) {
      bench.line("xadd s " + i + " n " + i);
    }
    assertThat(bench.line("xrange s (1 (4"))
        .isEqualTo("[[\"2-0\" [\"n\" \"2\"]] [\"3-0\" [\"n\" \"3\"]] [\"4-0\" [\"n\" \"4\"]]]");
    assertThat(bench.line("xrange s (1-0 (4-0"))
        .isEqualTo("[[\"2-0\" [\"n\" \"2\"]] [\"3-0\" [\"n\" \"3\"]]]");
    assertThat(bench.line("xrange s - + count 0")).isEqualTo("nil");
    assertThat(bench.line("xrange none - + count 0")).isEqualTo("[]");
    assertThat(bench.line("xrange s (18446744073709551615-18446744073709551615 +"))
        .isEqualTo("!ERR invalid start ID for the interval");
    assertThat(bench.line("xrange s - (0-0")).isEqualTo("!ERR invalid end ID for the interval");
    assertThat(bench.line("xrange s - (-"))
        .isEqualTo("!ERR Invalid stream ID specified as stream command argument");
  }

  @Test
  void readsFromSeveralStreams() {
    bench.line("xadd a 1 f x");
    bench.line("xadd b 2 f y");
    assertThat(bench.line("xread streams a none b 0 0 1"))
        .isEqualTo("[[\"a\" [[\"1-0\" [\"f\" \"x\"]]]] [\"b\" [[\"2-0\" [\"f\" \"y\"]]]]]");
    assertThat(bench.line("xread streams a b 1 $")).isEqualTo("nil");
    assertThat(bench.line("xread streams a b 1"))
        .isEqualTo(
            "!ERR Unbalanced 'xread' list of streams: for each stream key an ID or '$' must be"
                + " specified.");
    bench.session().client().reply().resp3(true);
    assertThat(bench.line("xread streams a 0")).isEqualTo("{\"a\" [[\"1-0\" [\"f\" \"x\"]]]}");
  }

  @Test
  void waitsForWhatComesAfterTheCall() {
    bench.line("xadd s 1 f old");
    Bench.Session reader = bench.connect();
    assertThat(reader.run("xread", "block", "0", "streams", "s", "other", "$", "$")).isEmpty();
    bench.line("set s text");
    bench.line("del s");
    assertThat(reader.take()).isEmpty();
    bench.line("xadd s 2 f new");
    assertThat(reader.take()).isEqualTo("[[\"s\" [[\"2-0\" [\"f\" \"new\"]]]]]");
    reader.send("xread", "block", "50", "streams", "s", "$");
    bench.pass(60);
    assertThat(reader.take()).isEqualTo("nil");
    assertThat(bench.line("xread block x streams s $"))
        .isEqualTo("!ERR timeout is not an integer or out of range");
    assertThat(bench.line("xread block -1 streams s $")).isEqualTo("!ERR timeout is negative");
  }

  @Test
  void waitingForManyStreamsCopiesTheRequestButAFewTimes() {
    int streams = 4000;
    bench.line("xadd s77 7 f old");
    List<String> arguments = new ArrayList<>(List.of("xread", "block", "0", "streams"));
    IntStream.range(0, streams).mapToObj(i -> "s" + i).forEach(arguments::add);
    arguments.addAll(Collections.nCopies(streams, "$"));
    Bench.Session reader = bench.connect();
    long before = THREADS.getCurrentThreadAllocatedBytes();
    assertThat(reader.run(arguments.toArray(String[]::new))).isEmpty();
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(20L << 20);
    bench.line("xadd s77 8 f new");
    assertThat(reader.take()).isEqualTo("[[\"s77\" [[\"8-0\" [\"f\" \"new\"]]]]]");
  }

  @Test
  void aKeyMayBeCalledStreams() {
    bench.line("xadd streams 1 f x");
    assertThat(bench.line("xread streams streams 0")).startsWith("[[\"streams\"");
    assertThat(bench.line("command getkeys xread count 1 streams a b 0 0"))
        .isEqualTo("[\"a\" \"b\"]");
    assertThat(bench.line("command getkeys xread streams streams 0")).isEqualTo("[\"streams\"]");
  }

  @Test
  void setsTheLastId() {
    bench.line("xadd s 5 f x");
    assertThat(bench.line("xsetid s 4"))
        .isEqualTo("!ERR The ID specified in XSETID is smaller than the target stream top item");
    assertThat(bench.line("xsetid s 9 entriesadded 7 maxdeletedid 8")).isEqualTo("OK");
    assertThat(bench.line("xadd s 9 f x")).contains("equal or smaller");
    assertThat(bench.line("xsetid s 7"))
        .isEqualTo("!ERR The ID specified in XSETID is smaller than current max_deleted_entry_id");
    assertThat(bench.line("xsetid none 9")).isEqualTo("!ERR no such key");
  }

  @Test
  void tellsWhatHappens() throws RefusedException {
    KeyEvents events = new KeyEvents(bench, "tg");
    bench.line("xadd s maxlen 1 1 f x");
    bench.line("xadd s maxlen 1 2 f x");
    bench.line("xdel s 2 9");
    bench.line("xsetid s 7");
    assertThat(events.taken()).containsExactly("s xadd", "s xadd", "s xtrim", "s xdel", "s xsetid");
    assertThat(bench.line("xlen s")).isEqualTo("0");
    assertThat(bench.line("exists s")).isEqualTo("1");
  }
}
