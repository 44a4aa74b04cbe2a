package io.keyward.gateway.server;

import io.keyward.engine.Client;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import java.nio.charset.StandardCharsets;

/** Clients of keyspaces that are asked on their loop, without a socket. */
final class InsideClient {
  private InsideClient() {}

  /** Words as they would arrive. */
  static Request request(String... words) {
    Request request = new Request();
    byte[] bytes = String.join("", words).getBytes(StandardCharsets.ISO_8859_1);
    request.begin(bytes);
    int at = 0;
    for (String word : words) {
      request.add(at, word.length());
      at += word.length();
    }
    return request;
  }

  /** A client of the default user of a keyspace. */
  static Client enter(BuiltinKeyspace keyspace) {
    Reply reply = new Reply();
    Client client = new Client(1, new Unconnected(reply), reply, System.currentTimeMillis());
    keyspace.enter(client);
    keyspace.members().logIn(client, keyspace.access().defaultUser());
    return client;
  }

  /** Sends a command; the result is what has been written to the client. */
  static String ask(BuiltinKeyspace keyspace, Client client, String... words) {
    Request request = request(words);
    request.client(client);
    keyspace.beginBurst();
    keyspace.execute(request, client.reply());
    keyspace.endBurst();
    return told(client);
  }

  /**
   * Takes what has been written to a client since it was asked for last; nothing in the middle of a
   * command, which still needs it.
   */
  static String told(Client client) {
    if (client.turn() == Client.Turn.SUSPENDED) {
      return "";
    }
    Reply reply = client.reply();
    String text = new String(reply.bytes(), 0, reply.length(), StandardCharsets.ISO_8859_1);
    reply.clear();
    return text;
  }

  /** A client without a socket. */
  private record Unconnected(Reply reply) implements Client.Connection {
    @Override
    public void flushSoon() {}

    @Override
    public void resume() {}

    @Override
    public void closeAfterReply() {}

    @Override
    public void abort() {}

    @Override
    public long pendingOutput() {
      return reply.length();
    }

    @Override
    public long pendingInput() {
      return 0;
    }

    @Override
    public String remoteAddress() {
      return "127.0.0.1:1";
    }

    @Override
    public String localAddress() {
      return "127.0.0.1:2";
    }
  }
}
