package io.keyward.engine.builtin.generic;

import io.keyward.engine.CommandException;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.list.ListElements;
import io.keyward.engine.builtin.list.ListValue;
import io.keyward.engine.builtin.set.SetValue;
import io.keyward.engine.builtin.sortedset.MemberCursor;
import io.keyward.engine.text.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts the elements of a collection in the order that the options of SORT ask for. */
final class Sorting {
  private static final CommandException NOT_NUMBERS =
      CommandException.error("One or more scores can't be converted into double");

  /** An element with what it is compared by: a number, or a text if there is one. */
  private static final class Weighed {
    final byte[] element;
    final double number;
    final byte @Nullable [] text;

    Weighed(byte[] element, double number, byte @Nullable [] text) {
      this.element = element;
      this.number = number;
      this.text = text;
    }
  }

  /** Missing texts come first, and equal numbers are ordered by the elements' bytes. */
  private static final Comparator<Weighed> BY_NUMBER =
      (one, other) -> {
        int order = one.number < other.number ? -1 : one.number > other.number ? 1 : 0;
        return order != 0 ? order : Arrays.compareUnsigned(one.element, other.element);
      };

  private static final Comparator<Weighed> BY_TEXT =
      (one, other) -> Arrays.compareUnsigned(one.text, other.text);

  private final Database database;
  private final long now;
  private final SortOptions options;
  private final Slices slices;

  Sorting(Database database, long now, SortOptions options) {
    this.database = database;
    this.now = now;
    this.options = options;
    slices = database.keyspace().slices();
  }

  /** The elements in order, without those that the limit leaves out. */
  List<byte[]> of(Entry source) {
    int size = size(source);
    int first = (int) Math.min(Math.max(options.first(), 0), size);
    int count = size - first;
    if (options.count() >= 0) {
      count = (int) Math.min(options.count(), count);
    }
    if (!options.unsorted()) {
      // Even if none is wanted: what is no number is complained of.
      return sorted(load(source, 0, size)).subList(first, first + count);
    }
    if (count == 0) {
      return List.of();
    }
    if (source.type() == Type.SET) {
      return load(source, 0, size).subList(first, first + count);
    }
    if (!options.descending()) {
      return load(source, first, count);
    }
    List<byte[]> elements = load(source, size - first - count, count);
    Collections.reverse(elements);
    return elements;
  }

  static int size(Entry source) {
    return switch (source.type()) {
      case LIST -> (int) ListValue.size(source);
      case SET -> SetValue.size(source);
      default -> new MemberCursor(source).size();
    };
  }

  /** Copies some elements from an index on; of a set, all. */
  private static List<byte[]> load(Entry source, int first, int count) {
    List<byte[]> elements = new ArrayList<>(count);
    switch (source.type()) {
      case LIST ->
          ListElements.visit(
              source,
              first,
              (bytes, offset, length) -> {
                elements.add(Arrays.copyOfRange(bytes, offset, offset + length));
                return elements.size() < count;
              });
      case SET ->
          SetValue.visit(
              source,
              (bytes, offset, length) -> {
                elements.add(Arrays.copyOfRange(bytes, offset, offset + length));
                return true;
              });
      default -> {
        MemberCursor cursor = new MemberCursor(source, first);
        while (elements.size() < count && cursor.next()) {
          int offset = cursor.offset();
          elements.add(Arrays.copyOfRange(cursor.bytes(), offset, offset + cursor.length()));
        }
      }
    }
    return elements;
  }

  private List<byte[]> sorted(List<byte[]> elements) {
    Weighed[] weighed = new Weighed[elements.size()];
    for (int i = 0; i < weighed.length; i++) {
      slices.step();
      weighed[i] = weigh(elements.get(i));
    }
    Comparator<Weighed> upward = options.alphabetical() ? BY_TEXT : BY_NUMBER;
    Comparator<Weighed> order = options.descending() ? upward.reversed() : upward;
    Arrays.sort(
        weighed,
        (one, other) -> {
          slices.step();
          return order.compare(one, other);
        });
    List<byte[]> result = new ArrayList<>(weighed.length);
    for (Weighed each : weighed) {
      result.add(each.element);
    }
    return result;
  }

  private Weighed weigh(byte[] element) {
    SortPattern by = options.by();
    byte @Nullable [] weight = by == null ? element : by.value(database, now, element);
    if (options.alphabetical()) {
      return new Weighed(element, 0, weight);
    }
    return new Weighed(element, weight == null ? 0 : number(weight), null);
  }

  /**
   * The number of a text, which ends at its first NUL as a string of C does; nothing at all is 0,
   * and spaces before it do not count.
   */
  private static double number(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    byte[] text = end == bytes.length ? bytes : Arrays.copyOf(bytes, end);
    int start = 0;
    while (start < text.length && (text[start] == ' ' || (text[start] >= 9 && text[start] <= 13))) {
      start++;
    }
    if (text.length == 0) {
      return 0;
    }
    double number = Numbers.parseDouble(text, start, text.length - start);
    if (Double.isNaN(number)) {
      throw NOT_NUMBERS;
    }
    return number;
  }
}
