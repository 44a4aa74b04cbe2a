package io.keyward.gateway.command;

import io.keyward.engine.Client;

/** Whom directives with the values no, yes and local admit. */
final class Locality {
  private Locality() {}

  /** Whether the directive's value lets this client in. */
  static boolean allows(String value, Client client) {
    return switch (value) {
      case "yes" -> true;
      case "local" -> local(client.connection().remoteAddress());
      default -> false;
    };
  }

  private static boolean local(String address) {
    return address.startsWith("127.") || address.startsWith("[::1]") || address.startsWith("/");
  }
}
