package io.keyward.loadtest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/** A server in this process: reads RESP requests and answers each as the test says. */
final class FakeServer implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
  private final List<List<String>> requests = Collections.synchronizedList(new ArrayList<>());
  private final List<Socket> sockets = Collections.synchronizedList(new ArrayList<>());
  private final Function<List<String>, String> answer;

  /**
   * @param answer the RESP reply to the words of a request; IllegalStateException hangs up
   */
  FakeServer(Function<List<String>, String> answer) throws IOException {
    this.answer = answer;
    Thread.ofVirtual().start(this::accept);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** All requests so far, those of one connection in order. */
  List<List<String>> requests() {
    return List.copyOf(requests);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : List.copyOf(sockets)) {
      socket.close();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        sockets.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = new BufferedOutputStream(socket.getOutputStream());
      while (true) {
        int count = Integer.parseInt(line(in).substring(1));
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          int length = Integer.parseInt(line(in).substring(1));
          words.add(new String(in.readNBytes(length), ISO_8859_1));
          line(in);
        }
        requests.add(words);
        out.write(answer.apply(words).getBytes(ISO_8859_1));
        if (in.available() == 0) {
          out.flush();
        }
      }
    } catch (IOException | IllegalStateException over) {
      // The client is gone, the test is over, or its answer is to hang up.
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("closed");
      }
      line.append((char) b);
    }
    return line.substring(0, line.length() - 1);
  }
}
