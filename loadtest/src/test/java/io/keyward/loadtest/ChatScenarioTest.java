package io.keyward.loadtest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The tokens of a chat on their way from writers to readers. */
class ChatScenarioTest {
  private final ChatRequests requests = new ChatRequests();

  @Test
  void aTokenCarriesTheInstantItWasDue() {
    ChatRequests.Token token = requests.token(7);
    token.due(1234567890123L);
    assertThat(new String(token.announce(), ISO_8859_1))
        .startsWith("*8\r\n$4\r\neval\r\n")
        .contains("\"due\":\"0000001234567890123\"")
        .contains("stream:{c7}:events");
    assertThat(new String(token.append(), ISO_8859_1)).contains("stream:{c7}:chunks");
  }

  @Test
  void everySecondTokenOfACycleHasSomethingBesideIt() {
    assertThat(ChatRequests.BESIDE).hasSize(ChatRequests.CYCLE / 2);
    for (ChatRequests.Kind kind : ChatRequests.Kind.values()) {
      assertThat(requests.beside(kind, 3)).isNotEqualTo(requests.beside(kind, 4));
    }
  }

  @Test
  void aReaderFindsTokensHoweverTheyAreCut() throws IOException {
    String events =
        "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$9\r\n{\"due\":\"0000000000000000042\",\"d\":\"\"du\"}"
            + "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$9\r\n{\"seq\":1,\"due\":\"1000000000000000000\"}";
    for (int cut = 1; cut < events.length(); cut++) {
      assertThat(heard(events.substring(0, cut), events.substring(cut)))
          .as("cut at %d", cut)
          .containsExactly(42L, 1_000_000_000_000_000_000L);
    }
  }

  private static List<Long> heard(String... parts) throws IOException {
    List<Long> heard = new ArrayList<>();
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Selector selector = Selector.open()) {
      CompletableFuture<Socket> accepted = CompletableFuture.supplyAsync(() -> accept(listener));
      ReaderConnection reader =
          new ReaderConnection(
              (InetSocketAddress) listener.getLocalSocketAddress(),
              selector,
              List.of("c"),
              heard::add);
      try (Socket socket = accepted.join()) {
        for (String part : parts) {
          socket.getOutputStream().write(part.getBytes(ISO_8859_1));
          selector.select();
          reader.receive(ByteBuffer.allocate(1024));
        }
      }
      reader.close();
    }
    return heard;
  }

  /** Takes the reader's connection and confirms what it subscribes to. */
  private static Socket accept(ServerSocket listener) {
    try {
      Socket socket = listener.accept();
      socket
          .getOutputStream()
          .write("*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n".getBytes(ISO_8859_1));
      return socket;
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
