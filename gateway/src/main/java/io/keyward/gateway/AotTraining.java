package io.keyward.gateway;

import io.keyward.config.ConfigurationException;
import io.keyward.config.Settings;
import io.keyward.gateway.server.StartException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Starts a gateway and uses it a little, so that the JVM can record an AOT cache of its classes.
 */
final class AotTraining {
  private static final int ROUNDS = 200;

  private AotTraining() {}

  /** Starts, serves a few clients, and stops; the data does not matter. */
  static void run() throws ConfigurationException, StartException, IOException {
    Settings settings =
        Settings.load(List.of("--bind", "127.0.0.1", "--appendonly", "no", "--save", ""), Map.of());
    try (Gateway gateway = Gateway.startOnFreePorts(settings)) {
      Banner.text(gateway);
      for (int i = 0; i < 3; i++) {
        serve(gateway.ports().redis());
      }
    }
  }

  private static void serve(int port) throws IOException {
    byte[] requests =
        """
        PING\r
        SET training 1\r
        GET training\r
        CLIENT INFO\r
        INFO\r
        CONFIG GET max*\r
        *2\r
        $3\r
        DEL\r
        $8\r
        training\r
        """
            .getBytes(StandardCharsets.US_ASCII);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      for (int i = 0; i < ROUNDS; i++) {
        socket.getOutputStream().write(requests);
      }
      socket.getOutputStream().write("QUIT\r\n".getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      InputStream replies = socket.getInputStream();
      byte[] buffer = new byte[64 * 1024];
      while (replies.read(buffer) >= 0) {
        // The replies do not matter.
      }
    }
  }
}
