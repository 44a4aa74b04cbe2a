package io.keyward.loadtest;

import java.nio.file.Path;
import java.util.List;

/**
 * How to start a server under test.
 *
 * @param name what the tables call it
 * @param line a shell command that ends up being the server process itself (a launcher has to
 *     {@code exec} it); {@code {port}} stands for the port
 */
record ServerCommand(String name, String line) {
  private static final String PORT = "{port}";

  /** Debian's or whichever redis-server comes first in the PATH, without persistence. */
  static ServerCommand redis() {
    return new ServerCommand(
        "redis", "redis-server --port {port} --bind 127.0.0.1 --save \"\" --appendonly no");
  }

  /** The gateway of this source tree, without persistence. */
  static ServerCommand gateway(Path top) {
    return new ServerCommand(
        "keyward",
        "'" + top.resolve("gateway/run") + "' --port {port} --save \"\" --appendonly no");
  }

  /** Reads {@code name=command with {port}}, or the name of a built-in command. */
  static ServerCommand parse(String text, Path top) {
    for (ServerCommand known : List.of(redis(), gateway(top))) {
      if (known.name.equals(text)) {
        return known;
      }
    }
    int equals = text.indexOf('=');
    if (equals < 1 || !text.contains(PORT)) {
      throw new IllegalArgumentException(
          "--server-cmd '"
              + text
              + "': write redis, keyward or 'name=command with {port}',"
              + " for example 'valkey=valkey-server --port {port} --save \"\"'");
    }
    return new ServerCommand(text.substring(0, equals), text.substring(equals + 1));
  }

  /** The same with further options, which win over former ones. */
  ServerCommand with(String options) {
    return new ServerCommand(name, line + " " + options);
  }

  String onPort(int port) {
    return line.replace(PORT, Integer.toString(port));
  }
}
