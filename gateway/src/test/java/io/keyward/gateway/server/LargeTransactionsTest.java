package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.fixture.GatewayProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients with large transactions, where there is little memory for them. */
@Tag("slow")
class LargeTransactionsTest {
  private static final int CLIENTS = 8;
  private static final int ROUNDS = 6;
  private static final int COMMANDS = 30;
  private static final String VALUE = "v".repeat(200_000);

  @TempDir Path folder;

  /** What became of a client. */
  private enum End {
    ANSWERED,
    CLOSED,
    /** It has had neither an answer nor a close for long. */
    FORGOTTEN
  }

  private static void sendAll(Socket socket) {
    try {
      OutputStream out = socket.getOutputStream();
      out.write("MULTI\r\n".getBytes(StandardCharsets.US_ASCII));
      String set = "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$200000\r\n" + VALUE + "\r\n";
      for (int i = 0; i < COMMANDS; i++) {
        out.write(set.getBytes(StandardCharsets.US_ASCII));
      }
      out.write("EXEC\r\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException closed) {
      // Its reader finds that out.
    }
  }

  private static End transaction(int port) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(60_000);
      BufferedReader replies =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      Thread sender = Thread.ofVirtual().start(() -> sendAll(socket));
      for (int i = 0; i < COMMANDS + 2; i++) {
        if (replies.readLine() == null) {
          return End.CLOSED;
        }
      }
      sender.join();
      return End.ANSWERED;
    } catch (SocketTimeoutException forgotten) {
      return End.FORGOTTEN;
    } catch (IOException reset) {
      return End.CLOSED;
    }
  }

  @Test
  void everyoneIsAnsweredOrClosed() throws Exception {
    Map<String, String> little =
        Map.of(
            "KEYWARD_EVENT_LOOPS",
            "2",
            "JDK_JAVA_OPTIONS",
            "-XX:MaxDirectMemorySize=16m -XX:PretenureSizeThreshold=131072 -Xmn24m");
    try (GatewayProcess gateway = GatewayProcess.start(folder, List.of(), little, "--save", "");
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < ROUNDS; round++) {
        List<Callable<End>> all = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
          all.add(() -> transaction(gateway.port()));
        }
        for (Future<End> end : clients.invokeAll(all)) {
          assertThat(end.get()).isNotEqualTo(End.FORGOTTEN);
        }
      }
      assertThat(transaction(gateway.port())).isEqualTo(End.ANSWERED);
    }
  }
}
