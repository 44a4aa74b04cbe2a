package io.keyward.engine.builtin.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.bytes.Pieces;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** MULTI, EXEC, DISCARD and WATCH. */
class TransactionCommandsTest {
  private static final String LONG = "x".repeat(8 * Pieces.SIZE);

  private final Bench bench = new Bench();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  @Test
  void queuedCommandsAreExecutedTogether() {
    assertThat(bench.line("multi")).isEqualTo("OK");
    assertThat(bench.line("set k v")).isEqualTo("QUEUED");
    assertThat(bench.line("get k")).isEqualTo("QUEUED");
    assertThat(bench.connect().run("get", "k")).isEqualTo("nil");
    assertThat(bench.line("exec")).isEqualTo("[OK \"v\"]");
    assertThat(bench.line("get k")).isEqualTo("\"v\"");
  }

  @Test
  void anErrorWhileExecutingDoesNotStopTheRest() {
    bench.line("multi");
    bench.line("set k v");
    bench.line("select 99");
    bench.line("select 1");
    bench.line("set k other");
    assertThat(bench.line("exec")).isEqualTo("[OK !ERR DB index is out of range OK OK]");
    assertThat(bench.line("get k")).isEqualTo("\"other\"");
    bench.line("select 0");
    assertThat(bench.line("get k")).isEqualTo("\"v\"");
  }

  @Test
  void aRefusedCommandSpoilsTheTransaction() {
    bench.line("multi");
    bench.line("set k v");
    assertThat(bench.line("nosuch")).startsWith("!ERR unknown command");
    assertThat(bench.line("exec"))
        .isEqualTo("!EXECABORT Transaction discarded because of previous errors.");
    assertThat(bench.line("get k")).isEqualTo("nil");
    bench.line("multi");
    bench.line("get");
    assertThat(bench.line("exec")).startsWith("!EXECABORT");
    String malformed =
        "!EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command";
    assertThat(bench.line("exec now")).isEqualTo(malformed);
    bench.line("multi");
    assertThat(bench.line("exec now")).isEqualTo(malformed);
    assertThat(bench.line("exec")).isEqualTo("!ERR EXEC without MULTI");
  }

  @Test
  void misuseIsNamedAndLeavesTheTransactionOpen() {
    assertThat(bench.line("exec")).isEqualTo("!ERR EXEC without MULTI");
    assertThat(bench.line("discard")).isEqualTo("!ERR DISCARD without MULTI");
    bench.line("multi");
    assertThat(bench.line("multi")).isEqualTo("!ERR MULTI calls can not be nested");
    assertThat(bench.line("watch k")).isEqualTo("!ERR WATCH inside MULTI is not allowed");
    assertThat(bench.line("set k v")).isEqualTo("QUEUED");
    assertThat(bench.line("exec")).isEqualTo("[OK]");
  }

  @Test
  void discardDropsTheQueueAndWhatIsWatched() {
    bench.line("watch k");
    bench.connect().run("set", "k", "1");
    bench.line("multi");
    bench.line("set k v");
    assertThat(bench.line("discard")).isEqualTo("OK");
    assertThat(bench.line("get k")).isEqualTo("\"1\"");
    bench.line("multi");
    assertThat(bench.line("exec")).isEqualTo("[]");
  }

  @Test
  void execAnswersNullWhenAWatchedKeyHasChanged() {
    bench.line("watch a k");
    bench.connect().run("set", "k", "1");
    bench.line("multi");
    bench.line("set a v");
    assertThat(bench.line("exec")).isEqualTo("nil");
    assertThat(bench.line("get a")).isEqualTo("nil");
    bench.line("multi");
    assertThat(bench.line("exec")).isEqualTo("[]");
  }

  @Test
  void watchSeesFlushesAndSwapsOfKeysThatAreThere() {
    bench.line("set k v");
    bench.line("watch k absent");
    bench.connect().run("flushall");
    bench.line("multi");
    assertThat(bench.line("exec")).isEqualTo("nil");

    bench.line("watch absent");
    bench.connect().run("flushdb");
    bench.line("multi");
    assertThat(bench.line("exec")).isEqualTo("[]");

    bench.line("set k v");
    bench.line("watch k");
    bench.connect().run("swapdb", "0", "1");
    bench.line("multi");
    assertThat(bench.line("exec")).isEqualTo("nil");
  }

  @Test
  void unwatchForgets() {
    bench.line("watch k");
    bench.connect().run("set", "k", "1");
    assertThat(bench.line("unwatch")).isEqualTo("OK");
    bench.line("multi");
    assertThat(bench.line("exec")).isEqualTo("[]");
  }

  @Test
  void execIsRefusedWhenMemoryIsShortAndTheQueueNeedsSome() throws RefusedException {
    bench.line("set k v");
    bench.line("multi");
    bench.line("set k w");
    bench.settings().set(Directive.MAXMEMORY, "1");
    assertThat(bench.line("exec"))
        .isEqualTo(
            "!EXECABORT Transaction discarded because of: OOM command not allowed when used memory"
                + " > 'maxmemory'.");
    bench.line("multi");
    assertThat(bench.line("exec")).isEqualTo("[]");
  }

