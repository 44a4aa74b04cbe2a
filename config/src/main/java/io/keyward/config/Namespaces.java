package io.keyward.config;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The namespaces that are pinned to the gateway's memory, and how a key names its namespace.
 *
 * <p>A key's namespace is what stands before its first colon, after an optional client-side prefix
 * that ends in {@code ::}. So {@code lc::ROLES:USER}, {@code ::ROLES:USER} and {@code ROLES:USER}
 * are all in ROLES. A configured name that itself holds colons matches by its whole text.
 */
public final class Namespaces {
  /** LibreChat's cache keys, in its spelling. */
  static final List<String> LIBRECHAT =
      List.of(
          "ABORT_KEYS",
          "ADMIN_OAUTH_EXCHANGE",
          "APP_CONFIG",
          "AUDIO_RUNS",
          "AUTH_USER_DOC",
          "BANS",
          "CONFIG_STORE",
          "ENCODED_DOMAINS",
          "ENDPOINT_CONFIG",
          "FLOWS",
          "GEN_TITLE",
          "MESSAGES",
          "MODELS_CONFIG",
          "MODEL_QUERIES",
          "OPENID_EXCHANGED_TOKENS",
          "OPENID_SESSION",
          "PENDING_REQ",
          "PLUGINS",
          "ROLES",
          "S3_EXPIRY_INTERVAL",
          "SAML_SESSION",
          "SANDBOX_PREWARM",
          "STARTUP_CONFIG",
          "TOKEN_CONFIG",
          "TOOLS",
          "TOOL_CACHE",
          "USER_PRINCIPALS");

  /** No namespace is pinned. */
  public static final Namespaces NONE = new Namespaces(List.of(), List.of());

  private final SortedSet<String> pinned;

  /** Configured names that hold colons, longest first, so that the most exact one wins. */
  private final byte[][] withColons;

  private final byte[][] pinnedBytes;

  /**
   * Namespaces from the configuration.
   *
   * @param declared all names that are configured, pinned or not
   * @param pinned the names that are pinned
   */
  public Namespaces(Collection<String> declared, Collection<String> pinned) {
    this.pinned = new TreeSet<>(pinned);
    TreeSet<String> all = new TreeSet<>(declared);
    all.addAll(pinned);
    this.withColons =
        all.stream()
            .filter(name -> name.indexOf(':') >= 0)
            .sorted(Comparator.comparingInt(String::length).reversed())
            .map(name -> name.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
    this.pinnedBytes =
        this.pinned.stream()
            .map(name -> name.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
  }

  /** The names of the pinned namespaces, sorted. */
  public List<String> pinned() {
    return List.copyOf(pinned);
  }

  /** The key's namespace; nothing if the key has no colon that ends one. */
  public Optional<String> namespaceOf(byte[] key) {
    int start = start(key);
    int end = end(key, start);
    return end < 0
        ? Optional.empty()
        : Optional.of(new String(key, start, end - start, StandardCharsets.UTF_8));
  }

  /** True if the key's namespace is pinned; allocates nothing. */
  public boolean isPinned(byte[] key) {
    if (pinnedBytes.length == 0) {
      return false;
    }
    int start = start(key);
    int end = end(key, start);
    if (end >= 0) {
      for (byte[] name : pinnedBytes) {
        if (Arrays.equals(name, 0, name.length, key, start, end)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Where the namespace ends, or -1 if the key has none. */
  private int end(byte[] key, int start) {
    for (byte[] name : withColons) {
      if (isAt(name, key, start)) {
        return start + name.length;
      }
    }
    return indexOfColon(key, start);
  }

  /**
   * Where the namespace begins: behind a client-side prefix if there is one.
   *
   * <p>A prefix holds no colon, so it is there if the key's first colon is followed by another. A
   * configured name with a double colon in it is no prefix.
   */
  private int start(byte[] key) {
    for (byte[] name : withColons) {
      if (isAt(name, key, 0)) {
        return 0;
      }
    }
    int colon = indexOfColon(key, 0);
    boolean prefixed = colon >= 0 && colon + 1 < key.length && key[colon + 1] == ':';
    return prefixed ? colon + 2 : 0;
  }

  /** True if the name stands at {@code start} and the key goes on with a colon. */
  private static boolean isAt(byte[] name, byte[] key, int start) {
    int end = start + name.length;
    return end < key.length
        && key[end] == ':'
        && Arrays.equals(name, 0, name.length, key, start, end);
  }

  private static int indexOfColon(byte[] key, int from) {
    for (int i = from; i < key.length; i++) {
      if (key[i] == ':') {
        return i;
      }
    }
    return -1;
  }
}
