package io.keyward.engine.builtin.acl;

import io.keyward.engine.builtin.acl.RuleException.Fault;
import io.keyward.engine.command.KeySpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads rules and applies them to a user, in their order. Texts stand byte for character (ISO
 * 8859-1).
 */
final class UserRules {
  private static final int HASH_LENGTH = 64;

  private final User user;
  private final boolean allChannelsByDefault;
  private final Runnable between;

  /**
   * Rules for a user.
   *
   * @param allChannelsByDefault whether new selectors reach every channel
   * @param between is called after each rule, in selectors too
   */
  UserRules(User user, boolean allChannelsByDefault, Runnable between) {
    this.user = user;
    this.allChannelsByDefault = allChannelsByDefault;
    this.between = between;
  }

  /**
   * Puts selectors together that blanks have torn apart.
   *
   * @throws RuleException if a parenthesis is not closed
   */
  static List<String> joined(List<String> rules) throws RuleException {
    List<String> joined = new ArrayList<>();
    StringBuilder open = new StringBuilder();
    String first = "";
    for (String rule : rules) {
      if (!open.isEmpty()) {
        open.append(' ').append(rule);
      } else if (rule.startsWith("(") && !rule.endsWith(")")) {
        first = rule;
        open.append(rule);
        continue;
      } else {
        joined.add(rule);
        continue;
      }
      if (rule.endsWith(")")) {
        joined.add(open.toString());
        open.setLength(0);
      }
    }
    if (!open.isEmpty()) {
      throw new RuleException("Unmatched parenthesis in acl selector starting at '" + first + "'.");
    }
    return joined;
  }

  /** Applies one rule. */
  void apply(String rule) throws RuleException {
    if (rule.isEmpty()) {
      return;
    }
    switch (rule.toLowerCase(Locale.ROOT)) {
      case "on" -> user.enabled(true);
      case "off" -> user.enabled(false);
      case "nopass" -> user.noPassword(true);
      case "resetpass" -> user.noPassword(false);
      case "skip-sanitize-payload" -> user.skipSanitizing(true);
      case "sanitize-payload" -> user.skipSanitizing(false);
      case "clearselectors" -> user.removeSelectors();
      case "reset" -> reset();
      default -> applyOther(rule);
    }
    between.run();
  }

  private void reset() {
    user.noPassword(false);
    user.root().allowAllKeys(false);
    user.root().allowAllChannels(allChannelsByDefault);
    user.enabled(false);
    user.skipSanitizing(false);
    user.removeSelectors();
    user.root().commands().everything(false);
  }

  private void applyOther(String rule) throws RuleException {
    char first = rule.charAt(0);
    String rest = rule.substring(1);
    switch (first) {
      case '>' -> user.addPassword(hashOf(rest));
      case '#' -> user.addPassword(checkedHash(rest));
      case '<' -> removePassword(hashOf(rest));
      case '!' -> removePassword(checkedHash(rest));
      case '(' -> {
        if (!rule.endsWith(")")) {
          throw new RuleException(Fault.SYNTAX);
        }
        addSelector(rule.substring(1, rule.length() - 1));
      }
      default -> apply(rule, user.root());
    }
  }

  private static String hashOf(String password) {
    return User.hash(password.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String checkedHash(String hash) throws RuleException {
    boolean valid =
        hash.length() == HASH_LENGTH
            && hash.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    if (!valid) {
      throw new RuleException(Fault.MALFORMED_HASH);
    }
    return hash;
  }

  private void removePassword(String hash) throws RuleException {
    if (!user.removePassword(hash)) {
      throw new RuleException(Fault.NO_SUCH_PASSWORD);
    }
  }

  private void addSelector(String rules) throws RuleException {
    Selector selector = new Selector(user.table(), allChannelsByDefault);
    for (String rule : rules.split("[ \\t\\r\\n\\f\\x0B]+", -1)) {
      if (!rule.isEmpty()) {
        apply(rule, selector);
        between.run();
      }
    }
    user.addSelector(selector);
  }

  private static void apply(String rule, Selector selector) throws RuleException {
    switch (rule.toLowerCase(Locale.ROOT)) {
      case "allkeys", "~*" -> selector.allowAllKeys(true);
      case "resetkeys" -> selector.allowAllKeys(false);
      case "allchannels", "&*" -> selector.allowAllChannels(true);
      case "resetchannels" -> selector.allowAllChannels(false);
      case "allcommands", "+@all" -> selector.commands().everything(true);
      case "nocommands", "-@all" -> selector.commands().everything(false);
      default -> applyNamed(rule, selector);
    }
  }

  private static void applyNamed(String rule, Selector selector) throws RuleException {
    String rest = rule.substring(1);
    switch (rule.charAt(0)) {
      case '~' -> addKeys(selector, rest, Pattern.ANY_ACCESS);
      case '%' -> {
        int tilde = rest.indexOf('~');
        addKeys(selector, rest.substring(tilde + 1), access(rest, tilde));
      }
      case '&' -> addChannels(selector, rest);
      case '+', '-' -> {
        boolean allow = rule.charAt(0) == '+';
        if (rest.startsWith("@")) {
          selector.commands().category(rest.substring(1), allow);
        } else {
          selector.commands().command(rest, allow);
        }
      }
      default -> throw new RuleException(Fault.SYNTAX);
    }
  }

  /** What the letters before the tilde grant: R, W or both, each once. */
  private static int access(String rule, int tilde) throws RuleException {
    int access = 0;
    for (int i = 0; i < tilde; i++) {
      int one =
          switch (rule.charAt(i)) {
            case 'R', 'r' -> KeySpec.READ;
            case 'W', 'w' -> KeySpec.WRITE;
            default -> 0;
          };
      if (one == 0 || (access & one) != 0) {
        throw new RuleException(Fault.SYNTAX);
      }
      access |= one;
    }
    if (access == 0) {
      throw new RuleException(Fault.SYNTAX);
    }
    return access;
  }

  private static void addKeys(Selector selector, String pattern, int access) throws RuleException {
    if (selector.allKeys()) {
      throw new RuleException(Fault.KEYS_AFTER_ALL);
    }
    refuseBlanks(pattern);
    selector.addKeys(new Pattern(pattern, access));
  }

  private static void addChannels(Selector selector, String pattern) throws RuleException {
    if (selector.allChannels()) {
      throw new RuleException(Fault.CHANNELS_AFTER_ALL);
    }
    refuseBlanks(pattern);
    selector.addChannels(new Pattern(pattern, Pattern.ANY_ACCESS));
  }

  private static void refuseBlanks(String pattern) throws RuleException {
    if (hasBlanks(pattern)) {
      throw new RuleException(Fault.SYNTAX);
    }
  }

  /** Whether a text holds what would break a line of rules apart: blanks or zero bytes. */
  static boolean hasBlanks(String text) {
    return text.chars().anyMatch(c -> c == ' ' || (c >= '\t' && c <= '\r') || c == 0);
  }
}
