package io.keyward.engine.builtin.generic;

import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.generic.SortElements.By;
import io.keyward.engine.builtin.list.ListElements;
import io.keyward.engine.builtin.list.ListValue;
import io.keyward.engine.builtin.set.SetValue;
import io.keyward.engine.builtin.sortedset.MemberCursor;
import io.keyward.engine.text.Numbers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Puts the elements of a collection in the order that the options of SORT ask for. */
final class Sorting {
  private static final CommandException NOT_NUMBERS =
      CommandException.error("One or more scores can't be converted into double");

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
  static final class Sorted {
    private final SortElements elements;
    private final int first;
    private final int count;
    private final boolean backwards;

    private Sorted(SortElements elements, int first, int count, boolean backwards) {
      this.elements = elements;
      this.first = first;
      this.count = count;
      this.backwards = backwards;
    }

    int size() {
      return count;
    }

    private int place(int index) {
      return first + (backwards ? count - 1 - index : index);
    }

    void send(int index, Reply reply) {
      int at = place(index);
      reply.bulk(elements.bytes(at), elements.offset(at), elements.length(at));
    }

    byte[] copyOf(int index) {
      return elements.copyOf(place(index));
    }
  }

  /**
   * Sorts the elements into the given place, which the caller frees when it has used what this
   * returns.
   */
  Sorted of(@Nullable Entry source, SortElements elements) {
    if (source == null) {
      return new Sorted(elements, 0, 0, false);
    }
    int size = size(source);
    int first = (int) Math.min(Math.max(options.first(), 0), size);
    int count = size - first;
    if (options.count() >= 0) {
      count = (int) Math.min(options.count(), count);
    }
    if (!options.unsorted()) {
      // Even if none is wanted: what is no number is complained of.
      load(source, 0, size, elements);
      sort(elements);
      return new Sorted(elements, first, count, false);
    }
    if (count == 0) {
      return new Sorted(elements, 0, 0, false);
    }
    if (source.type() == Type.SET) {
      load(source, 0, size, elements);
      return new Sorted(elements, first, count, false);
    }
    load(source, options.descending() ? size - first - count : first, count, elements);
    return new Sorted(elements, 0, count, options.descending());
  }

  static int size(Entry source) {
    return switch (source.type()) {
      case LIST -> (int) ListValue.size(source);
      case SET -> SetValue.size(source);
      default -> new MemberCursor(source).size();
    };
  }

  /** Copies some elements from an index on; of a set, all. */
  private void load(Entry source, int first, int count, SortElements elements) {
    switch (source.type()) {
      case LIST ->
          ListElements.visit(
              source,
              first,
              (bytes, offset, length) -> {
                slices.step();
                elements.add(bytes, offset, length);
                return elements.size() < count;
              });
      case SET ->
          SetValue.visit(
              source,
              (bytes, offset, length) -> {
                elements.add(bytes, offset, length);
                return true;
              });
      default -> {
        MemberCursor cursor = new MemberCursor(source, first);
        while (elements.size() < count && cursor.next()) {
          slices.step();
          elements.add(cursor.bytes(), cursor.offset(), cursor.length());
        }
      }
    }
  }

  private void sort(SortElements elements) {
    SortPattern by = options.by();
    if (by != null || !options.alphabetical()) {
      for (int i = 0; i < elements.size(); i++) {
        slices.step();
        weigh(elements, i, by);
      }
    }
    SortElements.By compared =
        !options.alphabetical() ? By.NUMBER : by == null ? By.ELEMENT : By.TEXT;
    elements.sort(compared, options.descending());
  }

  private void weigh(SortElements elements, int index, @Nullable SortPattern by) {
    byte[] element = elements.copyOf(index);
    byte @Nullable [] weight = by == null ? element : by.value(database, now, element);
    if (options.alphabetical()) {
      elements.text(index, weight);
    } else if (weight != null) {
      elements.number(index, number(weight));
    }
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
