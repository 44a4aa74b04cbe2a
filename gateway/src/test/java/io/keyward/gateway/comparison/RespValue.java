package io.keyward.gateway.comparison;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A reply of either protocol.
 *
 * @param kind the character that it begins with on the wire
 * @param text what a simple value says, byte for character; the length of an aggregate
 * @param elements what an aggregate holds
 */
record RespValue(char kind, String text, List<RespValue> elements) {

  static RespValue read(InputStream in) throws IOException {
    String line = line(in);
    char kind = line.charAt(0);
    String rest = line.substring(1);
    return switch (kind) {
      case '$', '=' -> rest.equals("-1") ? new RespValue('_', "", List.of()) : bulk(kind, rest, in);
      case '*', '~', '>', '%' ->
          rest.equals("-1")
              ? new RespValue('_', "array", List.of())
              : aggregate(kind, kind == '%' ? 2 : 1, rest, in);
      default -> new RespValue(kind, rest, List.of());
    };
  }

  private static RespValue bulk(char kind, String length, InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(Integer.parseInt(length) + 2);
    return new RespValue(
        kind, new String(bytes, 0, bytes.length - 2, StandardCharsets.ISO_8859_1), List.of());
  }

  private static RespValue aggregate(char kind, int each, String size, InputStream in)
      throws IOException {
    List<RespValue> elements = new ArrayList<>();
    for (int i = Integer.parseInt(size) * each; i > 0; i--) {
      elements.add(read(in));
    }
    return new RespValue(kind, size, elements);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the server closed the connection after \"" + line + '"');
      }
      line.append((char) b);
    }
    return line.substring(0, line.length() - 1);
  }

  boolean kindIs(char other) {
    return kind == other;
  }

  boolean isError() {
    return kind == '-';
  }

  /** The same with its elements, taken by {@code each}, in an order of their own. */
  RespValue sorted(int each) {
    List<List<RespValue>> groups = new ArrayList<>();
    for (int i = 0; i + each <= elements.size(); i += each) {
      groups.add(elements.subList(i, i + each));
    }
    groups.sort(Comparator.comparing(List::toString));
    return new RespValue(kind, text, groups.stream().flatMap(List::stream).toList());
  }

  /** The same with another element at an index, if there is one. */
  RespValue with(int index, RespValue element) {
    if (index >= elements.size()) {
      return this;
    }
    List<RespValue> changed = new ArrayList<>(elements);
    changed.set(index, element);
    return new RespValue(kind, text, changed);
  }

  @Override
  public String toString() {
    return switch (kind) {
      case '*', '~', '>', '%' ->
          elements.stream()
              .map(RespValue::toString)
              .collect(Collectors.joining(" ", kind + "[", "]"));
      default -> kind + Words.shown(text);
    };
  }
}
