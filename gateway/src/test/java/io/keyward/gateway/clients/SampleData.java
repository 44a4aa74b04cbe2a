package io.keyward.gateway.clients;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.util.SafeEncoder;

/** Keys of every type and encoding, and what a server tells of them. */
final class SampleData {
  private SampleData() {}

  /** Makes the keys. */
  static void fill(Jedis server) {
    server.set("integer", "1234567890123");
    server.set("small", "-12");
    server.set("text", "hello");
    server.set("long", "compressible ".repeat(2000));
    server.rpush("list", "a", "1", "-70000");
    server.sadd("integers", "1", "70000", "-99999999999");
    server.sadd("words", "a", "b", "1");
    server.hset("hash", Map.of("f", "v", "n", "12"));
    server.zadd("zset", Map.of("a", 1.0, "b", 2.5, "c", Double.POSITIVE_INFINITY));
    for (int i = 0; i < 700; i++) {
      String text = "element-" + i;
      server.rpush("big list", text.repeat(1 + i % 40));
      server.sadd("big set", text);
      server.sadd("big integers", String.valueOf(i));
      server.hset("big hash", text, "value-" + i);
      server.zadd("big zset", i / 7.0, text);
      server.sendCommand(
          Command.XADD, "stream", (i + 1) + "-" + i, "f", text, i % 3 == 0 ? "other" : "same", "1");
    }
    server.pfadd("hll", "a", "b", "c");
    server.sendCommand(Command.XDEL, "stream", "3-2", "500-499");
    server.sendCommand(Command.XGROUP, "CREATE", "stream", "group", "0");
    read(server, "alice", "7");
    read(server, "bob", "2");
    server.sendCommand(Command.XACK, "stream", "group", "1-0");
  }

  private static void read(Jedis server, String consumer, String count) {
    server.sendCommand(
        Command.XREADGROUP, "GROUP", "group", consumer, "COUNT", count, "STREAMS", "stream", ">");
  }

  /** What reading commands tell of each key. */
  static Map<String, Object> of(Jedis server) {
    Map<String, Object> content = new TreeMap<>();
    for (String key : server.keys("*")) {
      Object value =
          switch (server.type(key)) {
            case "string" -> server.get(key);
            case "list" -> server.lrange(key, 0, -1);
            case "set" -> server.smembers(key);
            case "hash" -> new TreeMap<>(server.hgetAll(key));
            case "zset" -> server.zrangeWithScores(key, 0, -1);
            default -> stream(server, key);
          };
      content.put(key, value);
    }
    return content;
  }

  private static Object stream(Jedis server, String key) {
    List<Object> told = new ArrayList<>();
    told.add(plain(server.sendCommand(Command.XRANGE, key, "-", "+")));
    told.add(plain(server.sendCommand(Command.XPENDING, key, "group")));
    told.add(plain(server.sendCommand(Command.XINFO, "GROUPS", key)));
    return told;
  }

  private static Object plain(Object reply) {
    if (reply instanceof byte[] bytes) {
      return SafeEncoder.encode(bytes);
    }
    return reply instanceof List<?> list
        ? list.stream().map(SampleData::plain).toList()
        : String.valueOf(reply);
  }
}
