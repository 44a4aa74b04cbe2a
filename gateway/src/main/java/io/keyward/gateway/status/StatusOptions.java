package io.keyward.gateway.status;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is asked for.
 *
 * @param admin where the admin port of the gateway is
 * @param token what it asks for; may be empty
 * @param seconds between two pages
 * @param once whether one page is enough
 */
record StatusOptions(URI admin, String token, double seconds, boolean once) {
  private static final double LEAST_SECONDS = 0.1;

  /** Leaves the token out. */
  @Override
  public String toString() {
    return admin.toString();
  }

  /**
   * Reads {@code [--admin URL] [--token TOKEN] [--interval SECONDS] [--once]}. What is left out is
   * as in the gateway's own environment: KEYWARD_ADMIN_BIND, KEYWARD_ADMIN_PORT,
   * KEYWARD_ADMIN_TOKEN.
   *
   * @throws StatusException if they are wrong
   */
  static StatusOptions of(List<String> arguments, Map<String, String> environment)
      throws StatusException {
    List<String> rest = new ArrayList<>(arguments);
    boolean once = rest.remove("--once");
    String admin = take(rest, "--admin", "http://" + place(environment));
    String token = take(rest, "--token", environment.getOrDefault("KEYWARD_ADMIN_TOKEN", ""));
    double seconds = seconds(take(rest, "--interval", "1"));
    if (!rest.isEmpty()) {
      throw new StatusException(
          "status does not know '"
              + rest.getFirst()
              + "'. Write: status [--admin http://127.0.0.1:9379] [--token TOKEN]"
              + " [--interval SECONDS] [--once]");
    }
    return new StatusOptions(address(admin), token, seconds, once);
  }

  private static String place(Map<String, String> environment) {
    String host = environment.getOrDefault("KEYWARD_ADMIN_BIND", "127.0.0.1");
    if (host.equals("0.0.0.0") || host.equals("::") || host.equals("*")) {
      host = "127.0.0.1";
    }
    return (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + environment.getOrDefault("KEYWARD_ADMIN_PORT", "9379");
  }

  private static String take(List<String> arguments, String option, String otherwise)
      throws StatusException {
    int at = arguments.indexOf(option);
    if (at < 0) {
      return otherwise;
    }
    if (at + 1 == arguments.size()) {
      throw new StatusException(option + " needs a value behind it");
    }
    arguments.remove(at);
    return arguments.remove(at);
  }

  private static double seconds(String text) throws StatusException {
    double seconds;
    try {
      seconds = Double.parseDouble(text);
    } catch (NumberFormatException noNumber) {
      seconds = Double.NaN;
    }
    if (!(seconds >= LEAST_SECONDS && seconds <= 3600)) {
      throw new StatusException(
          "--interval is '" + text + "'. Give seconds from 0.1 to 3600, such as 2");
    }
    return seconds;
  }

  private static URI address(String text) throws StatusException {
    String whole = text.contains("://") ? text : "http://" + text;
    try {
      URI address =
          URI.create(whole.endsWith("/") ? whole.substring(0, whole.length() - 1) : whole);
      if (address.getHost() != null
          && ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))) {
        return address;
      }
    } catch (IllegalArgumentException malformed) {
      // Told below.
    }
    throw new StatusException(
        "--admin is '" + text + "'. Give the address of the admin port: http://127.0.0.1:9379");
  }
}
