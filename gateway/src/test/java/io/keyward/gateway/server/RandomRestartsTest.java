package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients of three deployments, two of which share keys, and the operator send random commands
 * while the files are written anew again and again. What is there in the end is there after a kill,
 * after which only the files are left, and after a stop in good order.
 */
class RandomRestartsTest {
  private static final List<String> DEPLOYMENTS = List.of("blue", "green", "other");
  private static final int DATABASES = 3;

  /** {k} is a key, {N} a number, {V} a value, {M} a member; nothing expires within the test. */
  private static final List<String> COMMANDS =
      Arrays.asList(
          """
          SET {k} {V}|SET {k} {V} GET|SET {k} {V} EX 10000|GETEX {k} EX 20000|GETEX {k} PERSIST
          GETSET {k} {V}|GETDEL {k}|APPEND {k} {V}|SETRANGE {k} 150000 {V}|INCR {k}|MSET {k} {V} {k} {V}
          LPUSH {k} {V} {V}|RPUSH {k} {V}|LPOP {k}|LMOVE {k} {k} LEFT RIGHT|BLMOVE {k} {k} LEFT LEFT 0.01
          BLPOP {k} {k} 0.01|SADD {k} {M} {M}|SPOP {k}|SUNIONSTORE {k} {k} {k}|SMOVE {k} {k} {M}
          ZADD {k} {N} {M} {N} {M}|ZPOPMIN {k}|ZUNIONSTORE {k} 2 {k} {k}|HSET {k} {M} {V} {M} {V}
          HDEL {k} {M}|HEXPIRE {k} 10000 FIELDS 1 {M}|HGETDEL {k} FIELDS 1 {M}|DELEX {k}
          XADD {k} * f {V}|XTRIM {k} MAXLEN 3|EXPIRE {k} 10000|PERSIST {k}|DEL {k}|RENAME {k} {k}
          COPY {k} {k} REPLACE|COPY {k} {k} DB 1|MOVE {k} 2|SORT {k} ALPHA STORE {k}|SELECT {D}|SWAPDB 0 2
          SADD {k} {B}|RPUSH {k} {B}|ZADD {k} {P}|HSET {k} {Q}
          EVAL redis.call('SET',KEYS[1],'half')redis.call('SET',KEYS[1],ARGV[1]) 1 {k} {V}
          EVAL local\ti;for\ti=1,300000\tdo\tend\tredis.pcall('INCR',KEYS[1]) 1 {k}
          MULTI|EXEC|EXEC|DISCARD\
          """
              .strip()
              .split("[|\n]\\s*"));

  private static final Pattern PLACE = Pattern.compile("\\{(.)}");

  @TempDir Path folder;
  private final long seed = Long.getLong("test.seed", System.nanoTime());

  RandomRestartsTest() {
    System.err.println("RandomRestartsTest seed " + seed);
  }

