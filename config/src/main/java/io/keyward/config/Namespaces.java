package io.keyward.config;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Namespaces that are chosen among all (those that are pinned, or those that are shared), and how a
 * key names its namespace.
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

  /** None is chosen. */
  public static final Namespaces NONE = new Namespaces(List.of(), List.of());

  private final SortedSet<String> chosen;

  /** Configured names that hold colons, longest first, so that the most exact one wins. */
  private final byte[][] withColons;

  private final byte[][] chosenBytes;

  /**
   * Namespaces from the configuration.
   *
   * @param declared all names that are configured, chosen or not
   * @param chosen the names that are chosen
   */
  public Namespaces(Collection<String> declared, Collection<String> chosen) {
    this.chosen = new TreeSet<>(chosen);
    TreeSet<String> all = new TreeSet<>(declared);
    all.addAll(chosen);
    this.withColons =
        all.stream()
            .filter(name -> name.indexOf(':') >= 0)
            .sorted(Comparator.comparingInt(String::length).reversed())
            .map(name -> name.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
    this.chosenBytes =
        this.chosen.stream()
            .map(name -> name.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
  }

  /** The names of the chosen namespaces, sorted. */
  public List<String> names() {
    return List.copyOf(chosen);
  }

  /** Whether the key's namespace is one of the chosen ones; allocates nothing. */
  public boolean contain(byte[] key) {
    return contain(key, 0, key.length);
  }

  /** As the other, for a key that stands within an array. */
  public boolean contain(byte[] bytes, int offset, int length) {
    return indexOf(bytes, offset, length) >= 0;
  }

  /** Which of the chosen ones, by its place among the {@link #names}, a key is in; -1 if none. */
  public int indexOf(byte[] bytes, int offset, int length) {
    if (chosenBytes.length == 0) {
      return -1;
    }
    int limit = offset + length;
    int start = start(bytes, offset, limit);
    int end = end(bytes, start, limit);
    if (end >= 0) {
      for (int i = 0; i < chosenBytes.length; i++) {
        byte[] name = chosenBytes[i];
        if (Arrays.equals(name, 0, name.length, bytes, start, end)) {
          return i;
        }
      }
    }
    return -1;
  }

  /** Where the namespace ends, or -1 if the key has none. */
  private int end(byte[] bytes, int start, int limit) {
    for (byte[] name : withColons) {
      if (isAt(name, bytes, start, limit)) {
        return start + name.length;
      }
    }
    return indexOfColon(bytes, start, limit);
  }

  /**
   * Where the namespace begins: behind a client-side prefix if there is one.
   *
   * <p>A prefix holds no colon, so it is there if the key's first colon is followed by another. A
   * configured name with a double colon in it is no prefix.
   */
  private int start(byte[] bytes, int offset, int limit) {
    for (byte[] name : withColons) {
      if (isAt(name, bytes, offset, limit)) {
        return offset;
      }
    }
    int colon = indexOfColon(bytes, offset, limit);
    boolean prefixed = colon >= 0 && colon + 1 < limit && bytes[colon + 1] == ':';
    return prefixed ? colon + 2 : offset;
  }

  /** Whether the name stands at {@code start} and the key goes on with a colon. */
  private static boolean isAt(byte[] name, byte[] bytes, int start, int limit) {
    int end = start + name.length;
    return end < limit
        && bytes[end] == ':'
        && Arrays.equals(name, 0, name.length, bytes, start, end);
  }

  private static int indexOfColon(byte[] bytes, int from, int limit) {
    for (int i = from; i < limit; i++) {
      if (bytes[i] == ':') {
        return i;
      }
    }
    return -1;
  }
}
