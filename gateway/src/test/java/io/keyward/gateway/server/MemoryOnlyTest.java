package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.gateway.Gateway;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A deployment that says so is in memory alone, while the others are in the files. */
class MemoryOnlyTest {
  @TempDir Path folder;

  private Gateway start(String durability) throws IOException {
    Path file = write(durability);
    return Gateways.startWith(
        Map.of(), file.toString(), "--dir", folder.resolve("data").toString(), "--save", "3600 1");
  }

  private Path write(String durability) throws IOException {
    return Files.writeString(
        folder.resolve("keyward.yaml"),
        """
        operator: {username: operator, password: operator}
        tenants:
          shop:
            deployments:
              kept: {password: kept}
              cache: {password: cache%s}
        """
            .formatted(durability));
  }

  private static Words as(Gateway gateway, String login) {
    Words wire = new Words(gateway);
    assertThat(wire.call("AUTH " + login + " " + login)).isEqualTo("OK");
    return wire;
  }

  private boolean filesName(String key) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(key)) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void nothingOfItIsInAFileAndNothingOfOthersIsMissing() throws Exception {
    try (Gateway gateway = start(", durability: memory");
        Words kept = as(gateway, "kept");
        Words cache = as(gateway, "cache");
        Words operator = as(gateway, "operator")) {
      kept.call("SET kept-key 1");
      cache.call("SET cached-key 1");
      assertThat(cache.call("CONFIG GET appendonly")).contains("no");
      assertThat(cache.call("INFO persistence")).contains("aof_enabled:0");
      assertThat(kept.call("INFO persistence")).contains("aof_enabled:1");
      assertThat(operator.call("SAVE")).isEqualTo("OK");
    }
    assertThat(filesName("kept-key")).isTrue();
    assertThat(filesName("cached-key")).isFalse();
    try (Gateway gateway = start(", durability: memory");
        Words kept = as(gateway, "kept");
        Words cache = as(gateway, "cache")) {
      assertThat(kept.call("GET kept-key")).isEqualTo("1");
      assertThat(cache.call("EXISTS cached-key")).isEqualTo("0");
    }
  }

  @Test
  void whatFilesHaveOfItFromBeforeDoesNotComeBack() throws Exception {
    try (Gateway gateway = start("");
        Words cache = as(gateway, "cache")) {
      cache.call("SET former 1");
    }
    try (Gateway gateway = start(", durability: memory");
        Words cache = as(gateway, "cache")) {
      assertThat(cache.call("DBSIZE")).isEqualTo("0");
    }
  }

  @Test
  void aReloadOfTheConfigurationTakesItOutOfTheFiles() throws Exception {
    try (Gateway gateway = start("");
        Words cache = as(gateway, "cache");
        Words operator = as(gateway, "operator")) {
      cache.call("SET former 1");
      write(", durability: memory");
      assertThat(gateway.reload()).isEmpty();
      String info = operator.call("INFO persistence");
      while (!info.contains("aof_rewrites:1") || info.contains("aof_rewrite_in_progress:1")) {
        info = operator.call("INFO persistence");
      }
      cache.call("SET later 1");
    }
    assertThat(Files.deleteIfExists(folder.resolve("data/dump.rdb"))).isTrue();
    assertThat(filesName("former")).isFalse();
    assertThat(filesName("later")).isFalse();
  }

  @Test
  void filesFollowWhatIsPinned() throws Exception {
    try (Gateway gateway = start(", pinned: [ROLES]");
        Words cache = as(gateway, "cache");
        Words operator = as(gateway, "operator")) {
      cache.call("MSET ROLES:user 1 TOOLS:one 1 other 1");
      assertThat(filesName("ROLES:user")).isFalse();
      assertThat(filesName("TOOLS:one")).isTrue();
      write(", pinned: [TOOLS]");
      assertThat(gateway.reload()).isEmpty();
      String info = operator.call("INFO persistence");
      while (!info.contains("aof_rewrites:1") || info.contains("aof_rewrite_in_progress:1")) {
        info = operator.call("INFO persistence");
      }
      assertThat(operator.call("SAVE")).isEqualTo("OK");
      assertThat(filesName("ROLES:user")).isTrue();
      assertThat(filesName("TOOLS:one")).isFalse();
    }
    try (Gateway gateway = start(", pinned: [TOOLS]");
        Words cache = as(gateway, "cache")) {
      assertThat(cache.call("MGET ROLES:user TOOLS:one other")).isEqualTo("1 nil 1");
    }
  }

  @Test
  void anotherWordIsRefused() {
    assertThatThrownBy(() -> start(", durability: disk").close())
        .rootCause()
        .hasMessageContaining("it is neither files nor memory");
  }
}
