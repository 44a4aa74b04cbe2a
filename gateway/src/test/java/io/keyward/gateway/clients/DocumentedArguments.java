package io.keyward.gateway.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;

/**
 * The arguments that a server tells of in its answer to COMMAND DOCS, as texts that are equal when
 * the same requests follow from them.
 *
 * <p>{@code KEY [LIMIT integer integer] (string double)+}: words, types in small letters, brackets
 * around what may be missing, a plus behind what repeats. Names do not count, nor whether a token
 * is told with a block or with its first member.
 */
final class DocumentedArguments {
  private DocumentedArguments() {}

  /** The arguments of every command, asked for in RESP2. */
  static Map<String, String> all(RedisClient server) {
    Map<String, String> all = new TreeMap<>();
    addAll(server.executeCommand(new CommandArguments(Command.COMMAND).add("DOCS")), all);
    return all;
  }

  private static void addAll(Object documented, Map<String, String> all) {
    fields(documented)
        .forEach(
            (name, value) -> {
              Map<String, Object> fields = fields(value);
              all.put(name, sequence(fields.getOrDefault("arguments", List.of())));
              addAll(fields.getOrDefault("subcommands", List.of()), all);
            });
  }

  private static String sequence(Object arguments) {
    return each(arguments).collect(Collectors.joining(" "));
  }

  private static Stream<String> each(Object arguments) {
    return ((List<?>) arguments).stream().map(argument -> one(fields(argument)));
  }

  private static String one(Map<String, Object> argument) {
    String type = text(argument.get("type"));
    String token = text(argument.getOrDefault("token", "")).toUpperCase(Locale.ROOT);
    Object members = argument.getOrDefault("arguments", List.of());
    String value =
        switch (type) {
          case "pure-token" -> "";
          case "block" -> sequence(members);
          case "oneof" -> each(members).sorted().collect(Collectors.joining(" | ", "<", ">"));
          default -> type;
        };
    String whole = (token + " " + value).strip();
    List<String> flags =
        ((List<?>) argument.getOrDefault("flags", List.of()))
            .stream().map(DocumentedArguments::text).toList();
    if (flags.contains("multiple_token")) {
      whole = "(" + whole + ")+";
    } else if (flags.contains("multiple")) {
      whole = (token + " (" + value + ")+").strip();
    }
    return flags.contains("optional") ? "[" + whole + "]" : whole;
  }

  private static Map<String, Object> fields(Object flat) {
    List<?> list = (List<?>) flat;
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < list.size(); i += 2) {
      map.put(text(list.get(i)), list.get(i + 1));
    }
    return map;
  }

  private static String text(Object value) {
    return value instanceof byte[] bytes ? new String(bytes, UTF_8) : value.toString();
  }
}
