package io.keyward.gateway.admin;

import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call of the admin port, declared once: found by it, and described by it in {@link OpenApi}.
 *
 * @param path with names in braces for what varies, each a whole segment
 * @param fields of the query for GET, else of a JSON object in the body; or headers
 * @param open whether it is answered without the token
 * @param type the media type of what is asked for
 * @param answers what the status codes mean, by code; those of every call apart
 */
record Route(
    String method,
    String path,
    String summary,
    List<Field> fields,
    boolean open,
    String type,
    Map<Integer, String> answers,
    Handler handler) {

  /** The media type of plain texts. */
  static final String TEXT = "text/plain";

  /** The media type of most answers. */
  static final String JSON = "application/json";

  /** Answers a request. */
  interface Handler {
    /**
     * Answers.
     *
     * @param found what stands in the path for the names in braces
     */
    void answer(HttpServerRequest request, Map<String, String> found);
  }

  /** What a field may hold. */
  enum Kind {
    STRING,
    INTEGER,
    NUMBER,
    BOOLEAN
  }

  /**
   * A field that a call takes.
   *
   * @param header whether it is a header of the request
   */
  record Field(String name, Kind kind, boolean required, String summary, boolean header) {
    Field(String name, Kind kind, boolean required, String summary) {
      this(name, kind, required, summary, false);
    }
  }

  /** Keeps copies, so that the record cannot change. */
  Route {
    fields = List.copyOf(fields);
    answers = Map.copyOf(answers);
  }

  /** What stands in a path for the names in braces; null if it is another path. */
  @Nullable Map<String, String> match(String asked) {
    String[] own = path.split("/", -1);
    String[] given = asked.split("/", -1);
    if (own.length != given.length) {
      return null;
    }
    Map<String, String> found = new HashMap<>();
    for (int i = 0; i < own.length; i++) {
      if (own[i].startsWith("{")) {
        if (given[i].isEmpty()) {
          return null;
        }
        String value = decoded(given[i]);
        if (value == null) {
          return null;
        }
        found.put(own[i].substring(1, own[i].length() - 1), value);
      } else if (!own[i].equals(given[i])) {
        return null;
      }
    }
    return found;
  }

  private static @Nullable String decoded(String segment) {
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return null;
    }
  }

  /** The names in braces, in their order. */
  List<String> names() {
    return List.of(path.split("/", -1)).stream()
        .filter(segment -> segment.startsWith("{"))
        .map(segment -> segment.substring(1, segment.length() - 1))
        .toList();
  }
}
