package io.keyward.config;

import java.net.InetAddress;
import java.util.regex.Pattern;

/** What may stand where a host is named; nothing is looked up. */
final class HostNames {
  private static final String LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";

  /** RFC 1123, 2.1, and the underscores of container names. */
  private static final Pattern NAME =
      Pattern.compile("(?=.{1,253}$)" + LABEL + "(\\." + LABEL + ")*\\.?");

  private static final Pattern LIKE_ADDRESS = Pattern.compile("[0-9.]+|.*:.*");

  private HostNames() {}

  static boolean isHost(String text) {
    return LIKE_ADDRESS.matcher(text).matches() ? isAddress(text) : NAME.matcher(text).matches();
  }

  private static boolean isAddress(String text) {
    // With its scope, as in fe80::1%eth0, an address is valid only where there is that interface.
    String unscoped = text.replaceFirst("%[^]]+", "");
    try {
      var _ = InetAddress.ofLiteral(unscoped);
      return true;
    } catch (IllegalArgumentException none) {
      return false;
    }
  }
}
