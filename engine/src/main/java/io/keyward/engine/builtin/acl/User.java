package io.keyward.engine.builtin.acl;

import io.keyward.engine.command.CommandTable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Somebody who may log in to a keyspace, and what the rules allow.
 *
 * <p>The object stays the same while its rules change, so that connections which have logged in
 * follow every change at once. Passwords are kept as the hexadecimal digits of their SHA-256.
 */
public final class User {
  private final String name;
  private final CommandTable table;
  private final Set<String> passwords = new LinkedHashSet<>();
  private final List<Selector> selectors = new ArrayList<>(1);
  private boolean enabled;
  private boolean noPassword;
  private boolean skipSanitizing;
  private boolean unrestricted;

  /** A user that may do nothing and is off; {@code name} stands byte for character. */
  User(String name, CommandTable table, boolean allChannels) {
    this.name = name;
    this.table = table;
    selectors.add(new Selector(table, allChannels));
  }

  public String name() {
    return name;
  }

  CommandTable table() {
    return table;
  }

  /** Whether the user may log in. */
  public boolean enabled() {
    return enabled;
  }

  void enabled(boolean on) {
    enabled = on;
  }

  /** Whether every password is right. */
  public boolean noPassword() {
    return noPassword;
  }

  void noPassword(boolean none) {
    noPassword = none;
    passwords.clear();
  }

  void skipSanitizing(boolean skip) {
    skipSanitizing = skip;
  }

  /** The hashes of the passwords, 64 lower-case hexadecimal digits each. */
  public Collection<String> passwords() {
    return Collections.unmodifiableCollection(passwords);
  }

  void addPassword(String hash) {
    passwords.add(hash);
    noPassword = false;
  }

  boolean removePassword(String hash) {
    return passwords.remove(hash);
  }

  /** The sets of rules; the first is the user's own, the others were added in parentheses. */
  public List<Selector> selectors() {
    return Collections.unmodifiableList(selectors);
  }

  /** The same without a view of it, for the check of each request. */
  Selector selector(int index) {
    return selectors.get(index);
  }

  int selectorCount() {
    return selectors.size();
  }

  Selector root() {
    return selectors.getFirst();
  }

  void addSelector(Selector further) {
    selectors.add(further);
  }

  void removeSelectors() {
    selectors.subList(1, selectors.size()).clear();
  }

  /** Whether the user may do everything, so that nothing needs to be checked. */
  boolean unrestricted() {
    return unrestricted;
  }

  /** A user of the same rules, to try changes on. */
  User copy() {
    User copy = new User(name, table, false);
    copy.become(this);
    copy.selectors.replaceAll(Selector::copy);
    return copy;
  }

  /** Takes over the rules of another user, with its selectors, so that it may not change after. */
  void become(User other) {
    passwords.clear();
    passwords.addAll(other.passwords);
    selectors.clear();
    selectors.addAll(other.selectors);
    enabled = other.enabled;
    noPassword = other.noPassword;
    skipSanitizing = other.skipSanitizing;
    unrestricted = selectors.stream().anyMatch(Selector::unrestricted);
  }

  /** Whether this password is right, whatever else stands against a login. */
  boolean accepts(byte[] password) {
    if (noPassword) {
      return true;
    }
    byte[] hash = hash(password).getBytes(StandardCharsets.US_ASCII);
    boolean right = false;
    for (String known : passwords) {
      // The comparison takes the same time however much of the hash is right.
      right |= MessageDigest.isEqual(hash, known.getBytes(StandardCharsets.US_ASCII));
    }
    return right;
  }

  static String hash(byte[] password) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(password));
    } catch (NoSuchAlgorithmException absent) {
      throw new IllegalStateException("every JDK has SHA-256", absent);
    }
  }

  /** Whether the user may listen to a channel, or to a pattern of channels. */
  public boolean mayListen(byte[] channel, boolean pattern) {
    return selectors.stream()
        .anyMatch(selector -> selector.admitsChannel(channel, 0, channel.length, pattern));
  }

  /** Whether this user may listen to whatever the other may, as the texts of the rules tell. */
  boolean listensToAllOf(User other) {
    if (selectors.stream().anyMatch(Selector::allChannels)) {
      return true;
    }
    Set<String> own = new HashSet<>();
    selectors.forEach(each -> each.channelPatterns().forEach(pattern -> own.add(pattern.text())));
    return other.selectors.stream()
        .allMatch(
            each ->
                !each.allChannels()
                    && each.channelPatterns().stream()
                        .allMatch(pattern -> own.contains(pattern.text())));
  }

  /** The flags by their names. */
  public List<String> flags() {
    List<String> flags = new ArrayList<>();
    flags.add(enabled ? "on" : "off");
    if (noPassword) {
      flags.add("nopass");
    }
    flags.add(skipSanitizing ? "skip-sanitize-payload" : "sanitize-payload");
    return flags;
  }

  /**
   * About how many bytes the user takes beyond what every keyspace has: names, passwords and
   * patterns, which stand once as text and once as bytes.
   */
  long bytes() {
    long bytes = 128L * passwords.size();
    for (Selector selector : selectors) {
      bytes += 2L * selector.textLength();
    }
    return name.equals(AccessControl.DEFAULT_USER)
        ? Math.max(0, bytes - 64)
        : bytes + 1024 + 2L * name.length();
  }

  /** The line that makes this user again, in a file or in ACL LIST. */
  public String line() {
    StringBuilder line = new StringBuilder("user ").append(name);
    flags().forEach(flag -> line.append(' ').append(flag));
    passwords.forEach(hash -> line.append(" #").append(hash));
    line.append(' ').append(root().text());
    selectors.stream()
        .skip(1)
        .forEach(selector -> line.append(" (").append(selector.text()).append(')'));
    return line.toString();
  }
}
