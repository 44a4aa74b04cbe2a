package io.keyward.loadtest;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a noisy neighbour does, again and again. */
enum Noise {
  KEYS("KEYS * over 1 M keys") {
    @Override
    void prepare(Line line) throws IOException {
      for (int i = 0; i < 1_000_000; i += 1000) {
        StringBuilder batch = new StringBuilder();
        for (int k = i; k < i + 1000; k++) {
          batch.append("SET key:").append(k).append(" v\r\n");
        }
        line.send(batch.toString());
        line.replies(1000);
      }
    }

    @Override
    void make(Line line) throws IOException {
      line.ask("KEYS", "*");
    }
  },
  VALUE("SET and GET of 512 MB") {
    @Override
    void make(Line line) throws IOException {
      int length = 512 * 1024 * 1024;
      line.send("*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n$" + length + "\r\n");
      byte[] piece = new byte[1 << 20];
      for (int sent = 0; sent < length; sent += piece.length) {
        line.out.write(piece);
      }
      line.send("\r\n");
      line.replies(1);
      line.ask("GET", "big");
      line.ask("DEL", "big");
    }
  },
  SCRIPT("a Lua loop of a second or so") {
    @Override
    void make(Line line) throws IOException {
      line.ask("EVAL", "local n = 0 for i = 1, 5e7 do n = n + i % 7 end return n", "0");
    }
  },
  PIPELINE("1 M SETs in one pipeline") {
    @Override
    void make(Line line) throws IOException {
      byte[] batch = "SET key value\r\n".repeat(10_000).getBytes(StandardCharsets.US_ASCII);
      Thread writer =
          Thread.startVirtualThread(
              () -> {
                try {
                  for (int i = 0; i < 100; i++) {
                    line.out.write(batch);
                  }
                } catch (IOException closed) {
                  // The reader sees it too.
                }
              });
      line.replies(1_000_000);
      writer.interrupt();
    }
  },
  STORM("200 connections at once that log in and go") {
    @Override
    void make(Line line) throws IOException {
      List<Line> all = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        all.add(line.again());
      }
      for (Line each : all) {
        each.replies(1);
        each.close();
      }
    }
  },
  RANGE("LRANGE of 1 M elements") {
    @Override
    void prepare(Line line) throws IOException {
      line.fill("list", "RPUSH", "element-");
    }

    @Override
    void make(Line line) throws IOException {
      line.ask("LRANGE", "list", "0", "-1");
    }
  },
  SORT("SORT ALPHA of 1 M elements") {
    @Override
    void prepare(Line line) throws IOException {
      line.fill("list", "RPUSH", "element-");
    }

    @Override
    void make(Line line) throws IOException {
      line.ask("SORT", "list", "ALPHA");
    }
  },
  DELETE("DEL of a set of 1 M members") {
    @Override
    void make(Line line) throws IOException {
      line.fill("set", "SADD", "member-");
      line.ask("DEL", "set");
    }
  };

  final String text;

  Noise(String text) {
    this.text = text;
  }

  /** Fills in what the noise needs; it is not measured. */
  void prepare(Line line) throws IOException {}

  /** Makes the noise once. */
  abstract void make(Line line) throws IOException;

  /** A connection that has sent its login; its replies are read and forgotten. */
  static final class Line implements AutoCloseable {
    private final InetSocketAddress address;
    private final String login;
    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;

    Line(InetSocketAddress address, String login) throws IOException {
      this.address = address;
      this.login = login;
      socket.connect(address);
      socket.setSoTimeout(120_000);
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
      out = socket.getOutputStream();
      send(login);
    }

    /** A further connection that has sent its login and has not read the answer. */
    Line again() throws IOException {
      return new Line(address, login);
    }

    void send(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void ask(String... words) throws IOException {
      out.write(RequestTemplate.of(List.of(words)).bytes());
      replies(1);
    }

    void fill(String key, String command, String element) throws IOException {
      for (int i = 0; i < 1_000_000; i += 1000) {
        StringBuilder words = new StringBuilder(command).append(' ').append(key);
        for (int k = i; k < i + 1000; k++) {
          words.append(' ').append(element).append(k);
        }
        send(words.append("\r\n").toString());
        replies(1);
      }
    }

    /** Reads so many replies. */
    void replies(int count) throws IOException {
      for (long left = count; left > 0; left--) {
        String line = line();
        switch (line.charAt(0)) {
          case '-' -> throw new ErrorReplyException(line);
          case '$' -> in.skipNBytes(Math.max(-2, Long.parseLong(line.substring(1))) + 2);
          case '*' -> left += Math.max(0, Long.parseLong(line.substring(1)));
          default -> {}
        }
      }
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0) {
          throw new EOFException("the server closed the connection");
        }
        if (b != '\r') {
          line.append((char) b);
        }
      }
      return line.toString();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
