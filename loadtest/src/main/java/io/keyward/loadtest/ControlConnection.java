package io.keyward.loadtest;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A plain blocking connection for the few commands around a measurement. */
final class ControlConnection implements AutoCloseable {
  private static final int READ_TIMEOUT_MILLIS = 60_000;

  private final Socket socket = new Socket();
  private final InputStream in;

  ControlConnection(InetSocketAddress address) throws IOException {
    try {
      socket.connect(address);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(READ_TIMEOUT_MILLIS);
      in = new BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Sends a command that answers with a status, a number, a bulk string or an array of them, and
   * returns its text, empty if there is nothing; of an array a line for each element.
   */
  String call(String... words) throws IOException {
    socket.getOutputStream().write(RequestTemplate.of(List.of(words)).bytes());
    return readReply(words[0]);
  }

  private String readReply(String command) throws IOException {
    String line = readLine();
    String text = line.substring(1);
    return switch (line.charAt(0)) {
      case '+', ':' -> text;
      case '-' -> throw new ErrorReplyException(text);
      case '$' -> text.equals("-1") ? "" : readBulk(Integer.parseInt(text));
      case '*' -> readArray(Integer.parseInt(text), command);
      default -> throw new MalformedReplyException("'" + line + "' to " + command);
    };
  }

  private String readArray(int length, String command) throws IOException {
    List<String> elements = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      elements.add(readReply(command));
    }
    return String.join("\n", elements);
  }

  /** The value of a field in an INFO text, or null. */
  static @Nullable String infoField(String info, String field) {
    return info.lines()
        .filter(line -> line.startsWith(field + ":"))
        .map(line -> line.substring(field.length() + 1).strip())
        .findFirst()
        .orElse(null);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private String readBulk(int length) throws IOException {
    byte[] bytes = in.readNBytes(length + 2);
    if (bytes.length < length + 2) {
      throw new EOFException("the server closed the connection");
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the server closed the connection");
      }
      line.append((char) b);
    }
    if (line.length() < 2) {
      throw new MalformedReplyException("an empty line");
    }
    line.setLength(line.length() - 1);
    return line.toString();
  }
}
