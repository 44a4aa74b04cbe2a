package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.Gateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The slots of a cluster of one node, as a deployment and as the operator see their keys. */
class OperatorSlotsTest {
  private static String slotOf(Words wire, String key) {
    return wire.call("CLUSTER KEYSLOT " + key);
  }

  @Test
  void keysInASlotHaveTheNamesUnderWhichTheyAreSeen(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            """
            event-loops: 1
            operator: {username: operator, password: operator}
            tenants:
              shop:
                deployments:
                  blue: {prefix: blue, password: blue}
                  green: {prefix: green, password: green}
            """);
    try (Gateway gateway =
            Gateways.startWith(Map.of(), file.toString(), "--cluster-enabled", "yes");
        Words blue = new Words(gateway);
        Words operator = new Words(gateway)) {
      blue.call("AUTH blue blue");
      operator.call("AUTH operator operator");
      assertThat(blue.call("SET a 1")).isEqualTo("OK");
      String own = slotOf(blue, "a");
      assertThat(blue.call("CLUSTER COUNTKEYSINSLOT " + own)).isEqualTo("1");
      assertThat(blue.call("CLUSTER GETKEYSINSLOT " + own + " 10")).isEqualTo("a");
      assertThat(blue.call("CLUSTER GETKEYSINSLOT " + own + " 0")).isEmpty();
      String seen = slotOf(operator, "blue::a");
      assertThat(seen).isNotEqualTo(own);
      assertThat(operator.call("CLUSTER COUNTKEYSINSLOT " + seen)).isEqualTo("1");
      assertThat(operator.call("CLUSTER GETKEYSINSLOT " + seen + " 10")).isEqualTo("blue::a");
      assertThat(operator.call("CLUSTER COUNTKEYSINSLOT " + own)).isEqualTo("0");
    }
  }
}
