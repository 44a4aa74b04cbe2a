package io.keyward.engine.command;

import io.keyward.engine.CommandException;
import io.keyward.engine.Request;
import io.keyward.engine.command.KeySpec.Begin;
import io.keyward.engine.command.KeySpec.Find;
import io.keyward.engine.command.KeySpec.KeyFlag;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Finds the keys of a request by the key specifications of its command. */
final class KeyPositions {
  private static final CommandException INVALID_COUNT =
      CommandException.error("Invalid number of keys");

  private KeyPositions() {}

  static void find(List<KeySpec> specs, Request request, IntConsumer positions) {
    for (KeySpec spec : specs) {
      if (!spec.flags().contains(KeyFlag.NOT_KEY)) {
        find(spec, request, 0, (position, access) -> positions.accept(position));
      }
    }
  }

  /** Gives the keys that one specification finds, each with the same access. */
  static void find(KeySpec spec, Request request, int access, KeyVisitor visitor) {
    Span found = span(spec, request);
    if (found != null) {
      for (int at = found.first; at <= found.last; at += found.step) {
        visitor.visit(at, access);
      }
    }
  }

  /**
   * Where keys stand in a request: at every {@code step}-th argument.
   *
   * @param last no key stands behind this one
   */
  record Span(int first, int last, int step) {
    boolean holds(int position) {
      return position >= first && position <= last && (position - first) % step == 0;
    }
  }

  /** Where the keys stand that a specification finds; null if it finds none. */
  static @Nullable Span span(KeySpec spec, Request request) {
    int begin =
        switch (spec.begin()) {
          case Begin.Index(int position) -> position;
          case Begin.Keyword keyword -> afterWord(keyword, request);
          case Begin.Unknown() -> -1;
        };
    if (begin < 0 || begin >= request.count()) {
      return null;
    }
    return switch (spec.find()) {
      case Find.Range range -> new Span(begin, last(range, begin, request.count()), range.step());
      case Find.Count(int countAt, int firstKey, int step) -> {
        int keys = (int) request.integer(begin + countAt, 0, Integer.MAX_VALUE, INVALID_COUNT);
        long last = begin + firstKey + ((long) keys - 1) * step;
        if (last >= request.count()) {
          throw INVALID_COUNT;
        }
        yield new Span(begin + firstKey, (int) last, step);
      }
      case Find.Unknown() -> null;
    };
  }

  private static int last(Find.Range range, int begin, int count) {
    if (range.lastKey() >= 0) {
      return Math.min(begin + range.lastKey(), count - 1);
    }
    if (range.limit() > 1 && range.lastKey() == -1) {
      return begin + (count - begin) / range.limit() - 1;
    }
    return count + range.lastKey();
  }

  private static int afterWord(Begin.Keyword keyword, Request request) {
    String word = keyword.word().toUpperCase(Locale.ROOT);
    if (keyword.startFrom() >= 0) {
      for (int at = keyword.startFrom(); at < request.count(); at++) {
        if (request.is(at, word)) {
          return at + 1;
        }
      }
    } else {
      for (int at = request.count() + keyword.startFrom(); at > 0; at--) {
        if (request.is(at, word)) {
          return at + 1;
        }
      }
    }
    return -1;
  }

  /** Whether first, last and step alone cannot tell every key. */
  static boolean movable(List<KeySpec> specs) {
    for (KeySpec spec : specs) {
      boolean plain =
          spec.begin() instanceof Begin.Index
              && spec.find() instanceof Find.Range range
              && range.limit() <= 1;
      if (!plain || spec.flags().contains(KeyFlag.INCOMPLETE)) {
        return true;
      }
    }
    return false;
  }
}
