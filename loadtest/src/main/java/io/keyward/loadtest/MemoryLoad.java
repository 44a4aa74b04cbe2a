package io.keyward.loadtest;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Data whose memory is measured.
 *
 * @param name what the table calls it
 * @param keys how many keys
 * @param rounds how often the request is sent for each key
 * @param template the request that stores one of them, or one element of it a round
 */
record MemoryLoad(String name, int keys, int rounds, RequestTemplate template) {
  private static final String KEY = "key:" + RequestTemplate.SLOT;
  private static final int HASH_FIELDS = 10;
  private static final int COLLECTION_ELEMENTS = 20;
  private static final String VALUE = "v".repeat(32);

  /** Strings of 16 + 32 bytes and small collections; every number of keys is divided by scale. */
  static List<MemoryLoad> all(int scale) {
    int million = 1_000_000 / scale;
    int collections = 100_000 / scale;
    return List.of(
        strings(million, false),
        strings(million, true),
        strings(5 * million, false),
        strings(5 * million, true),
        collection("hashes of 10 fields", collections, "HSET", HASH_FIELDS, MemoryLoad::field),
        collection("sets of 20", collections, "SADD", COLLECTION_ELEMENTS, MemoryLoad::element),
        collection("lists of 20", collections, "RPUSH", COLLECTION_ELEMENTS, MemoryLoad::element),
        collection(
            "sorted sets of 20", collections, "ZADD", COLLECTION_ELEMENTS, MemoryLoad::scored),
        stream("streams of 20 entries", collections, 20),
        stream("streams of 500 entries", collections / 100, 500));
  }

  boolean strings() {
    return name.startsWith("strings");
  }

  private static MemoryLoad strings(int keys, boolean expiring) {
    return expiring
        ? new MemoryLoad(
            "strings with TTL", keys, 1, RequestTemplate.of("SET", KEY, VALUE, "EX", "86400"))
        : new MemoryLoad("strings", keys, 1, RequestTemplate.of("SET", KEY, VALUE));
  }

  private static MemoryLoad collection(
      String name, int keys, String command, int elements, IntFunction<Stream<String>> element) {
    List<String> words = new ArrayList<>(List.of(command, KEY));
    IntStream.range(0, elements).mapToObj(element).forEach(part -> words.addAll(part.toList()));
    return new MemoryLoad(name, keys, 1, RequestTemplate.of(words));
  }

  /** Entries as a chat's chunks are: a short field and a text. */
  private static MemoryLoad stream(String name, int keys, int entries) {
    return new MemoryLoad(
        name, keys, entries, RequestTemplate.of("XADD", KEY, "*", "type", "chunk", "data", VALUE));
  }

  private static Stream<String> field(int i) {
    return Stream.of("field:%04d".formatted(i), "value-%04d".formatted(i));
  }

  private static Stream<String> element(int i) {
    return Stream.of("elem:%05d".formatted(i * 37));
  }

  private static Stream<String> scored(int i) {
    return Stream.of(Integer.toString(i * 1001), "elem:%05d".formatted(i * 37));
  }
}
