package io.keyward.loadtest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The scripts of a chat application. */
enum Script {
  /** Guards and appends a token to its stream. */
  APPEND("append-token.lua"),
  /** Numbers tokens and publishes them. */
  ANNOUNCE("announce-token.lua"),
  /** Counts requests of a client within a window. */
  LIMITER("rate-limit.lua");

  private final String text;

  Script(String file) {
    try (InputStream in = Script.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("the program lacks its script " + file);
      }
      text = new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String text() {
    return text;
  }

  /** What EVALSHA names the script by. */
  String hash() {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The words of a call.
   *
   * @param command EVAL with the text, or EVALSHA with its hash
   */
  List<String> call(String command, int keys, String... keysAndArguments) {
    List<String> words = new ArrayList<>();
    words.add(command);
    words.add(command.equals("EVAL") ? text : hash());
    words.add(Integer.toString(keys));
    words.addAll(List.of(keysAndArguments));
    return words;
  }

  /** A token that is announced on the channel of the workloads. */
  static List<String> announce() {
    String event =
        "{\"type\":\"chunk\",\"data\":{\"type\":\"delta\",\"text\":\""
            + " token\",\"messageId\":\"m1\"}}";
    return ANNOUNCE.call("EVAL", 1, "stream:{c0}:seq", "1", "stream:{c0}:events", event, "86400");
  }
}
