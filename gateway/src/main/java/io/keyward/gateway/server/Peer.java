package io.keyward.gateway.server;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * The two ends of a connection as clients see them printed.
 *
 * @param remote {@code 127.0.0.1:50000}, {@code [::1]:50000} or {@code /path:0}
 * @param local the same for the gateway's end
 * @param loopback whether the client is on this machine
 * @param tls whether the connection is encrypted
 * @param keepAlive the seconds of silence after which the kernel asks whether the client is still
 *     there, as {@code tcp-keepalive} said when it came; 0 = never
 */
record Peer(String remote, String local, boolean loopback, boolean tls, long keepAlive) {
  static Peer internet(SocketAddress remote, SocketAddress local, boolean tls, long keepAlive) {
    boolean loopback =
        remote instanceof InetSocketAddress address
            && address.getAddress() != null
            && address.getAddress().isLoopbackAddress();
    return new Peer(text(remote), text(local), loopback, tls, keepAlive);
  }

  static Peer unix(String path) {
    return new Peer(path + ":0", path + ":0", true, false, 0);
  }

  private static String text(SocketAddress address) {
    if (address instanceof InetSocketAddress internet && internet.getAddress() != null) {
      String host = internet.getAddress().getHostAddress();
      int zone = host.indexOf('%');
      host = zone < 0 ? host : host.substring(0, zone);
      return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + internet.getPort();
    }
    return "?:0";
  }
}