  private Gateway start(Path data, int loops) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            """
            event-loops: %d
            operator: {username: operator, password: of-operator}
            namespaces: [SHARED, PINNED]
            tenants:
              app:
                shared: [SHARED]
                pinned: [PINNED]
                deployments:
                  blue: {prefix: blue, password: of-blue}
                  green: {prefix: green, password: of-green}
              shop:
                deployments:
                  other: {prefix: other, password: of-other}
            """
                .formatted(loops));
    return Gateways.startWith(Map.of(), file.toString(), "--dir", data.toString());
  }

  private static Words as(Gateway gateway, String name) {
    Words wire = new Words(gateway);
    assertThat(wire.call("AUTH " + name + " of-" + name)).isEqualTo("OK");
    return wire;
  }

  @Test
  void whatIsThereStaysThere() throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    Path data = folder.resolve("data");
    for (int round = 0; round < 2; round++) {
      String told = "seed " + seed + ", round " + round;
      Map<String, String> before;
      Path killed = folder.resolve("killed" + round);
      try (Gateway gateway = start(data, 1 + round)) {
        work(gateway, random);
        before = state(gateway);
        copy(data, killed);
      }
      try (Gateway afterKill = start(killed, 1 + round)) {
        assertThat(state(afterKill)).as(told).isEqualTo(before);
      }
      try (Gateway afterStop = start(data, 1 + round)) {
        assertThat(state(afterStop)).as(told).isEqualTo(before);
      }
    }
  }

  private static void work(Gateway gateway, SplittableRandom random) throws Exception {
    List<Callable<Void>> clients = new ArrayList<>();
    for (String name : List.of("blue", "blue", "green", "green", "other", "operator")) {
      SplittableRandom own = random.split();
      clients.add(() -> send(gateway, name, own));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(clients.size());
        Words operator = as(gateway, "operator")) {
      List<Future<Void>> ends = clients.stream().map(threads::submit).toList();
      while (!ends.stream().allMatch(Future::isDone)) {
        operator.call(random.nextInt(3) == 0 ? "BGSAVE" : "BGREWRITEAOF");
        Thread.sleep(5);
      }
      for (Future<Void> end : ends) {
        end.get();
      }
      long deadline = System.nanoTime() + Patience.NANOS;
      while (isWriting(operator.call("INFO persistence")) && System.nanoTime() < deadline) {
        Thread.sleep(5);
      }
    }
  }

  private static boolean isWriting(String info) {
    return info.contains("rdb_bgsave_in_progress:1")
        || info.contains("aof_rewrite_in_progress:1")
        || info.contains("aof_rewrite_scheduled:1");
  }

  private static Void send(Gateway gateway, String name, SplittableRandom random) {
    try (Words wire = as(gateway, name)) {
      for (int i = 0; i < 700; i++) {
        String template = COMMANDS.get(random.nextInt(COMMANDS.size()));
        boolean ofAll = template.startsWith("SWAPDB") && name.equals("operator");
        if (!ofAll) {
          String _ = wire.call(filled(template, name, random));
        }
      }
      String _ = wire.call("EXEC");
    }
    return null;
  }

  private static String filled(String template, String name, SplittableRandom random) {
    Matcher places = PLACE.matcher(template);
    return places.replaceAll(
        place ->
            switch (place.group(1)) {
              case "N" -> Integer.toString(random.nextInt(100));
              case "D" -> Integer.toString(random.nextInt(DATABASES));
              case "V" -> "v".repeat(random.nextInt(30)) + random.nextInt(100);
              case "M" -> "m" + random.nextInt(20);
              case "B" -> many(random, "", "");
              case "P" -> many(random, "1 ", "");
              case "Q" -> many(random, "", " 1");
              default -> key(name, random);
            });
  }

  /** Enough elements for a value that is written in pieces. */
  private static String many(SplittableRandom random, String before, String after) {
    int from = random.nextInt(1000);
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      all.add(before + "x".repeat(80) + (from + i) + after);
    }
    return String.join(" ", all);
  }

  private static String key(String name, SplittableRandom random) {
    String key =
        switch (random.nextInt(4)) {
          case 0 -> "SHARED:";
          case 1 -> name.equals("other") ? "" : "PINNED:";
          default -> "";
        };
    String prefix =
        name.equals("operator") ? DEPLOYMENTS.get(random.nextInt(DEPLOYMENTS.size())) + "::" : "";
    return prefix + key + "k" + random.nextInt(6);
  }

  /** Every key but the pinned ones, with its value. */
  private static Map<String, String> state(Gateway gateway) {
    Map<String, String> state = new TreeMap<>();
    for (String name : DEPLOYMENTS) {
      try (Words wire = as(gateway, name)) {
        for (int database = 0; database < DATABASES; database++) {
          wire.call("SELECT " + database);
          String keys = wire.call("KEYS *");
          for (String key : keys.split(" ", -1)) {
            if (!key.isEmpty() && !(key.startsWith("PINNED:") && !name.equals("other"))) {
              state.put(name + " " + database + " " + key, value(wire, key));
            }
          }
        }
      }
    }
    return state;
  }

  private static String value(Words wire, String key) {
    String type = wire.call("TYPE " + key);
    String value =
        switch (type) {
          case "string" -> wire.call("GET " + key);
          case "list" -> wire.call("LRANGE " + key + " 0 -1");
          case "set" -> sorted(wire.call("SMEMBERS " + key));
          case "zset" -> wire.call("ZRANGE " + key + " 0 -1 WITHSCORES");
          case "stream" -> wire.call("XRANGE " + key + " - +");
          default -> {
            String fields = wire.call("HKEYS " + key);
            int count = fields.split(" ", -1).length;
            yield Stream.of(fields.split(" ", -1))
                    .sorted()
                    .map(field -> field + "=" + wire.call("HGET " + key + " " + field))
                    .toList()
                    .toString()
                + sorted(wire.call("HPEXPIRETIME " + key + " FIELDS " + count + " " + fields));
          }
        };
    return type + " " + wire.call("PEXPIRETIME " + key) + " " + value;
  }

  private static String sorted(String words) {
    return String.join(" ", Stream.of(words.split(" ", -1)).sorted().toList());
  }

  /** What a kill would leave: each file as it is now. */
  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }
}
