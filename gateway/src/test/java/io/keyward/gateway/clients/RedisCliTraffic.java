package io.keyward.gateway.clients;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.keyward.gateway.fixture.Endpoint;
import io.keyward.gateway.fixture.Patience;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * What the modes of redis-cli 7 put on the wire, byte for byte, and the bytes that they need back.
 * It needs no program, so that these modes are tested on every machine.
 */
record RedisCliTraffic(Endpoint endpoint) {

  Stream<DynamicTest> tests() {
    return Stream.of(
        dynamicTest("--pipe ends with an ECHO of twenty random bytes", this::pipe),
        dynamicTest("--pipe counts errors among its replies", this::pipeWithErrors),
        dynamicTest("--bigkeys asks for types and sizes in pipelines", this::bigKeys),
        dynamicTest("--scan reads cursor and keys", this::scan),
        dynamicTest("--stat reads INFO", this::stat),
        dynamicTest("-3 greets with HELLO", this::hello),
        dynamicTest("-n selects", this::select));
  }

  private void pipe() throws IOException {
    String sentinel =
        "\u00b9\u0011\u00e2P\u00c7g\r\n\u0000c\u00bc\u00ce.1T\u00e5\u00fd\u00d8f\u00a5";
    try (Wire wire = new Wire(endpoint)) {
      wire.exchange(command("FLUSHALL"), "+OK\r\n");
      wire.exchange(
          IntStream.range(0, 10_000)
              .mapToObj(i -> command("SET", "key:" + i, "value"))
              .collect(Collectors.joining()),
          "+OK\r\n".repeat(10_000));
      wire.exchange(command("ECHO", sentinel), "$20\r\n" + sentinel + "\r\n");
      wire.exchange(command("DBSIZE"), ":10000\r\n");
    }
  }

  private void pipeWithErrors() throws IOException {
    try (Wire wire = new Wire(endpoint)) {
      wire.exchange(
          "SET one 1\r\nLPUSH one x\r\nGET one\r\n" + command("ECHO", "end"),
          String.join(
              "\r\n",
              "+OK",
              "-WRONGTYPE Operation against a key holding the wrong kind of value",
              "$1",
              "1",
              "$3",
              "end",
              ""));
    }
  }

  private void bigKeys() throws IOException {
    try (Wire wire = new Wire(endpoint)) {
      wire.exchange(command("FLUSHALL"), "+OK\r\n");
      wire.exchange(command("RPUSH", "l", "a", "b"), ":2\r\n");
      wire.exchange(command("DBSIZE"), ":1\r\n");
      wire.exchange(command("SCAN", "0"), "*2\r\n$1\r\n0\r\n*1\r\n$1\r\nl\r\n");
      wire.exchange(command("SET", "s", "four"), "+OK\r\n");
      wire.exchange(
          command("TYPE", "l") + command("TYPE", "s") + command("TYPE", "gone"),
          "+list\r\n+string\r\n+none\r\n");
      wire.exchange(command("LLEN", "l") + command("STRLEN", "s"), ":2\r\n:4\r\n");
    }
  }

  private void scan() throws IOException {
    try (Wire wire = new Wire(endpoint)) {
      wire.exchange(command("FLUSHALL"), "+OK\r\n");
      wire.exchange(command("SET", "a:1", ""), "+OK\r\n");
      wire.exchange(command("SET", "b:1", ""), "+OK\r\n");
      wire.exchange(
          command("SCAN", "0", "MATCH", "a:*", "COUNT", "100"),
          "*2\r\n$1\r\n0\r\n*1\r\n$3\r\na:1\r\n");
    }
  }

  private void stat() throws IOException {
    try (Wire wire = new Wire(endpoint)) {
      wire.exchange(command("FLUSHALL"), "+OK\r\n");
      wire.exchange(command("SET", "a", "1"), "+OK\r\n");
      assertThat(wire.bulk(command("INFO")))
          .contains("\r\ndb0:keys=1,")
          .containsPattern("\r\nused_memory:\\d+\r\n")
          .containsPattern("\r\nconnected_clients:\\d+\r\n")
          .containsPattern("\r\nblocked_clients:\\d+\r\n")
          .containsPattern("\r\ntotal_commands_processed:\\d+\r\n")
          .containsPattern("\r\ntotal_connections_received:\\d+\r\n")
          .containsPattern("\r\naof_rewrite_in_progress:0\r\n")
          .containsPattern("\r\nloading:0\r\n");
    }
  }

  private void hello() throws IOException {
    try (Wire wire = new Wire(endpoint)) {
      wire.exchange(
          command("HELLO", "3"), "%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$");
    }
    try (Wire wire = new Wire(endpoint)) {
      wire.exchange(
          command("HELLO", "2"), "*14\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$");
    }
  }

  private void select() throws IOException {
    try (Wire wire = new Wire(endpoint)) {
      wire.exchange(command("FLUSHALL"), "+OK\r\n");
      wire.exchange(command("SELECT", "3"), "+OK\r\n");
      wire.exchange(command("SET", "a", "1"), "+OK\r\n");
      wire.exchange(command("SELECT", "16"), "-ERR DB index is out of range\r\n");
      wire.exchange(command("DBSIZE"), ":1\r\n");
      wire.exchange(command("SELECT", "0"), "+OK\r\n");
      wire.exchange(command("DBSIZE"), ":0\r\n");
    }
  }

  private static String command(String... arguments) {
    return Arrays.stream(arguments)
        .map(argument -> "$" + argument.length() + "\r\n" + argument + "\r\n")
        .collect(Collectors.joining("", "*" + arguments.length + "\r\n", ""));
  }

  /** A bare connection; characters stand for single bytes. */
  private static final class Wire implements AutoCloseable {
    private final Socket socket;

    Wire(Endpoint endpoint) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), endpoint.port());
      socket.setSoTimeout(Patience.MILLIS);
    }

    /** Sends the bytes and reads exactly as many as are expected. */
    void exchange(String sent, String expected) throws IOException {
      send(sent);
      assertThat(read(expected.length())).isEqualTo(expected);
    }

    /** Sends the bytes and reads a bulk string. */
    String bulk(String sent) throws IOException {
      send(sent);
      assertThat(read(1)).isEqualTo("$");
      StringBuilder length = new StringBuilder();
      for (String digit = read(1); !digit.equals("\r"); digit = read(1)) {
        length.append(digit);
      }
      return read(1 + Integer.parseInt(length.toString()) + 2);
    }

    private void send(String bytes) throws IOException {
      socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
    }

    private String read(int length) throws IOException {
      return new String(socket.getInputStream().readNBytes(length), ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
