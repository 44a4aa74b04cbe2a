package io.keyward.loadtest;

import java.util.List;
import java.util.stream.Stream;

/**
 * The requests that are measured. Numbers in keys, members and fields are random within the key
 * space unless said otherwise.
 *
 * <p>The first ten are those of redis-benchmark; where they have values, these have sizes. The
 * others are what applications send beside them: scripts, streams, messages, HyperLogLogs and
 * places. What makes up one request of theirs may be several commands in a row.
 */
enum Workload {
  SET(Preparation.EMPTY, "SET key:__rand_int__ <value>"),
  GET(Preparation.ALL_KEYS, "GET key:__rand_int__"),
  INCR(Preparation.EMPTY, "INCR counter:__rand_int__"),
  LPUSH(Preparation.EMPTY_LIST, "LPUSH mylist <value>"),
  RPOP(Preparation.FULL_LIST, "RPOP mylist"),
  SADD(Preparation.EMPTY, "SADD myset element:__rand_int__"),
  HSET(Preparation.EMPTY, "HSET myhash element:__rand_int__ <value>"),
  ZADD(Preparation.EMPTY, "ZADD myzset __rand_int__ element:__rand_int__"),
  LRANGE_100(Preparation.LIST_OF_100, "LRANGE mylist 0 99"),
  MSET(Preparation.EMPTY, "MSET" + " key:__rand_int__ <value>".repeat(10)),

  /** INCR, PTTL and, now and then, PEXPIRE, as rate-limit-redis sends them. */
  EVALSHA_LIMIT(
      Preparation.SCRIPT, 0, Script.LIMITER.call("EVALSHA", 1, "limit:__rand_int__", "0", "60000")),

  /** 3.6 kB of text that looks at a hash and appends to a stream; there are a thousand of each. */
  EVAL_APPEND(
      Preparation.JOBS,
      0,
      Script.APPEND.call(
          "EVAL",
          2,
          "stream:{__rand_int__}:job",
          "stream:{__rand_int__}:chunks",
          "1",
          "a",
          "{\"type\":\"delta\",\"text\":\" token\",\"messageId\":\"m1\"}",
          "1200",
          "1000000",
          "1000000000")),

  /** 1 kB of text that counts and publishes, to one subscriber. */
  EVAL_ANNOUNCE_1(Preparation.EMPTY, 1, Script.announce()),

  /** The same to a hundred subscribers. */
  EVAL_ANNOUNCE_100(Preparation.EMPTY, 100, Script.announce()),
  XADD(Preparation.EMPTY_STREAM, 0, List.of("XADD", Workload.STREAM, "*", "event", Workload.TEXT)),
  XRANGE_100(Preparation.STREAM_OF_100, "XRANGE mystream - +"),

  /** An entry is read and an earlier one acknowledged; entries are numbered in their order. */
  XREADGROUP_XACK(
      Preparation.GROUP,
      words("XREADGROUP GROUP readers one COUNT 1 STREAMS mystream >"),
      words("XACK mystream readers __rand_int__-1")),
  PUBLISH_100(Preparation.EMPTY, 100, List.of("PUBLISH", Workload.CHANNEL, Workload.TEXT)),
  PFADD(Preparation.EMPTY, "PFADD myloglog element:__rand_int__"),

  /** The places within a kilometre of one of them: eight in the mean of a hundred thousand. */
  GEOSEARCH(
      Preparation.PLACES,
      "GEOSEARCH myplaces FROMMEMBER place:__rand_int__ BYRADIUS 1 km ASC COUNT 20 WITHDIST");

