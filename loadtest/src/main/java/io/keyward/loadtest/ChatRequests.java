package io.keyward.loadtest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;

/**
 * The requests of a chat application: what each token of an answer sends, and the cache, session
 * and limiter traffic around it. Texts of scripts travel whole with EVAL.
 *
 * <p>For every {@value #CYCLE} tokens the application also sends {@link #BESIDE}, in the
 * proportions that were seen on the wire of a chat service under load: most of what it sends are
 * tokens.
 */
final class ChatRequests {
  /** Digits of an instant on the clock of {@link System#nanoTime}. */
  static final int DUE_DIGITS = 19;

  static final int CYCLE = 20;

  /** The requests around {@value #CYCLE} tokens, by what they are. */
  static final List<Kind> BESIDE =
      List.of(
          Kind.CACHE_READ,
          Kind.SESSION_READ,
          Kind.CACHE_READ,
          Kind.LIMITER,
          Kind.CACHE_READ,
          Kind.CACHE_WRITE,
          Kind.SESSION_READ,
          Kind.CACHE_READ,
          Kind.SESSION_WRITE,
          Kind.LIMITER);

  /** What is sent beside tokens. */
  enum Kind {
    /** Keyv: GET of about 400 bytes of JSON. */
    CACHE_READ,
    /** Keyv: SET with PX. */
    CACHE_WRITE,
    /** connect-redis: GET. */
    SESSION_READ,
    /** connect-redis: SET with EX. */
    SESSION_WRITE,
    /** rate-limit-redis: EVALSHA. */
    LIMITER
  }

  private static final int USERS = 1000;
  private static final String VALUE = "{\"value\":\"" + "x".repeat(400) + "\",\"expires\":0}";
  private static final String SESSION = "{\"cookie\":{},\"user\":\"" + "u".repeat(300) + "\"}";

  private final List<byte[]> beside = new ArrayList<>();

  ChatRequests() {
    for (int user = 0; user < USERS; user++) {
      for (Kind kind : Kind.values()) {
        beside.add(RequestTemplate.of(words(kind, user)).bytes());
      }
    }
  }

  /** A request of this kind for one of the users. */
  byte[] beside(Kind kind, int turn) {
    return beside.get((turn % USERS) * Kind.values().length + kind.ordinal());
  }

  /** What the cache and the sessions hold before the load begins. */
  List<byte[]> stored() {
    List<byte[]> requests = new ArrayList<>();
    for (int user = 0; user < USERS; user++) {
      requests.add(beside(Kind.CACHE_WRITE, user));
      requests.add(beside(Kind.SESSION_WRITE, user));
    }
    return requests;
  }

  private List<String> words(Kind kind, int user) {
    return switch (kind) {
      case CACHE_READ -> List.of("GET", "ROLES:user" + user);
      case CACHE_WRITE -> List.of("SET", "ROLES:user" + user, VALUE, "PX", "600000");
      case SESSION_READ -> List.of("get", "::OPENID_SESSION:" + user);
      case SESSION_WRITE -> List.of("set", "::OPENID_SESSION:" + user, SESSION, "EX", "86400");
      case LIMITER -> Script.LIMITER.call("EVALSHA", 1, "message_limiter:" + user, "0", "60000");
    };
  }

  static String channel(int stream) {
    return "stream:{c" + stream + "}:events";
  }

  /** Begins the answers of a stream anew. */
  static List<byte[]> begin(int stream) {
    String tag = "stream:{c" + stream + "}:";
    return List.of(
        RequestTemplate.of("UNLINK", tag + "chunks").bytes(),
        RequestTemplate.of(
                ("HSET " + tag + "job status running generation 1 owner a appended 0 bytes 0")
                    .split(" "))
            .bytes());
  }

  /** The two requests of one token of a stream; the second carries the instant it was due. */
  Token token(int stream) {
    String tag = "stream:{c" + stream + "}:";
    String chunk = "{\"type\":\"delta\",\"text\":\" token\",\"messageId\":\"m" + stream + "\"}";
    byte[] append =
        RequestTemplate.of(
                "eval",
                Script.APPEND.text(),
                "2",
                tag + "job",
                tag + "chunks",
                "1",
                "a",
                chunk,
                "1200",
                "1000000",
                "1000000000")
            .bytes();
    String event =
        "{\"type\":\"chunk\",\"due\":\"" + "0".repeat(DUE_DIGITS) + "\",\"data\":" + chunk + "}";
    byte[] announce =
        RequestTemplate.of(
                "eval",
                Script.ANNOUNCE.text(),
                "1",
                tag + "seq",
                "1",
                channel(stream),
                event,
                "86400")
            .bytes();
    String text = new String(announce, ISO_8859_1);
    return new Token(append, announce, text.indexOf("\"due\":\"") + "\"due\":\"".length());
  }

  /** The two requests of a token: one guards and appends, one numbers and publishes. */
  static final class Token {
    private final byte[] append;
    private final byte[] announce;
    private final int dueAt;

    /**
     * The requests as they are sent, the arrays included.
     *
     * @param dueAt where in the announcement the instant stands, in decimal digits
     */
    Token(byte[] append, byte[] announce, int dueAt) {
      this.append = append;
      this.announce = announce;
      this.dueAt = dueAt;
    }

    byte[] append() {
      return append;
    }

    byte[] announce() {
      return announce;
    }

    /** Writes the instant into the announcement. */
    void due(long nanos) {
      long rest = nanos;
      for (int i = DUE_DIGITS - 1; i >= 0; i--) {
        announce[dueAt + i] = (byte) ('0' + rest % 10);
        rest /= 10;
      }
    }
  }
}
