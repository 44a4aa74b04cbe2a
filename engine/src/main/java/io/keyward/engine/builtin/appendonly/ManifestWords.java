package io.keyward.engine.builtin.appendonly;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Splits a line into words, some in double quotes with escapes, as Redis's configuration does. */
final class ManifestWords {
  private final String line;
  private int at;

  private ManifestWords(String line) {
    this.line = line;
  }

  /** The words, or null if a quote is not closed. */
  static @Nullable List<String> of(String line) {
    ManifestWords reader = new ManifestWords(line.strip());
    List<String> words = new ArrayList<>();
    while (reader.at < reader.line.length()) {
      String word = reader.line.charAt(reader.at) == '"' ? reader.quoted() : reader.plain();
      if (word == null) {
        return null;
      }
      words.add(word);
      while (reader.at < reader.line.length() && reader.line.charAt(reader.at) == ' ') {
        reader.at++;
      }
    }
    return words;
  }

  private String plain() {
    int end = line.indexOf(' ', at);
    String word = line.substring(at, end < 0 ? line.length() : end);
    at += word.length();
    return word;
  }

  private @Nullable String quoted() {
    ByteArrayOutputStream word = new ByteArrayOutputStream();
    for (at++; at < line.length(); at++) {
      char c = line.charAt(at);
      if (c == '"') {
        at++;
        return word.toString(StandardCharsets.UTF_8);
      }
      if (c == '\\' && at + 1 < line.length()) {
        c = line.charAt(++at);
        int high = c == 'x' ? digit(at + 1) : -1;
        int low = digit(at + 2);
        if (high >= 0 && low >= 0) {
          word.write(high * 16 + low);
          at += 2;
          continue;
        }
      }
      word.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
    }
    return null;
  }

  /** The hexadecimal digit at an index, or -1 if there is none. */
  private int digit(int index) {
    return index < line.length() ? Character.digit(line.charAt(index), 16) : -1;
  }
}
