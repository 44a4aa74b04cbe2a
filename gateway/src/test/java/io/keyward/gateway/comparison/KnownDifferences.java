package io.keyward.gateway.comparison;

import io.keyward.gateway.fixture.RedisFixture.Version;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where the gateway, which behaves as Redis 7.2, answers otherwise than the Redis it is compared
 * with, on purpose.
 */
final class KnownDifferences {
  private static final Version TARGET = new Version(7, 2, 0);
  private static final Pattern UNBALANCED = Pattern.compile("Unbalanced .*");

  /** What may be a double that 7.2 prints by its shortest digits, and older versions by 17. */
  private static final Pattern ROUNDED =
      Pattern.compile("-?[0-9]+[.][0-9]+(e[+-]?[0-9]+)?|-?[0-9]{16,}|-?[0-9]+e[+-]?[0-9]+");

  private final boolean older;

  KnownDifferences(Version redis) {
    older = redis.compareTo(TARGET) < 0;
  }

  /** Whether replies to this command cannot be compared. */
  boolean incomparable(List<String> command) {
    String name = command.getFirst().toLowerCase(Locale.ROOT);
    return name.equals("hello")
        // Consumers that have been given nothing are there since 7.2.
        || (older
            && name.equals("xgroup")
            && command.size() > 1
            && command.get(1).equals("CREATECONSUMER"));
  }

  /** A reply without what differs from version to version. */
  RespValue leveled(RespValue reply) {
    if (!reply.elements().isEmpty()) {
      List<RespValue> elements = reply.elements().stream().map(this::leveled).toList();
      RespValue leveled = new RespValue(reply.kind(), reply.text(), elements);
      return older ? withoutConsumers(leveled) : leveled;
    }
    return new RespValue(reply.kind(), older ? leveled(reply.text()) : reply.text(), List.of());
  }

  private static RespValue withoutConsumers(RespValue reply) {
    for (int at = 0; at + 1 < reply.elements().size(); at += 2) {
      if (reply.elements().get(at).text().equals("consumers")) {
        return reply.with(at + 1, new RespValue('?', "", List.of()));
      }
    }
    return reply;
  }

  private static String leveled(String text) {
    if (ROUNDED.matcher(text).matches()) {
      // Lua's conversion of what is no 64-bit integer to one is the processor's, too.
      return text.startsWith("922337203685477580") || text.startsWith("-922337203685477580")
          ? "2^63"
          : String.valueOf(Double.parseDouble(text));
    }
    // 7.2 says which command has an unbalanced list of streams.
    return UNBALANCED.matcher(text).replaceFirst("Unbalanced");
  }
}
