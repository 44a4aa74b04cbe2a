package io.keyward.engine.builtin.appendonly;

import io.keyward.config.file.FileFailure;
import io.keyward.engine.builtin.disk.Disk;
import io.keyward.engine.builtin.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which files make up an append-only file, in Redis's format: a line for each.
 *
 * <pre>
 * file appendonly.aof.1.base.rdb seq 1 type b
 * file appendonly.aof.1.incr.aof seq 1 type i
 * </pre>
 *
 * <p>The data is what the base holds and then all increments in their order. Files of the history
 * are no longer needed and are going to be deleted.
 *
 * @param base may be null, then the increments begin with nothing
 */
record Manifest(@Nullable Part base, List<Part> history, List<Part> increments) {
  static final Manifest EMPTY = new Manifest(null, List.of(), List.of());

  private static final int LONGEST_LINE = 1024;

  /** A file by its name in the folder, and its number among those of its kind. */
  record Part(String file, long sequence) {}

  Manifest {
    history = List.copyOf(history);
    increments = List.copyOf(increments);
  }

  /** The number of the base that was written last, 0 if there was none. */
  long lastBase() {
    Part present = base;
    long last = present == null ? 0 : present.sequence();
    return last;
  }

  /** The number of the increment that was begun last, 0 if there was none. */
  long lastIncrement() {
    return increments.isEmpty() ? 0 : increments.getLast().sequence();
  }

  /** With a further increment. */
  Manifest plus(Part increment) {
    List<Part> more = new ArrayList<>(increments);
    more.add(increment);
    return new Manifest(base, history, more);
  }

  /** With another base, which holds all that stood before this increment. */
  Manifest rebased(Part newBase, Part firstKept) {
    List<Part> old = new ArrayList<>(history);
    Part former = base;
    if (former != null) {
      old.add(former);
    }
    List<Part> kept = new ArrayList<>();
    for (Part increment : increments) {
      (increment.sequence() < firstKept.sequence() ? old : kept).add(increment);
    }
    return new Manifest(newBase, old, kept);
  }

  /** Without the files that are no longer needed. */
  Manifest withoutHistory() {
    return new Manifest(base, List.of(), increments);
  }

  /* Text. */

  String text() {
    StringBuilder text = new StringBuilder();
    Part present = base;
    if (present != null) {
      line(text, present, 'b');
    }
    history.forEach(part -> line(text, part, 'h'));
    increments.forEach(part -> line(text, part, 'i'));
    return text.toString();
  }

  private static void line(StringBuilder text, Part part, char type) {
    text.append("file ").append(quotedIfNeeded(part.file()));
    text.append(" seq ").append(part.sequence()).append(" type ").append(type).append('\n');
  }

  private static String quotedIfNeeded(String name) {
    boolean plain = name.chars().allMatch(c -> c > ' ' && c < 127 && "\"'\\".indexOf(c) < 0);
    if (plain) {
      return name;
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
      int c = each & 0xFF;
      if (c == '"' || c == '\\') {
        quoted.append('\\').append((char) c);
      } else if (c >= ' ' && c < 127) {
        quoted.append((char) c);
      } else {
        quoted.append("\\x%02x".formatted(c));
      }
    }
    return quoted.append('"').toString();
  }

  /**
   * Reads a manifest.
   *
   * @throws IOException if it is not there, cannot be read, or makes no sense
   */
  static Manifest read(Path file) throws IOException {
    Part base = null;
    List<Part> history = new ArrayList<>();
    List<Part> increments = new ArrayList<>();
    int number = 0;
    for (String line : lines(file)) {
      number++;
      if (line.startsWith("#")) {
        continue;
      }
      if (line.length() > LONGEST_LINE) {
        throw wrong(file, number, "the line is too long");
      }
      List<String> words = ManifestWords.of(line);
      if (words == null || words.size() < 6 || words.size() % 2 != 0) {
        throw wrong(file, number, "it is not: file <name> seq <number> type <b, h or i>");
      }
      String name = "";
      String type = "";
      long sequence = 0;
      for (int i = 0; i < words.size(); i += 2) {
        String value = words.get(i + 1);
        switch (words.get(i).toLowerCase(Locale.ROOT)) {
          case "file" -> name = value;
          case "type" -> type = value;
          case "seq" -> sequence = value.matches("[0-9]{1,18}") ? Long.parseLong(value) : 0;
          default -> {}
        }
      }
      if (name.isEmpty() || name.contains("/") || sequence == 0) {
        throw wrong(file, number, "it names no file of this folder, or no sequence number");
      }
      Part part = new Part(name, sequence);
      switch (type) {
        case "b" -> {
          if (base != null) {
            throw wrong(file, number, "there is a second base");
          }
          base = part;
        }
        case "h" -> history.add(part);
        case "i" -> {
          if (!increments.isEmpty() && sequence <= increments.getLast().sequence()) {
            throw wrong(file, number, "the increments are not in the order of their numbers");
          }
          increments.add(part);
        }
        default -> throw wrong(file, number, "there is no such type of file");
      }
    }
    if (base == null && increments.isEmpty() && history.isEmpty()) {
      throw unusable(file, "names no file");
    }
    return new Manifest(base, history, increments);
  }

  private static List<String> lines(Path file) throws IOException {
    try {
      return Files.readString(file, StandardCharsets.UTF_8).lines().toList();
    } catch (CharacterCodingException noText) {
      throw unusable(file, "is no text");
    } catch (IOException unreadable) {
      throw unusable(file, "cannot be read: " + FileFailure.text(unreadable));
    }
  }

  private static IOException wrong(Path file, int line, String reason) {
    return unusable(file, "makes no sense in line " + line + ": " + reason);
  }

  private static IOException unusable(Path file, String reason) {
    return new IOException(
        "The manifest "
            + file
            + " "
            + reason
            + ". Restore it from a backup, or list there the files of the folder that belong"
            + " together.");
  }

  /** Puts the manifest in the place of the present one, whole or not at all, and durably. */
  void write(Path file, Disk disk) throws IOException {
    Path temporary = file.resolveSibling("temp-" + file.getFileName());
    disk.delete(temporary);
    try (DiskFile written = disk.open(temporary)) {
      written.writeAll(ByteBuffer.wrap(text().getBytes(StandardCharsets.UTF_8)));
      written.force();
    }
    disk.replace(temporary, file);
  }
}
