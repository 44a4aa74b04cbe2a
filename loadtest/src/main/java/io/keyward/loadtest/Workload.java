package io.keyward.loadtest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The requests that are measured, with the keys, members and commands of redis-benchmark. Keys,
 * members and fields are random within the key space; members, scores and counters have no value
 * size, so these workloads are measured once.
 */
enum Workload {
  SET(Preparation.EMPTY, true, "SET", Words.KEY, Words.VALUE),
  GET(Preparation.ALL_KEYS, true, "GET", Words.KEY),
  INCR(Preparation.EMPTY, false, "INCR", "counter:" + RequestTemplate.SLOT),
  LPUSH(Preparation.EMPTY_LIST, true, "LPUSH", Words.LIST, Words.VALUE),
  RPOP(Preparation.FULL_LIST, true, "RPOP", Words.LIST),
  SADD(Preparation.EMPTY, false, "SADD", "myset", Words.ELEMENT),
  HSET(Preparation.EMPTY, true, "HSET", "myhash", Words.ELEMENT, Words.VALUE),
  ZADD(Preparation.EMPTY, false, "ZADD", "myzset", RequestTemplate.SLOT, Words.ELEMENT),
  LRANGE_100(Preparation.LIST_OF_100, true, "LRANGE", Words.LIST, "0", "99"),
  MSET(Preparation.EMPTY, true, Words.mset(10));

  /** What a server has to hold before the requests are sent. */
  enum Preparation {
    /** Nothing. */
    EMPTY,
    /** Every key of the key space. */
    ALL_KEYS,
    /** A list that is emptied again before it takes too much memory. */
    EMPTY_LIST,
    /** A list that is filled again before it runs out. */
    FULL_LIST,
    /** A list of a hundred elements. */
    LIST_OF_100
  }

  private static final int MAX_LIST_ELEMENTS = 2_000_000;
  private static final long MAX_LIST_BYTES = 256L << 20;

  private final Preparation preparation;
  private final boolean sized;
  private final List<String> words;

  Workload(Preparation preparation, boolean sized, String... words) {
    this.preparation = preparation;
    this.sized = sized;
    this.words = List.of(words);
  }

  /** Reads a comma-separated list of names, in any case. */
  static Workload parse(String name) {
    for (Workload workload : values()) {
      if (workload.name().equalsIgnoreCase(name)) {
        return workload;
      }
    }
    throw new IllegalArgumentException(
        "unknown test '"
            + name
            + "'; there are "
            + Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", ")));
  }

  Preparation preparation() {
    return preparation;
  }

  /** Whether the size of values makes a difference. */
  boolean sized() {
    return sized;
  }

  RequestTemplate template(int size) {
    String value = "x".repeat(size);
    return RequestTemplate.of(
        words.stream().map(word -> word.equals(Words.VALUE) ? value : word).toList());
  }

  /** How many requests may be sent before the server has to be prepared again. */
  long requestsPerPreparation(int size) {
    return switch (preparation) {
      case EMPTY_LIST, FULL_LIST -> Math.min(MAX_LIST_ELEMENTS, MAX_LIST_BYTES / Math.max(1, size));
      case EMPTY, ALL_KEYS, LIST_OF_100 -> Long.MAX_VALUE;
    };
  }

  /** An LPUSH of several values to the list that the list workloads use. */
  static RequestTemplate push(int elements, int size) {
    List<String> push = new ArrayList<>(List.of("LPUSH", Words.LIST));
    push.addAll(Collections.nCopies(elements, "x".repeat(size)));
    return RequestTemplate.of(push);
  }

  /** The words of requests; VALUE is replaced by a value of the size under test. */
  static final class Words {
    static final String KEY = "key:" + RequestTemplate.SLOT;
    static final String ELEMENT = "element:" + RequestTemplate.SLOT;
    static final String LIST = "mylist";
    static final String VALUE = "<value>";

    private Words() {}

    private static String[] mset(int keys) {
      List<String> words = new ArrayList<>(List.of("MSET"));
      for (int i = 0; i < keys; i++) {
        words.add(KEY);
        words.add(VALUE);
      }
      return words.toArray(String[]::new);
    }
  }
}
