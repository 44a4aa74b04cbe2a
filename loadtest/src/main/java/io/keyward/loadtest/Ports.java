package io.keyward.loadtest;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Finds ports for the servers under test. */
final class Ports {
  private Ports() {}

  /** The port itself, or a free one of the system's choice for 0. */
  static int orFree(int port) throws IOException {
    if (port != 0) {
      return port;
    }
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
