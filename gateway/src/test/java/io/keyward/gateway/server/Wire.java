package io.keyward.gateway.server;

import io.keyward.gateway.fixture.Patience;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A client that sends and reads bytes and knows no more of the protocol than a test tells it. */
final class Wire implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  Wire(Socket socket) {
    try {
      this.socket = socket;
      socket.setSoTimeout(Patience.MILLIS);
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
      out = socket.getOutputStream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Wire to(int port) {
    try {
      return new Wire(new Socket(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Socket socket() {
    return socket;
  }

  Wire send(String text) {
    try {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends this side of the connection; replies may still come. */
  void endInput() {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads as many bytes as the expected reply has, to be compared with it. */
  String read(int length) {
    try {
      byte[] bytes = in.readNBytes(length);
      return new String(bytes, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a line without its end. */
  String line() {
    try {
      StringBuilder line = new StringBuilder();
      int c = in.read();
      while (c != '\n') {
        if (c < 0) {
          throw new EOFException("closed after \"" + line + "\"");
        }
        line.append((char) c);
        c = in.read();
      }
      return line.substring(0, line.length() - 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads the snapshot that a replica is sent; until it begins, line ends alone may come. */
  String snapshot() {
    try {
      int first = in.read();
      while (first == '\n') {
        first = in.read();
      }
      String length = line();
      if (first != '$') {
        throw new IOException("no snapshot, but " + (char) first + length);
      }
      return read(Integer.parseInt(length));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bytes that have come and have not been read. */
  int unread() {
    try {
      return in.available();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends an inline command and reads the first line of its reply. */
  String ask(String command) {
    return send(command + "\r\n").line();
  }

  /** Everything until the server closes the connection, in good order or not. */
  String readToEnd() {
    StringBuilder text = new StringBuilder();
    byte[] buffer = new byte[64 * 1024];
    try {
      int length = in.read(buffer);
      while (length >= 0) {
        text.append(new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
        length = in.read(buffer);
      }
    } catch (SocketTimeoutException stillOpen) {
      throw new UncheckedIOException(stillOpen);
    } catch (IOException reset) {
      // A reset ends the connection as well.
    }
    return text.toString();
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
