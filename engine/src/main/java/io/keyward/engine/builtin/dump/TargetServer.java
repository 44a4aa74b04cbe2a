package io.keyward.engine.builtin.dump;

import io.keyward.engine.CommandException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes keys to another server by RESTORE; on a thread that may wait. */
final class TargetServer {
  private static final int LONGEST_LINE = 1024;

  private final String host;
  private final int port;
  private final int timeoutMillis;

  TargetServer(String host, int port, int timeoutMillis) {
    this.host = host;
    this.port = port;
    this.timeoutMillis = timeoutMillis;
  }

  /**
   * What came of it.
   *
   * @param taken positions in the list of commands of those that the server has done
   * @param failure what went wrong first, or null
   */
  record Outcome(List<Integer> taken, @Nullable CommandException failure) {}

  /**
   * Sends commands and reads their replies.
   *
   * @param first what must succeed before anything else is of use, such as AUTH and SELECT
   */
  Outcome send(List<List<byte[]>> first, List<List<byte[]>> commands) {
    List<Integer> taken = new ArrayList<>();
    String doing = "connecting to the client";
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), timeoutMillis);
      socket.setSoTimeout(timeoutMillis);
      socket.setTcpNoDelay(true);
      doing = "writing to target instance";
      OutputStream out = new BufferedOutputStream(socket.getOutputStream());
      for (List<byte[]> command : first) {
        write(command, out);
      }
      for (List<byte[]> command : commands) {
        write(command, out);
      }
      out.flush();
      doing = "reading from target instance";
      InputStream in = new BufferedInputStream(socket.getInputStream());
      return replies(first.size(), commands.size(), in, taken);
    } catch (IOException broken) {
      return new Outcome(taken, failure(doing));
    }
  }

  /** An error among the first replies is one for all; among the others the rest goes on. */
  private static Outcome replies(int first, int commands, InputStream in, List<Integer> taken)
      throws IOException {
    String refusal = null;
    for (int i = 0; i < first; i++) {
      refusal = refusal == null ? error(line(in)) : refusal;
    }
    boolean ready = refusal == null;
    for (int i = 0; i < commands && ready; i++) {
      String error = error(line(in));
      if (error == null) {
        taken.add(i);
      } else if (refusal == null) {
        refusal = error;
      }
    }
    return new Outcome(
        taken,
        refusal == null
            ? null
            : CommandException.error("Target instance replied with error: " + refusal));
  }

  private static @Nullable String error(String line) {
    return line.startsWith("-") ? line.substring(1) : null;
  }

  private static void write(List<byte[]> words, OutputStream out) throws IOException {
    out.write(("*" + words.size() + "\r\n").getBytes(StandardCharsets.US_ASCII));
    for (byte[] word : words) {
      out.write(("$" + word.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(word);
      out.write('\r');
      out.write('\n');
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\r'; c = in.read()) {
      if (c < 0) {
        throw new EOFException();
      }
      if (line.length() < LONGEST_LINE) {
        line.append((char) c);
      }
    }
    int _ = in.read();
    return line.toString();
  }

  private static CommandException failure(String doing) {
    return new CommandException("IOERR error or timeout " + doing);
  }
}
