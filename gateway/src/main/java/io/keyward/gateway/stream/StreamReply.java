package io.keyward.gateway.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonObject;

/**
 * Turns what XREAD has replied, in RESP2 and for one stream, into Server-Sent Events.
 *
 * <pre>
 * id: 1700000000000-0
 * data: {"field":"value", ...}
 * </pre>
 *
 * <p>Fields and values are read as UTF-8.
 */
final class StreamReply {
  private final byte[] bytes;
  private final int length;
  private final StringBuilder events = new StringBuilder();
  private int at;
  private int entries;
  private String lastId = "";

  /** Reads the first {@code length} bytes. */
  StreamReply(byte[] bytes, int length) {
    this.bytes = bytes;
    this.length = length;
    if (length > 0 && bytes[0] == '*') {
      readStreams();
    } else if (length > 0 && bytes[0] == '-') {
      at = 1;
      events.append("event: error\ndata: ").append(line()).append("\n\n");
    }
  }

  /** Whether the reply is an error, told as an event of that name. */
  boolean refused() {
    return length > 0 && bytes[0] == '-';
  }

  /** The number of entries. */
  int entries() {
    return entries;
  }

  /** The id of the last entry; only if there are any. */
  String lastId() {
    return lastId;
  }

  String events() {
    return events.toString();
  }

  private void readStreams() {
    for (int streams = number(); streams > 0; streams--) {
      number();
      bulk();
      for (int left = number(); left > 0; left--) {
        readEntry();
      }
    }
  }

  private void readEntry() {
    number();
    lastId = bulk();
    JsonObject fields = new JsonObject();
    for (int words = number(); words > 0; words -= 2) {
      fields.put(bulk(), bulk());
    }
    entries++;
    // JSON has no bare line ends, so the data takes one line.
    events.append("id: ").append(lastId).append("\ndata: ").append(fields.encode()).append("\n\n");
  }

  /** The number of a header such as {@code *3}. */
  private int number() {
    at++;
    return Integer.parseInt(line());
  }

  private String line() {
    int start = at;
    while (bytes[at] != '\r') {
      at++;
    }
    String text = new String(bytes, start, at - start, UTF_8);
    at += 2;
    return text;
  }

  private String bulk() {
    int size = number();
    String text = new String(bytes, at, size, UTF_8);
    at += size + 2;
    return text;
  }
}
