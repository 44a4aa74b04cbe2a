package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.gateway.Gateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator's view over deployments that live on three event loops. */
class OperatorViewTest {
  private static final int DEPLOYMENTS = 6;

  @TempDir Path folder;
  private Gateway gateway;
  private Words operator;
  private final List<String> names = new ArrayList<>();
  private final List<Words> deployments = new ArrayList<>();
  private int here;
  private int elsewhere;

  @BeforeEach
  void start() throws IOException {
    StringBuilder text =
        new StringBuilder(
            """
            event-loops: 3
            operator: {username: operator, password: operator}
            tenants:
              shop:
                secret: shop
                deployments:
            """);
    for (int i = 0; i < DEPLOYMENTS; i++) {
      names.add("shop.d" + i);
      text.append("      d%d: {prefix: shop.d%d, password: shop}\n".formatted(i, i));
    }
    Path file = Files.writeString(folder.resolve("keyward.yaml"), text);
    gateway = Gateways.startWith(Map.of(), file.toString());
    operator = as("operator", "operator");
    Set<Object> loops = new HashSet<>();
    for (int i = 0; i < DEPLOYMENTS; i++) {
      deployments.add(as("d" + i, "shop"));
      BuiltinKeyspace keyspace = gateway.server().engine().find(names.get(i));
      loops.add(keyspace.loop());
      boolean own = keyspace.loop().equals(gateway.server().operatorKeyspace().loop());
      here = own ? i : here;
      elsewhere = own ? elsewhere : i;
    }
    assertThat(loops).as("made while nothing is loaded, they are spread").hasSize(3);
  }

  @AfterEach
  void stop() {
    operator.close();
    deployments.forEach(Words::close);
    gateway.close();
  }

  private Words as(String name, String password) {
    Words wire = new Words(gateway);
    assertThat(wire.call("AUTH " + name + " " + password)).isEqualTo("OK");
    return wire;
  }

  private String key(int deployment, String key) {
    return names.get(deployment) + "::" + key;
  }

  @Test
  void keyedCommandsReachEveryLoop() {
    for (int i = 0; i < DEPLOYMENTS; i++) {
      assertThat(operator.call("SET " + key(i, "k") + " v" + i)).isEqualTo("OK");
      assertThat(deployments.get(i).call("GET k")).isEqualTo("v" + i);
      deployments.get(i).call("RPUSH list a b c");
      assertThat(operator.call("LRANGE " + key(i, "list") + " 0 -1")).isEqualTo("a b c");
      assertThat(operator.call("TYPE " + key(i, "list"))).isEqualTo("list");
      assertThat(operator.call("OBJECT ENCODING " + key(i, "list"))).isEqualTo("listpack");
    }
    assertThat(operator.call("GET nowhere::k")).startsWith("ERR no deployment has the prefix");
  }

  @Test
  void keysOfSeveralLoopsAreAskedForWhereItMakesNoDifference() {
    StringBuilder keys = new StringBuilder();
    for (int i = DEPLOYMENTS - 1; i >= 0; i--) {
      deployments.get(i).call("SET k v" + i);
      keys.append(' ').append(key(i, "k")).append(' ').append(key(i, "absent"));
    }
    assertThat(operator.call("MGET" + keys)).isEqualTo("v5 nil v4 nil v3 nil v2 nil v1 nil v0 nil");
    assertThat(operator.call("EXISTS" + keys)).isEqualTo("6");
    assertThat(operator.call("TOUCH" + keys)).isEqualTo("6");
    assertThat(operator.call("DEL" + keys)).isEqualTo("6");
    assertThat(operator.call("DBSIZE")).isEqualTo("0");

    operator.call("SET " + key(here, "a") + " 1");
    assertThat(operator.call("RENAME " + key(here, "a") + " " + key(elsewhere, "a")))
        .startsWith("CROSSSLOT");
    assertThat(operator.call("MSET " + key(here, "a") + " 1 " + key(elsewhere, "a") + " 1"))
        .startsWith("CROSSSLOT");
    assertThat(operator.call("EXISTS " + key(elsewhere, "a"))).isEqualTo("0");
  }

