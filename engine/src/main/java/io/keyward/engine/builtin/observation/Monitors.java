package io.keyward.engine.builtin.observation;

import io.keyward.engine.Client;
import io.keyward.engine.Client.ReplyMode;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.command.Command;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** The clients that watch a keyspace's commands by MONITOR. */
public final class Monitors {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final Function<Client, Reply> outputs;
  private final Map<Client, byte[]> clients = new LinkedHashMap<>();
  private boolean any;

  /**
   * Without clients at first.
   *
   * @param outputs where to write what a client has not asked for
   */
  Monitors(Function<Client, Reply> outputs) {
    this.outputs = outputs;
  }

  /** Whether anybody watches. */
  boolean any() {
    return any;
  }

  /** Whether this client watches. */
  public boolean has(Client client) {
    return clients.containsKey(client);
  }

  /**
   * Lets a client watch; false if it does so already.
   *
   * @param deployment a name that stands in its lines beside the address; empty for none
   */
  public boolean add(Client client, String deployment) {
    any = true;
    byte[] shown =
        deployment.isEmpty()
            ? new byte[0]
            : (" deployment=" + deployment).getBytes(StandardCharsets.UTF_8);
    return clients.putIfAbsent(client, shown) == null;
  }

  /** Ends a client's watching, if it does. */
  public void remove(Client client) {
    clients.remove(client);
    any = !clients.isEmpty();
  }

  /**
   * Sends every watching client that wants replies a line: time, database, address and the quoted
   * arguments.
   */
  void show(Request request, Command command) {
    StringBuilder text = new StringBuilder(64);
    appendHead(text, request);
    int head = text.length();
    appendArguments(text, request, command);
    byte[] line = text.toString().getBytes(StandardCharsets.ISO_8859_1);
    clients.forEach(
        (client, deployment) -> {
          if (client.replyMode() != ReplyMode.OFF) {
            Reply to = outputs.apply(client);
            to.raw(line, 0, head);
            to.raw(deployment, 0, deployment.length);
            to.raw(line, head, line.length - head);
          }
        });
  }

  private static void appendHead(StringBuilder line, Request request) {
    Instant now = Instant.now();
    String micros = Integer.toString(1_000_000 + now.getNano() / 1000).substring(1);
    line.append('+').append(now.getEpochSecond()).append('.').append(micros);
    line.append(" [").append(request.client().database()).append(' ');
    appendSource(line, request.client());
  }

  private static void appendArguments(StringBuilder line, Request request, Command command) {
    byte[][] arguments = new byte[request.count()][];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = request.copyOf(i);
    }
    Secrets.hide(request, command, arguments);
    line.append(']');
    for (byte[] argument : arguments) {
      line.append(' ');
      appendQuoted(line, argument);
    }
    line.append("\r\n");
  }

  private static void appendSource(StringBuilder line, Client client) {
    if (client.internal()) {
      line.append("lua");
      return;
    }
    String address = client.connection().remoteAddress();
    if (address.startsWith("/")) {
      line.append("unix:").append(address, 0, address.lastIndexOf(':'));
    } else {
      line.append(address);
    }
  }

  private static void appendQuoted(StringBuilder line, byte[] argument) {
    line.append('"');
    for (byte b : argument) {
      switch (b) {
        case '\\', '"' -> line.append('\\').append((char) b);
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append("\\t");
        case 7 -> line.append("\\a");
        case '\b' -> line.append("\\b");
        default -> {
          if (b >= ' ' && b <= '~') {
            line.append((char) b);
          } else {
            line.append("\\x").append((char) HEX[(b >> 4) & 15]).append((char) HEX[b & 15]);
          }
        }
      }
    }
    line.append('"');
  }
}
