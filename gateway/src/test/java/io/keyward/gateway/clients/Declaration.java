package io.keyward.gateway.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;

/**
 * A command as a server declares it in its answer to COMMAND.
 *
 * @param name in lower case; of a subcommand {@code parent|name}
 * @param container whether it has subcommands
 * @param aspects what is declared, each aspect as text that compares equal when its meaning is
 *     equal; those that the server's version does not tell are missing
 */
record Declaration(String name, boolean container, Map<String, String> aspects) {

  /** Everything that the server declares, by name. */
  static Map<String, Declaration> all(RedisClient server) {
    Map<String, Declaration> all = new TreeMap<>();
    for (Object entry :
        list(server.executeCommand(new CommandArguments(Protocol.Command.COMMAND)))) {
      add(list(entry), all);
    }
    return all;
  }

  private static void add(List<?> entry, Map<String, Declaration> all) {
    String name = text(entry.get(0));
    Map<String, String> aspects = new LinkedHashMap<>();
    aspects.put("arity", entry.get(1).toString());
    aspects.put("flags", sorted(entry.get(2)));
    aspects.put("keys", "%s to %s by %s".formatted(entry.get(3), entry.get(4), entry.get(5)));
    aspects.put("categories", sorted(entry.get(6)));
    List<?> subcommands = List.of();
    if (entry.size() > 9) { // 7.0 and newer
      aspects.put("tips", sorted(entry.get(7)));
      aspects.put(
          "key specifications",
          list(entry.get(8)).stream().map(Declaration::specification).toList().toString());
      subcommands = list(entry.get(9));
    }
    all.put(name, new Declaration(name, !subcommands.isEmpty(), aspects));
    for (Object subcommand : subcommands) {
      add(list(subcommand), all);
    }
  }

  /** Flags, begin_search and find_keys; the notes are for people. */
  private static String specification(Object specification) {
    Map<String, Object> fields = pairs(list(specification));
    return "%s %s %s"
        .formatted(
            sorted(fields.get("flags")),
            nested(fields.get("begin_search")),
            nested(fields.get("find_keys")));
  }

  private static String nested(Object value) {
    return switch (value) {
      case List<?> pairs ->
          pairs(pairs).entrySet().stream()
              .sorted(Map.Entry.comparingByKey())
              .map(each -> each.getKey() + "=" + nested(each.getValue()))
              .collect(Collectors.joining(" ", "{", "}"));
      case byte[] bytes -> text(bytes);
      default -> value.toString();
    };
  }

  private static Map<String, Object> pairs(List<?> flat) {
    Map<String, Object> map = new HashMap<>();
    for (int i = 0; i < flat.size(); i += 2) {
      map.put(text(flat.get(i)), flat.get(i + 1));
    }
    return map;
  }

  private static String sorted(Object words) {
    return list(words).stream()
        .map(Declaration::text)
        .collect(Collectors.toCollection(TreeSet::new))
        .toString();
  }

  private static List<?> list(Object value) {
    return new ArrayList<>((List<?>) value);
  }

  private static String text(Object value) {
    return value instanceof byte[] bytes ? new String(bytes, UTF_8) : value.toString();
  }
}