  @Test
  void transactionsScriptsAndWaitingWorkOnTheLoopOfTheirKeys() throws InterruptedException {
    for (int i : List.of(here, elsewhere)) {
      operator.call("MULTI");
      assertThat(operator.call("SET " + key(i, "n") + " 1")).isEqualTo("QUEUED");
      operator.call("INCR " + key(i, "n"));
      assertThat(operator.call("EXEC")).isEqualTo("OK 2");
      assertThat(
              operator.call(
                  "EVAL return{redis.call('incr',KEYS[1]),ARGV[1]} 1 " + key(i, "n") + " x"))
          .isEqualTo("3 x");
    }
    operator.call("MULTI");
    operator.call("SET " + key(here, "n") + " 9");
    operator.call("SET " + key(elsewhere, "n") + " 9");
    assertThat(operator.call("EXEC")).startsWith("EXECABORT");
    assertThat(operator.call("GET " + key(here, "n"))).isEqualTo("3");

    Thread pusher =
        Thread.ofVirtual().start(() -> deployments.get(elsewhere).call("RPUSH queue work"));
    assertThat(operator.call("BLPOP " + key(elsewhere, "queue") + " 20"))
        .isEqualTo(key(elsewhere, "queue") + " work");
    pusher.join();
  }

  @Test
  void walksMeetEveryKeyOnce() {
    Set<String> all = new HashSet<>();
    for (int i = 0; i < DEPLOYMENTS; i++) {
      for (int n = 0; n < 50; n++) {
        deployments.get(i).call("SET k" + n + " x");
        all.add(key(i, "k" + n));
      }
    }
    assertThat(operator.call("DBSIZE")).isEqualTo("300");
    assertThat(operator.call("KEYS *").split(" ")).hasSize(300).containsAll(all);
    assertThat(operator.call("KEYS " + names.get(3) + "::*").split(" ")).hasSize(50);
    List<String> met = new ArrayList<>();
    String cursor = "0";
    do {
      List<String> words = List.of(operator.call("SCAN " + cursor + " COUNT 7").split(" "));
      cursor = words.getFirst();
      met.addAll(words.subList(1, words.size()).stream().filter(w -> !w.isEmpty()).toList());
    } while (!cursor.equals("0"));
    assertThat(met).hasSize(300).containsAll(all);
    Set<String> drawn = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      String key = operator.call("RANDOMKEY");
      drawn.add(key.substring(0, key.indexOf("::")));
    }
    assertThat(drawn).hasSizeGreaterThan(3);
    assertThat(operator.call("INFO keyspace")).contains("db0:keys=300,expires=0");
    assertThat(operator.call("INFO stats")).contains("keyspace_hits");
    assertThat(operator.call("FLUSHALL")).isEqualTo("OK");
    assertThat(operator.call("DBSIZE")).isEqualTo("0");
    assertThat(deployments.get(elsewhere).call("DBSIZE")).isEqualTo("0");
    operator.call("MULTI");
    operator.call("DBSIZE");
    assertThat(operator.call("EXEC")).contains("ERR not possible in a transaction");
  }

  @Test
  void aTransactionOrScriptIsToldNoPartOfAllKeys() {
    deployments.get(here).call("SET key here");
    deployments.get(elsewhere).call("SET key elsewhere");
    for (String command : List.of("KEYS *", "SCAN 0", "SCRIPT FLUSH", "FUNCTION FLUSH")) {
      operator.call("MULTI");
      operator.call("SET " + names.get(here) + "::key changed");
      operator.call(command);
      assertThat(operator.call("EXEC"))
          .as(command)
          .contains("ERR not possible in a transaction or script");
    }
    for (String command : List.of("'KEYS','*'", "'SCAN',0", "'DBSIZE'")) {
      assertThat(operator.call("EVAL return(redis.call(" + command + ")) 0"))
          .startsWith("ERR not possible in a transaction or script");
    }
    assertThat(operator.call("KEYS *").split(" ")).hasSize(2);
  }

  @Test
  void clientsOfAllAreListedAndClosed() {
    deployments.get(elsewhere).call("CLIENT SETNAME reader");
    String list = operator.call("CLIENT LIST");
    assertThat(list.lines().map(line -> line.replaceFirst(".* deployment=", "")))
        .contains("")
        .containsAll(names);
    assertThat(list.lines().filter(each -> each.endsWith(" deployment=")))
        .singleElement()
        .asString()
        .contains(" user=operator ");
    assertThat(operator.call("CLIENT INFO")).contains(" user=operator ");
    assertThat(operator.call("CLIENT KILL USER operator")).isEqualTo("0");
    String line =
        list.lines().filter(each -> each.contains("name=reader")).collect(Collectors.joining());
    assertThat(line).endsWith("deployment=" + names.get(elsewhere));
    String id = line.replaceFirst("id=(\\d+) .*", "$1");
    assertThat(operator.call("CLIENT LIST ID " + id).trim()).contains("name=reader");
    assertThat(operator.call("CLIENT KILL ID " + id)).isEqualTo("1");
    assertThat(operator.call("CLIENT LIST")).doesNotContain("name=reader");
    assertThat(operator.call("CLIENT KILL 127.0.0.1:1")).isEqualTo("ERR No such client");
    assertThat(operator.call("CLIENT KILL TYPE normal")).isEqualTo("5");
    assertThat(operator.call("PING")).isEqualTo("PONG");
  }

  @Test
  void memoryIsToldOfAll() {
    for (int i = 0; i < DEPLOYMENTS; i++) {
      deployments.get(i).call("SET key " + "x".repeat(10_000));
    }
    String stats = operator.call("MEMORY STATS");
    assertThat(stats).contains("keys.count " + DEPLOYMENTS + " ");
    assertThat(Long.parseLong(stats.replaceFirst("(?s).*dataset.bytes (\\d+).*", "$1")))
        .isGreaterThan(DEPLOYMENTS * 10_000L);
    assertThat(deployments.get(elsewhere).call("MEMORY STATS"))
        .contains("keys.count 1 ")
        .doesNotContain("heap", "allocator");
    assertThat(deployments.get(elsewhere).call("MEMORY DOCTOR")).startsWith("The data takes ");
    assertThat(deployments.get(elsewhere).call("MEMORY PURGE")).startsWith("NOPERM");
    assertThat(operator.call("MEMORY DOCTOR")).startsWith("The data takes ");
    assertThat(operator.call("MEMORY PURGE")).isEqualTo("OK");
  }

  @Test
  void commandsAndErrorsAreCountedOfAll() {
    for (Words deployment : deployments) {
      deployment.call("SET key 1");
      deployment.call("LPUSH key 1");
    }
    assertThat(operator.call("INFO commandstats errorstats"))
        .contains("cmdstat_set:calls=" + DEPLOYMENTS + ",")
        .containsPattern("cmdstat_lpush:calls=\\d,\\S+failed_calls=" + DEPLOYMENTS)
        .containsPattern("cmdstat_auth:calls=[7-9],")
        .contains("errorstat_WRONGTYPE:count=" + DEPLOYMENTS);
    assertThat(operator.call("CONFIG RESETSTAT")).isEqualTo("OK");
    assertThat(operator.call("INFO commandstats errorstats"))
        .doesNotContain("cmdstat_set:", "errorstat_WRONGTYPE");
    assertThat(deployments.get(elsewhere).call("INFO commandstats")).doesNotContain("cmdstat_set:");
  }

  @Test
  void theSlowLogAndTheMonitorAreOfAll() {
    operator.call("CONFIG SET slowlog-log-slower-than 0");
    deployments.get(elsewhere).call("SET slow 1");
    assertThat(operator.call("SLOWLOG GET -1"))
        .contains("SET slow 1")
        .contains(names.get(elsewhere));
    assertThat(operator.call("SLOWLOG RESET")).isEqualTo("OK");
    try (Wire monitor = Wire.to(gateway.ports().redis())) {
      assertThat(monitor.ask("AUTH operator operator")).isEqualTo("+OK");
      assertThat(monitor.ask("MONITOR")).isEqualTo("+OK");
      for (int i : List.of(here, elsewhere)) {
        deployments.get(i).call("SET seen " + i);
        assertThat(monitor.line())
            .endsWith("deployment=" + names.get(i) + "] \"SET\" \"seen\" \"" + i + "\"");
      }
      Words later = as("shop.later", "shop");
      deployments.add(later);
      later.call("SET arrives 1");
      String line = monitor.line();
      while (!line.contains("arrives")) {
        line = monitor.line();
      }
      assertThat(line).contains("deployment=shop.later");
    }
  }
}