  @Test
  void nothingIsGatheredWhenMemoryIsShort() throws RefusedException {
    bench.line("set k v");
    bench.line("multi");
    bench.line("get k");
    bench.settings().set(Directive.MAXMEMORY, "1");
    String refused = "!OOM command not allowed when used memory > 'maxmemory'.";
    assertThat(bench.line("get k")).isEqualTo(refused);
    assertThat(bench.line("eval return(1) 0")).isEqualTo(refused);
    assertThat(bench.line("exec"))
        .isEqualTo("!EXECABORT Transaction discarded because of previous errors.");
    bench.line("multi");
    assertThat(bench.line("discard")).isEqualTo("OK");
    assertThat(bench.line("get k")).isEqualTo("\"v\"");
  }

  @Test
  void whatWasGatheredBeforeMemoryIsShortIsExecutedIfItNeedsNone() throws RefusedException {
    bench.line("set k v");
    bench.line("multi");
    bench.line("get k");
    bench.settings().set(Directive.MAXMEMORY, "1");
    assertThat(bench.line("exec")).isEqualTo("[\"v\"]");
  }

  /** Arrays that are spare count, those that have been lent do not. */
  private static long spareMemory(Bench bench) {
    return bench.keyspace().home().pool().pageMemory();
  }

  private static void queueALongValue(Bench.Session client) {
    client.run("multi");
    assertThat(client.run("set", "k", LONG)).isEqualTo("QUEUED");
  }

  @Test
  void whateverEndsATransactionGivesItsLongArgumentsBack() {
    Bench.Session client = bench.session();
    bench.line("set k 1");
    queueALongValue(client);
    bench.line("discard");
    long spare = spareMemory(bench);
    queueALongValue(client);
    assertThat(spareMemory(bench)).isEqualTo(spare - LONG.length());
    assertThat(bench.line("exec now")).startsWith("!EXECABORT");
    assertThat(spareMemory(bench)).as("a wrong number of arguments").isEqualTo(spare);
    queueALongValue(client);
    assertThat(bench.line("get")).startsWith("!ERR wrong number of arguments");
    assertThat(bench.line("exec")).startsWith("!EXECABORT");
    assertThat(spareMemory(bench)).as("a refused command").isEqualTo(spare);
    bench.line("watch k");
    bench.connect().run("set", "k", "2");
    queueALongValue(client);
    assertThat(bench.line("exec")).isEqualTo("nil");
    assertThat(spareMemory(bench)).as("a watched key").isEqualTo(spare);
    Bench.Session leaving = bench.connect();
    queueALongValue(leaving);
    bench.keyspace().leave(leaving.client());
    assertThat(spareMemory(bench)).as("a client that leaves").isEqualTo(spare);
    queueALongValue(client);
    assertThat(bench.line("exec")).isEqualTo("[OK]");
    assertThat(bench.line("set k 3")).isEqualTo("OK");
    bench.pass(1000);
    assertThat(spareMemory(bench)).as("a value that is replaced").isEqualTo(spare);
  }

  @Test
  void soDoesOneThatANodeOfAClusterRefuses() throws RefusedException {
    Bench node = new Bench(new LiveSettings(Map.of(Directive.CLUSTER_ENABLED, "yes")));
    queueALongValue(node.session());
    node.line("discard");
    long spare = spareMemory(node);
    queueALongValue(node.session());
    node.line("get other");
    assertThat(node.line("exec")).startsWith("!CROSSSLOT");
    assertThat(spareMemory(node)).isEqualTo(spare);
    assertThat(node.line("get k")).isEqualTo("nil");
  }

  /** One of as many texts as wanted that have the same hash. */
  private static String ofOneHash(int number) {
    StringBuilder text = new StringBuilder();
    for (int bit = 0; bit < 16; bit++) {
      text.append((number >> bit & 1) == 0 ? "Aa" : "BB");
    }
    return text.toString();
  }

  @Test
  @Timeout(60)
  void manyKeysOfOneHashAreWatchedAndAwaitedAtOnce() {
    String[] keys =
        IntStream.range(0, 1 << 16)
            .mapToObj(TransactionCommandsTest::ofOneHash)
            .toArray(String[]::new);
    Bench.Session waits = bench.connect();
    assertThat(waits.run(words("blpop", keys, "0"))).isEmpty();
    for (int i = 0; i < 2; i++) {
      assertThat(bench.run(words("watch", keys, keys[0]))).isEqualTo("OK");
    }
    bench.line("multi");
    bench.connect().run("set", keys[77], "v");
    assertThat(bench.line("exec")).isEqualTo("nil");
    assertThat(bench.line("del " + keys[77])).isEqualTo("1");
    assertThat(bench.line("rpush " + keys[78] + " a")).isEqualTo("1");
    assertThat(waits.take()).isEqualTo("[\"" + keys[78] + "\" \"a\"]");
  }

  private static String[] words(String command, String[] keys, String last) {
    return Stream.of(Stream.of(command), Stream.of(keys), Stream.of(last))
        .flatMap(each -> each)
        .toArray(String[]::new);
  }
}
