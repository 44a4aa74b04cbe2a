package io.keyward.engine.builtin.debug;

import io.keyward.engine.Client;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.command.Command;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Commands that the keyspace executes for itself, without a connection. */
final class Offline {
  private Offline() {}

  /** A request of a command's name, a key and further words. */
  static Request request(
      Client client, Database database, Command command, long now, byte[] key, String... further) {
    List<byte[]> words = new ArrayList<>();
    words.add(command.name().getBytes(StandardCharsets.ISO_8859_1));
    words.add(key);
    for (String word : further) {
      words.add(word.getBytes(StandardCharsets.ISO_8859_1));
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    words.forEach(all::writeBytes);
    Request request = new Request();
    request.begin(all.toByteArray());
    int at = 0;
    for (byte[] word : words) {
      request.add(at, word.length);
      at += word.length;
    }
    request.client(client);
    request.command(command);
    request.store(database);
    request.now(now);
    return request;
  }

  /** The bulk strings of a RESP2 reply: of one, or of a flat array. */
  static List<byte[]> strings(Reply reply) {
    byte[] bytes = reply.bytes();
    List<byte[]> strings = new ArrayList<>();
    int at = 0;
    while (at < reply.length()) {
      int end = at + 1;
      int number = 0;
      while (bytes[end] != '\r') {
        number = number * 10 + bytes[end] - '0';
        end++;
      }
      boolean bulk = bytes[at] == '$';
      at = end + 2;
      if (bulk) {
        strings.add(Arrays.copyOfRange(bytes, at, at + number));
        at += number + 2;
      }
    }
    return strings;
  }
}
