package io.keyward.gateway.comparison;

import io.keyward.gateway.fixture.Patience;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One of the two servers, at the end of a connection on which commands are pipelined. */
final class Peer implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;

  Peer(String host, int port) {
    try {
      socket = new Socket(host, port);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(Patience.MILLIS);
      in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends the commands in one go and reads as many replies. */
  List<RespValue> exchange(List<List<String>> commands) {
    byte[] bytes = encoded(commands);
    CompletableFuture<Void> written = CompletableFuture.runAsync(() -> write(bytes));
    try {
      List<RespValue> replies = new ArrayList<>(commands.size());
      for (int i = 0; i < commands.size(); i++) {
        replies.add(RespValue.read(in));
      }
      written.join();
      return replies;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends one command and reads its reply. */
  RespValue exchange(String... words) {
    return exchange(List.of(List.of(words))).getFirst();
  }

  private void write(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] encoded(List<List<String>> commands) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (List<String> command : commands) {
      all.writeBytes(("*" + command.size() + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      for (String word : command) {
        all.writeBytes(
            ("$" + word.length() + "\r\n" + word + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    return all.toByteArray();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
