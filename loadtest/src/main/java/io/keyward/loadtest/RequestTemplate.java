package io.keyward.loadtest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One request, encoded, with the places in it that take a new number each time it is sent. It may
 * consist of several commands in a row.
 */
final class RequestTemplate {
  /** What stands for a number in the words of a request, as in redis-benchmark. */
  static final String SLOT = "__rand_int__";

  static final int SLOT_DIGITS = 12;

  private final byte[] bytes;
  private final int[] slots;
  private final int commands;

  private RequestTemplate(byte[] bytes, int[] slots, int commands) {
    this.bytes = bytes;
    this.slots = slots;
    this.commands = commands;
  }

  /** A request of several commands. */
  static RequestTemplate inARow(List<List<String>> commands) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<Integer> slots = new ArrayList<>();
    commands.forEach(words -> append(out, slots, words));
    return new RequestTemplate(
        out.toByteArray(), slots.stream().mapToInt(Integer::intValue).toArray(), commands.size());
  }

  static RequestTemplate of(List<String> words) {
    return inARow(List.of(words));
  }

  private static void append(ByteArrayOutputStream out, List<Integer> slots, List<String> words) {
    append(out, "*" + words.size() + "\r\n");
    for (String word : words) {
      append(out, "$" + word.length() + "\r\n");
      int start = out.size();
      for (int at = word.indexOf(SLOT); at >= 0; at = word.indexOf(SLOT, at + SLOT_DIGITS)) {
        slots.add(start + at);
      }
      append(out, word.replace(SLOT, "0".repeat(SLOT_DIGITS)) + "\r\n");
    }
  }

  static RequestTemplate of(String... words) {
    return of(List.of(words));
  }

  /** The RESP array; not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  /** Offsets in it of numbers of {@value #SLOT_DIGITS} digits; not to be changed. */
  int[] slots() {
    return slots;
  }

  /** How many replies belong to it. */
  int commands() {
    return commands;
  }

  int length() {
    return bytes.length;
  }

  private static void append(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
