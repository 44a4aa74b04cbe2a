package io.keyward.engine.builtin;

import java.util.StringJoiner;

/**
 * Shows RESP as short text: {@code OK}, {@code 1}, {@code "bulk"}, {@code nil}, {@code [a b]},
 * {@code {k v}} for a map, {@code <a>} for a set, {@code >[..]} for a push, {@code !line} for an
 * error; several replies are separated by {@code |}.
 */
final class RespText {
  private final String resp;
  private int at;

  private RespText(String resp) {
    this.resp = resp;
  }

  static String of(String resp) {
    RespText reader = new RespText(resp);
    StringJoiner replies = new StringJoiner("|");
    while (reader.at < resp.length()) {
      replies.add(reader.next());
    }
    return replies.toString();
  }

  private String line() {
    int end = resp.indexOf("\r\n", at);
    String line = resp.substring(at, end);
    at = end + 2;
    return line;
  }

  private String next() {
    String line = line();
    String rest = line.substring(1);
    return switch (line.charAt(0)) {
      case '+', ':', ',', '(' -> rest;
      case '#' -> rest.equals("t") ? "true" : "false";
      case '-' -> "!" + rest;
      case '_' -> "nil";
      case '$', '=' -> bulk(Integer.parseInt(rest));
      case '*' -> rest.equals("-1") ? "nil" : aggregate("[", "]", Integer.parseInt(rest));
      case '%' -> aggregate("{", "}", Integer.parseInt(rest) * 2);
      case '~' -> aggregate("<", ">", Integer.parseInt(rest));
      case '>' -> aggregate(">[", "]", Integer.parseInt(rest));
      default -> throw new IllegalArgumentException("not RESP: " + line);
    };
  }

  private String bulk(int length) {
    if (length < 0) {
      return "nil";
    }
    String text = resp.substring(at, at + length);
    at += length + 2;
    return '"' + text + '"';
  }

  private String aggregate(String open, String close, int elements) {
    StringJoiner joined = new StringJoiner(" ", open, close);
    for (int i = 0; i < elements; i++) {
      joined.add(next());
    }
    return joined.toString();
  }
}
