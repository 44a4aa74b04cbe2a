package io.keyward.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The namespace of a key, and which namespaces are pinned. */
class NamespacesTest {
  private static final List<String> DECLARED =
      List.of("MCP::Servers", "MCP::Servers::Users", "mine:here");

  private final Namespaces namespaces = new Namespaces(DECLARED, List.of("ROLES", "MCP::Servers"));

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "ROLES:USER, ROLES",
    "lc::ROLES:USER, ROLES",
    "::ROLES:USER, ROLES",
    "ROLES:a::b, ROLES",
    "ROLES:, ROLES",
    "Ä:x, Ä",
    "MCP::Servers:a, MCP::Servers",
    "lc::MCP::Servers:a, MCP::Servers",
    "MCP::Servers::Users:a, MCP::Servers::Users",
    "MCP::Serversmith:a, Serversmith",
    "lc::mine:here:a, mine:here",
    "mine:there, mine",
    ":x, ''"
  })
  void aNamespaceStandsBeforeTheFirstColonBehindAClientsPrefix(String key, String namespace) {
    assertThat(new Namespaces(DECLARED, List.of(namespace)).contain(bytes(key))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"LeadingServerUUID", "''", "lc::plain", "::"})
  void aKeyWithoutAColonIsInNone(String key) {
    List<String> itsParts = List.of("LeadingServerUUID", "lc", "plain", "");
    assertThat(new Namespaces(DECLARED, itsParts).contain(bytes(key))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "ROLES:USER, true",
    "lc::ROLES:USER, true",
    "ROLE:USER, false",
    "ROLESX:USER, false",
    "ROLES, false",
    "MCP::Servers:a, true",
    "MCP::Servers::Users:a, false",
    "mine:here:a, false"
  })
  void knowsPinnedKeys(String key, boolean pinned) {
    assertThat(namespaces.contain(bytes(key))).isEqualTo(pinned);
  }

  @Test
  void listsWhatIsPinned() {
    assertThat(namespaces.names()).containsExactly("MCP::Servers", "ROLES");
    assertThat(Namespaces.NONE.names()).isEmpty();
    assertThat(Namespaces.NONE.contain(bytes("ROLES:USER"))).isFalse();
  }
}
