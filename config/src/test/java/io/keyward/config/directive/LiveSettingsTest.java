package io.keyward.config.directive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Directives while the gateway runs: what they take, refuse and show. */
class LiveSettingsTest {
  private final LiveSettings live = LiveSettings.defaults();

  @Test
  void readsEveryShapeOfDefault() {
    assertThat(live.number(Directive.PORT)).isEqualTo(6379);
    assertThat(live.number(Directive.PROTO_MAX_BULK_LEN)).isEqualTo(512L << 20);
    assertThat(live.flag(Directive.PROTECTED_MODE)).isTrue();
    assertThat(live.text(Directive.MAXMEMORY_POLICY)).isEqualTo("noeviction");
    assertThat(live.words(Directive.BIND)).containsExactly("*", "-::*");
    assertThat(live.text(Directive.DIR)).isEqualTo("./keyward-data");
    assertThat(live.text(Directive.SAVE)).isEqualTo("3600 1 300 100 60 10000");
    assertThat(live.outputBufferLimits().normal()).isEqualTo(new OutputBufferLimit(0, 0, 0));
    assertThat(live.outputBufferLimits().pubsub())
        .isEqualTo(new OutputBufferLimit(32 << 20, 8 << 20, 60));
  }

  @ParameterizedTest
  @CsvSource({
    "1024, 1024",
    "1b, 1",
    "1k, 1000",
    "1kb, 1024",
    "1K, 1000",
    "5Mb, 5242880",
    "2m, 2000000",
    "1g, 1000000000",
    "3GB, 3221225472"
  })
  void sizesHaveRedisUnits(String text, long bytes) throws RefusedException {
    live.set(Directive.MAXMEMORY, text);
    assertThat(live.number(Directive.MAXMEMORY)).isEqualTo(bytes);
    assertThat(live.text(Directive.MAXMEMORY)).isEqualTo(Long.toString(bytes));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "maxmemory; -1; argument must be a memory value",
        "maxmemory; 1tb; argument must be a memory value",
        "maxmemory; 99999999999gb; argument must be a memory value",
        "maxmemory; 1 gb; argument must be a memory value",
        "proto-max-bulk-len; 1kb; argument must be between 1048576 and 9223372036854775807"
            + " inclusive",
        "port; 65536; argument must be between 0 and 65535 inclusive",
        "port; -1; argument must be between 0 and 65535 inclusive",
        "timeout; 1s; argument couldn't be parsed into an integer",
        "timeout; 007; argument couldn't be parsed into an integer",
        "timeout; 99999999999999999999; argument couldn't be parsed into an integer",
        "protected-mode; true; argument must be 'yes' or 'no'",
        "loglevel; loud; argument(s) must be one of the following: debug, verbose, notice, warning,"
            + " nothing",
        "notify-keyspace-events; KEQ; Invalid event class character. Use 'Ag$lshzxeKEtmdn'.",
        "client-output-buffer-limit; normal 1 2; Wrong number of arguments in buffer limit"
            + " configuration.",
        "client-output-buffer-limit; master 0 0 0; Invalid client class specified in buffer limit"
            + " configuration.",
        "client-output-buffer-limit; pubsub 1xb 0 0; Error in hard, soft or soft_seconds setting in"
            + " buffer limit configuration.",
        "client-output-buffer-limit; pubsub 1 0 -1; Error in hard, soft or soft_seconds setting in"
            + " buffer limit configuration.",
        "maxmemory-clients; 101%; percentage argument must be less or equal to 100",
        "maxmemory-clients; 1.5%; argument must be a memory or percent value",
        "save; 900; Invalid save parameters",
        "save; 0 1; Invalid save parameters",
        "appendonly; maybe; argument must be 'yes' or 'no'",
        "dbfilename; a/b.rdb; dbfilename can't be a path, just a filename",
        "dbfilename; ..; dbfilename can't be a folder that is there already",
        "dbfilename; keyward.lock; dbfilename can't be keyward.lock: in dir the gateway keeps files"
            + " of its own as keyward.lock, deployments.json, audit.log, operator.functions",
        "dbfilename; Audit.log.1; dbfilename can't be Audit.log.1: in dir the gateway keeps files"
            + " of its own as keyward.lock, deployments.json, audit.log, operator.functions",
        "latency-tracking-info-percentiles; 50 x; Invalid latency-tracking-info-percentiles"
            + " parameters",
        "latency-tracking-info-percentiles; 101; latency-tracking-info-percentiles parameters"
            + " should sit between [0.0,100.0]",
        "bind; 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; Too many bind addresses specified."
      })
  void refusesInRedissWords(String name, String text, String reason) {
    Map<String, String> before = matching("*");
    assertThatThrownBy(() -> live.set(List.of(new Assignment(name, text)), true))
        .isInstanceOf(RefusedException.class)
        .hasMessage("CONFIG SET failed (possibly related to argument '" + name + "') - " + reason);
    assertThat(matching("*")).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({
    "databases, 4, can't set immutable config",
    "io-threads, 1, can't set immutable config",
    "dir, /, can't set protected config",
    "dbfilename, x.rdb, can't set protected config"
  })
  void refusesWhatMayNotChangeWhileRunning(String name, String text, String reason) {
    assertThatThrownBy(() -> live.set(List.of(new Assignment(name, text)), false))
        .hasMessage("CONFIG SET failed (possibly related to argument '" + name + "') - " + reason);
  }

  @Test
  void protectedDirectivesChangeForWhomIsAllowed() throws RefusedException {
    live.set(List.of(new Assignment("dir", "/srv/keyward")), true);
    assertThat(live.text(Directive.DIR)).isEqualTo("/srv/keyward");
  }

  @Test
  void setsAllOrNothing() {
    List<Assignment> assignments =
        List.of(new Assignment("timeout", "7"), new Assignment("Hash-Max-Listpack-Entries", "x"));
    assertThatThrownBy(() -> live.set(assignments, false))
        .hasMessage(
            "CONFIG SET failed (possibly related to argument 'hash-max-listpack-entries') -"
                + " argument couldn't be parsed into an integer");
    assertThat(live.number(Directive.TIMEOUT)).isZero();
  }

  @Test
  void refusesAnUnknownNameAndADuplicate() {
    assertThatThrownBy(() -> live.set(List.of(new Assignment("foo", "1")), false))
        .hasMessage("Unknown option or number of arguments for CONFIG SET - 'foo'");
    List<Assignment> twice =
        List.of(new Assignment("timeout", "1"), new Assignment("TIMEOUT", "2"));
    assertThatThrownBy(() -> live.set(twice, false))
        .hasMessage(
            "CONFIG SET failed (possibly related to argument 'TIMEOUT') - duplicate parameter");
  }

  @Test
  void saysOfADirectiveThatRedisHasWhyItIsNotThere() {
    assertThatThrownBy(() -> live.set(List.of(new Assignment("activerehashing", "no")), false))
        .hasMessage(
            "CONFIG SET failed (possibly related to argument 'activerehashing') - tables grow and"
                + " shrink step by step with each change: leave it out");
  }

  @Test
  void raisesABacklogThatIsTooSmallAsRedisDoes() throws RefusedException {
    live.set(List.of(new Assignment("repl-backlog-size", "1")), false);
    assertThat(live.number(Directive.REPL_BACKLOG_SIZE)).isEqualTo(16 * 1024);
    live.set(List.of(new Assignment("repl-backlog-size", "20kb")), false);
    assertThat(live.number(Directive.REPL_BACKLOG_SIZE)).isEqualTo(20 * 1024);
  }

  @Test
  void aliasesNameTheSameDirective() throws RefusedException {
    live.set(List.of(new Assignment("hash-max-ziplist-entries", "3")), false);
    assertThat(live.number(Directive.HASH_MAX_LISTPACK_ENTRIES)).isEqualTo(3);
    assertThat(matching("hash-max-*-entries"))
        .containsOnly(
            Map.entry("hash-max-listpack-entries", "3"),
            Map.entry("hash-max-ziplist-entries", "3"));
  }

  @Test
  void getTakesNamesAndGlobs() {
    assertThat(matching("MAXMEMORY", "maxmemory", "nonsense", "appendf*"))
        .containsOnly(
            Map.entry("MAXMEMORY", "0"),
            Map.entry("appendfsync", "everysec"),
            Map.entry("appendfilename", "appendonly.aof"));
    assertThat(matching("tls-p[a-o]rt", "tls-p[^a-n]rt", "tls-por?")).containsOnlyKeys("tls-port");
    assertThat(matching("*")).hasSizeGreaterThan(Directive.values().length);
    assertThat(matching("*of")).containsOnlyKeys("replicaof", "slaveof");
    assertThat(matching("*-delay")).isEmpty();
    assertThat(matching("key-load-delay")).containsOnlyKeys("key-load-delay");
  }

  private Map<String, String> matching(String... patterns) {
    return live.matching(List.of(patterns), () -> {});
  }

  @Test
  void manyPatternsShowValuesOfOneTime() {
    AtomicInteger between = new AtomicInteger();
    Map<String, String> found =
        live.matching(
            List.of("port", "time*", "maxmemory"),
            () -> {
              try {
                live.set(Directive.MAXMEMORY, Integer.toString(between.incrementAndGet()));
              } catch (RefusedException refused) {
                throw new AssertionError(refused);
              }
            });
    assertThat(between).hasValue(3);
    assertThat(live.text(Directive.MAXMEMORY)).isEqualTo("3");
    assertThat(found).containsEntry("port", "6379").containsEntry("maxmemory", "0");
  }

  @Test
  void bufferLimitsOfClassesThatAreNotNamedStay() throws RefusedException {
    live.set(Directive.CLIENT_OUTPUT_BUFFER_LIMIT, "normal 1mb 512kb 5 replica 1 2 3");
    assertThat(live.text(Directive.CLIENT_OUTPUT_BUFFER_LIMIT))
        .isEqualTo("normal 1048576 524288 5 slave 1 2 3 pubsub 33554432 8388608 60");
    assertThat(live.outputBufferLimits().normal())
        .isEqualTo(new OutputBufferLimit(1 << 20, 512 << 10, 5));
  }

  @Test
  void eventClassesAreBitsAndComeBackInRedissOrder() throws RefusedException {
    live.set(Directive.NOTIFY_KEYSPACE_EVENTS, "Elg$K");
    assertThat(live.text(Directive.NOTIFY_KEYSPACE_EVENTS)).isEqualTo("g$lKE");
    assertThat(live.number(Directive.NOTIFY_KEYSPACE_EVENTS))
        .isEqualTo(
            KeyspaceEvents.GENERIC
                | KeyspaceEvents.STRING
                | KeyspaceEvents.LIST
                | KeyspaceEvents.KEYSPACE
                | KeyspaceEvents.KEYEVENT);
    live.set(Directive.NOTIFY_KEYSPACE_EVENTS, "KEmg$lshzxetd");
    assertThat(live.text(Directive.NOTIFY_KEYSPACE_EVENTS)).isEqualTo("AKEm");
  }

  @Test
  void hzIsMovedIntoItsRange() throws RefusedException {
    live.set(Directive.HZ, "100000");
    assertThat(live.text(Directive.HZ)).isEqualTo("500");
    live.set(Directive.HZ, "0");
    assertThat(live.text(Directive.HZ)).isEqualTo("1");
  }

  @Test
  void percentilesLoseTheirTrailingZeros() throws RefusedException {
    live.set(Directive.LATENCY_TRACKING_INFO_PERCENTILES, "50.0 99.90 100");
    assertThat(live.words(Directive.LATENCY_TRACKING_INFO_PERCENTILES))
        .containsExactly("50", "99.9", "100");
  }

  @Test
  void aListenerHearsOnceOfAllItsChanges() throws RefusedException {
    AtomicInteger calls = new AtomicInteger();
    live.onChange(Set.of(Directive.PORT, Directive.BIND), calls::incrementAndGet);
    live.set(
        List.of(
            new Assignment("bind", "127.0.0.1"),
            new Assignment("port", "1"),
            new Assignment("timeout", "1")),
        false);
    live.set(Directive.PORT, "1");
    assertThat(calls).hasValue(1);
  }

  @Test
  void certificatesAreReadAgainWhenTheSameFileIsSet() throws RefusedException {
    AtomicInteger calls = new AtomicInteger();
    live.onChange(Set.of(Directive.TLS_CERT_FILE), calls::incrementAndGet);
    live.set(Directive.TLS_CERT_FILE, "/etc/keyward/cert.pem");
    live.set(Directive.TLS_CERT_FILE, "/etc/keyward/cert.pem");
    assertThat(calls).hasValue(2);
  }

  @Test
  void aRefusalBringsBackTheOldValuesAndTellsThoseWhoHadChanged() {
    List<Long> seen = new ArrayList<>();
    live.onChange(Set.of(Directive.TIMEOUT), () -> seen.add(live.number(Directive.TIMEOUT)));
    live.onChange(
        Set.of(Directive.PORT),
        () -> {
          throw new RefusedException("Unable to listen on this port. Check server logs.");
        });
    List<Assignment> both = List.of(new Assignment("timeout", "9"), new Assignment("port", "80"));
    assertThatThrownBy(() -> live.set(both, false))
        .hasMessage(
            "CONFIG SET failed (possibly related to argument 'port') - Unable to listen on this"
                + " port. Check server logs.");
    assertThat(live.number(Directive.PORT)).isEqualTo(6379);
    assertThat(live.number(Directive.TIMEOUT)).isZero();
    assertThat(seen).containsExactly(9L, 0L);
  }

  @Test
  void textsOfValuesNeverShowThem() {
    assertThat(new Assignment("requirepass", "hush").toString()).doesNotContain("hush");
    assertThat(Value.of("hush").toString()).doesNotContain("hush");
  }

  @Test
  void everyDirectiveIsNamedAsInRedisAndDescribed() {
    for (Directive directive : Directive.values()) {
      assertThat(directive.directiveName()).matches("[a-z-]+");
      assertThat(directive.description()).isNotBlank().doesNotContain("\n");
      assertThat(directive.expects()).isNotBlank();
      assertThat(Directive.named(directive.directiveName())).contains(directive);
    }
  }
}
