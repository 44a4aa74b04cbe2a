package io.keyward.loadtest;

/**
 * The requests that are measured, with the keys, members and commands of redis-benchmark. Keys,
 * members and fields are random within the key space; members, scores and counters have no value
 * size, so these workloads are measured once.
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
  MSET(Preparation.EMPTY, "MSET" + " key:__rand_int__ <value>".repeat(10));

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

  /** The key of the list workloads. */
  static final String LIST = "mylist";

  private static final String VALUE = "<value>";
  private static final int MAX_LIST_ELEMENTS = 2_000_000;
  private static final long MAX_LIST_BYTES = 256L << 20;

  private final Preparation preparation;
  private final String request;

  /**
   * @param request its words; {@code <value>} stands for a value of the size under test, {@link
   *     RequestTemplate#SLOT} for a number
   */
  Workload(Preparation preparation, String request) {
    this.preparation = preparation;
    this.request = request;
  }

  Preparation preparation() {
    return preparation;
  }

  /** Whether the size of values makes a difference. */
  boolean sized() {
    return request.contains(VALUE) || preparation != Preparation.EMPTY;
  }

  RequestTemplate template(int size) {
    return RequestTemplate.of(request.replace(VALUE, "x".repeat(size)).split(" "));
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
    return RequestTemplate.of(
        ("LPUSH " + LIST + (" " + "x".repeat(size)).repeat(elements)).split(" "));
  }
}
