package io.keyward.config.directive;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The output buffer limits of the three classes of clients.
 *
 * @param normal ordinary clients
 * @param replica replicas
 * @param pubsub clients that are subscribed to something
 */
public record OutputBufferLimits(
    OutputBufferLimit normal, OutputBufferLimit replica, OutputBufferLimit pubsub) {

  private static final OutputBufferLimit NONE = new OutputBufferLimit(0, 0, 0);
  private static final int WORDS_PER_CLASS = 4;

  /** No limit for any class. */
  static final OutputBufferLimits UNLIMITED = new OutputBufferLimits(NONE, NONE, NONE);

  /**
   * These limits with those classes replaced that {@code words} names.
   *
   * @param words groups of class, hard limit, soft limit, soft seconds
   */
  OutputBufferLimits with(List<String> words) throws RefusedException {
    if (words.size() % WORDS_PER_CLASS != 0) {
      throw new RefusedException("Wrong number of arguments in buffer limit configuration.");
    }
    OutputBufferLimits limits = this;
    for (int i = 0; i < words.size(); i += WORDS_PER_CLASS) {
      OutputBufferLimit limit = limit(words.get(i + 1), words.get(i + 2), words.get(i + 3));
      limits =
          switch (words.get(i).toLowerCase(Locale.ROOT)) {
            case "normal" -> new OutputBufferLimits(limit, limits.replica, limits.pubsub);
            case "slave", "replica" -> new OutputBufferLimits(limits.normal, limit, limits.pubsub);
            case "pubsub" -> new OutputBufferLimits(limits.normal, limits.replica, limit);
            default ->
                throw new RefusedException(
                    "Invalid client class specified in buffer limit configuration.");
          };
    }
    return limits;
  }

  /** All three classes in Redis's order and under the names it prints. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    append(words, "normal", normal);
    append(words, "slave", replica);
    append(words, "pubsub", pubsub);
    return words;
  }

  private static void append(List<String> words, String name, OutputBufferLimit limit) {
    words.add(name);
    words.add(Long.toString(limit.hardBytes()));
    words.add(Long.toString(limit.softBytes()));
    words.add(Long.toString(limit.softSeconds()));
  }

  private static OutputBufferLimit limit(String hard, String soft, String seconds)
      throws RefusedException {
    long hardBytes = Numbers.parseMemory(hard);
    long softBytes = Numbers.parseMemory(soft);
    if (hardBytes < 0 || softBytes < 0 || !Numbers.isWholeNumber(seconds)) {
      throw new RefusedException(
          "Error in hard, soft or soft_seconds setting in buffer limit configuration.");
    }
    return new OutputBufferLimit(hardBytes, softBytes, Long.parseLong(seconds));
  }
}
