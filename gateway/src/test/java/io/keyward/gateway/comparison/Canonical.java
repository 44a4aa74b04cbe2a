package io.keyward.gateway.comparison;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Takes out of a reply what two servers may answer differently: the order of what has no order, and
 * times that go on.
 */
final class Canonical {
  private static final Set<String> UNORDERED =
      Set.of(
          "smembers", "sinter", "sunion", "sdiff", "hkeys", "hvals", "keys", "spop", "srandmember");

  private static final Set<String> SCANS = Set.of("scan", "sscan", "hscan", "zscan");

  private static final RespValue ANYTHING = new RespValue('?', "", List.of());

  private Canonical() {}

  /** Whether the command's reply has no order of its own. */
  static boolean unordered(String name) {
    return UNORDERED.contains(name)
        || SCANS.contains(name)
        || name.equals("hgetall")
        || name.equals("hrandfield");
  }

  static RespValue of(List<String> command, RespValue reply) {
    if (reply.isError() || reply.elements().isEmpty()) {
      return reply;
    }
    String name = command.getFirst().toLowerCase(Locale.ROOT);
    if (UNORDERED.contains(name)) {
      return reply.sorted(1);
    }
    if (name.equals("hgetall")) {
      return reply.sorted(2);
    }
    if (name.equals("hrandfield")) {
      boolean pairs = command.size() == 4 && !reply.elements().getFirst().kindIs('*');
      return reply.sorted(pairs ? 2 : 1);
    }
    if (SCANS.contains(name)) {
      boolean single = name.equals("scan") || name.equals("sscan");
      return reply.with(1, reply.elements().get(1).sorted(single ? 1 : 2));
    }
    if (name.equals("xpending") && command.size() > 3) {
      List<RespValue> rows = reply.elements().stream().map(row -> row.with(2, ANYTHING)).toList();
      return new RespValue(reply.kind(), reply.text(), rows);
    }
    return name.equals("xinfo") ? withoutRadixTree(reply) : reply;
  }

  /** How many nodes a stream is kept in is told, and is nobody's business. */
  private static RespValue withoutRadixTree(RespValue reply) {
    RespValue result = reply;
    for (int i = 0; i + 1 < reply.elements().size(); i += 2) {
      if (reply.elements().get(i).text().startsWith("radix-tree-")) {
        result = result.with(i + 1, ANYTHING);
      }
    }
    return result;
  }
}
