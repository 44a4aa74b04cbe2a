package io.keyward.gateway.server;

import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.Patience;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;

/** A connection that takes commands as words and shows replies as text. */
final class Words implements AutoCloseable {
  private final Jedis jedis;

  Words(Gateway gateway) {
    jedis = new Jedis("127.0.0.1", gateway.ports().redis(), Patience.MILLIS);
  }

  /** Sends the words of a line; the elements of an array are shown between blanks. */
  String call(String line) {
    String[] words = line.split(" ", -1);
    byte[][] rest = new byte[words.length - 1][];
    for (int i = 1; i < words.length; i++) {
      rest[i - 1] = words[i].getBytes(StandardCharsets.UTF_8);
    }
    try {
      return text(jedis.sendCommand(() -> words[0].getBytes(StandardCharsets.UTF_8), rest));
    } catch (JedisDataException error) {
      return String.valueOf(error.getMessage());
    }
  }

  private static String text(Object reply) {
    return switch (reply) {
      case null -> "nil";
      case byte[] bytes -> new String(bytes, StandardCharsets.UTF_8);
      case List<?> elements -> elements.stream().map(Words::text).collect(Collectors.joining(" "));
      default -> reply.toString();
    };
  }

  @Override
  public void close() {
    jedis.close();
  }
}