  /** What a server has to hold before the requests are sent; {@link Stock} makes it. */
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
    LIST_OF_100,
    /** The text of the limiter. */
    SCRIPT,
    /** A thousand jobs whose streams are empty, and emptied again before they are full. */
    JOBS,
    /** A stream that is emptied again before it takes too much memory. */
    EMPTY_STREAM,
    /** A stream of a hundred entries. */
    STREAM_OF_100,
    /** A stream that a group reads, and reads from its beginning before it comes to the end. */
    GROUP,
    /** A place for each number of the key space. */
    PLACES
  }

  /** The key of the list workloads. */
  static final String LIST = "mylist";

  /** The key of the stream workloads. */
  static final String STREAM = "mystream";

  static final String CHANNEL = "stream:{c0}:events";
  static final String TEXT = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
  static final int JOBS = 1000;

  private static final String VALUE = "<value>";
  private static final int MAX_LIST_ELEMENTS = 2_000_000;
  private static final long MAX_LIST_BYTES = 256L << 20;
  private static final int MAX_STREAM_ENTRIES = 1_000_000;
  private static final int FIRST_OF_APPLICATIONS = 10;

  private final Preparation preparation;
  private final int subscribers;
  private final List<List<String>> commands;

  /**
   * @param request its words; {@code <value>} stands for a value of the size under test, {@link
   *     RequestTemplate#SLOT} for a number
   */
  Workload(Preparation preparation, String request) {
    this(preparation, 0, words(request));
  }

  Workload(Preparation preparation, int subscribers, List<String> command) {
    this(preparation, List.of(command), subscribers);
  }

  Workload(Preparation preparation, List<String> first, List<String> second) {
    this(preparation, List.of(first, second), 0);
  }

  Workload(Preparation preparation, List<List<String>> commands, int subscribers) {
    this.preparation = preparation;
    this.subscribers = subscribers;
    this.commands = commands;
  }

  private static List<String> words(String request) {
    return List.of(request.split(" "));
  }

  /** Those of redis-benchmark. */
  static List<Workload> basic() {
    return List.of(values()).subList(0, FIRST_OF_APPLICATIONS);
  }

  /** What applications send beside them. */
  static List<Workload> ofApplications() {
    return List.of(values()).subList(FIRST_OF_APPLICATIONS, values().length);
  }

  boolean isBasic() {
    return ordinal() < FIRST_OF_APPLICATIONS;
  }

  Preparation preparation() {
    return preparation;
  }

  /** How many connections listen to {@link #CHANNEL}. */
  int subscribers() {
    return subscribers;
  }

  /** Whether the size of values makes a difference. */
  boolean sized() {
    return switch (preparation) {
      case ALL_KEYS, EMPTY_LIST, FULL_LIST, LIST_OF_100 -> true;
      default -> commands.getFirst().contains(VALUE);
    };
  }

  RequestTemplate template(int size) {
    String value = "x".repeat(size);
    Stream<List<String>> filled =
        commands.stream()
            .map(words -> words.stream().map(word -> word.equals(VALUE) ? value : word).toList());
    return RequestTemplate.inARow(filled.toList());
  }

  /** The numbers that the requests name. */
  KeyNumbers numbers(int keyspace, long seed) {
    return switch (preparation) {
      case GROUP -> KeyNumbers.sequential(Stock.ENTRIES_TO_READ);
      case JOBS -> KeyNumbers.randomPairs(Math.min(keyspace, JOBS), seed);
      default -> KeyNumbers.random(keyspace, seed);
    };
  }

  /** How many requests may be sent before the server has to be prepared again. */
  long requestsPerPreparation(int size) {
    return switch (preparation) {
      case EMPTY_LIST, FULL_LIST -> Math.min(MAX_LIST_ELEMENTS, MAX_LIST_BYTES / Math.max(1, size));
      case EMPTY_STREAM -> MAX_STREAM_ENTRIES;
      case JOBS -> MAX_STREAM_ENTRIES / 2;
      case GROUP -> Stock.ENTRIES_TO_READ;
      default -> Long.MAX_VALUE;
    };
  }

  /** An LPUSH of several values to the list that the list workloads use. */
  static RequestTemplate push(int elements, int size) {
    return RequestTemplate.of(
        ("LPUSH " + LIST + (" " + "x".repeat(size)).repeat(elements)).split(" "));
  }
}
