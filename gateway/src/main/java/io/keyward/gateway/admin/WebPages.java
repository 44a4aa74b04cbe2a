package io.keyward.gateway.admin;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells requests that a page in a browser on this machine has sent, where no token keeps them out:
 * those for a name that its owner has let lead to loopback (DNS rebinding), and those from a page
 * of another origin.
 */
final class WebPages {
  /** In the form in which it stands in a URL, brackets apart. */
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-f.]*:[0-9a-f:.]*");

  private WebPages() {}

  /** Why the request may be a page's, with the remedy; null if it is none. */
  static @Nullable String refusal(HttpServerRequest request) {
    String shown = request.getHeader("Host");
    HostAndPort asked = request.authority();
    if (shown != null && (asked == null || !isOfThisMachine(asked.host()))) {
      return "Without a token the admin port is asked for by an address or as localhost alone, so"
          + " that no web page can lead a browser here. Remedy: ask http://127.0.0.1, or set"
          + " admin.token.\n";
    }
    String origin = request.getHeader("Origin");
    return origin == null || origin.equalsIgnoreCase("http://" + shown)
        ? null
        : "Without a token the admin port answers no web page of another origin. Remedy: set"
            + " admin.token.\n";
  }

  private static boolean isOfThisMachine(String host) {
    String name = host.toLowerCase(Locale.ROOT).replaceAll("^\\[|]$|\\.$", "");
    return name.equals("localhost")
        || name.endsWith(".localhost")
        || ADDRESS.matcher(name).matches();
  }
}
