package io.keyward.gateway.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.keyward.engine.Client;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.SteadyTime;
import io.keyward.engine.builtin.BuiltinKeyspace;
import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * Reads one stream to its end and goes on with what is added, for one receiver, on the keyspace's
 * home loop.
 *
 * <p>It is a client of the keyspace like any other: it waits in XREAD, stands in CLIENT LIST and
 * can be killed there. It reads on only when the receiver asks for more, so that one that does not
 * take its events costs no more than the last hundred.
 */
final class StreamFollower implements Client.Connection {
  private static final String MOST_AT_ONCE = "100";

  /** Where the events go; called on the home loop. */
  interface Receiver {
    /** Takes events; {@link StreamFollower#readOn()} asks for the next ones. */
    void events(String text);

    /** No more will come. */
    void end();
  }

  private final BuiltinKeyspace keyspace;
  private final byte[] key;
  private final String remote;
  private final Receiver receiver;
  private final Reply reply = new Reply();
  private final Client client;
  private String lastId;
  private boolean ended;

  StreamFollower(
      BuiltinKeyspace keyspace,
      long clientId,
      String key,
      String lastId,
      String remote,
      Receiver receiver) {
    this.keyspace = keyspace;
    this.key = key.getBytes(UTF_8);
    this.lastId = lastId;
    this.remote = remote;
    this.receiver = receiver;
    client = new Client(clientId, this, reply, SteadyTime.millis());
  }

  /** Enters the keyspace and reads what is there. */
  void begin() {
    if (!keyspace.enter(client)) {
      end();
      return;
    }
    keyspace.members().logIn(client, keyspace.access().unbound());
    client.name("http-stream".getBytes(ISO_8859_1));
    readOn();
  }

  /** Reads the next entries, or waits for them. */
  void readOn() {
    if (ended || client.blocked()) {
      return;
    }
    Request request =
        request(
            List.of(
                bytes("XREAD"),
                bytes("COUNT"),
                bytes(MOST_AT_ONCE),
                bytes("BLOCK"),
                bytes("0"),
                bytes("STREAMS"),
                key,
                bytes(lastId)));
    request.client(client);
    keyspace.beginBurst();
    keyspace.execute(request, reply);
    keyspace.endBurst();
    passOn();
  }

  private static byte[] bytes(String word) {
    return word.getBytes(ISO_8859_1);
  }

  private static Request request(List<byte[]> words) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    words.forEach(all::writeBytes);
    Request request = new Request();
    request.begin(all.toByteArray());
    int at = 0;
    for (byte[] word : words) {
      request.add(at, word.length);
      at += word.length;
    }
    return request;
  }

  private void passOn() {
    if (ended || reply.length() == 0) {
      return;
    }
    StreamReply came = new StreamReply(reply.bytes(), reply.length());
    reply.clear();
    if (came.entries() > 0) {
      lastId = came.lastId();
    }
    if (!came.events().isEmpty()) {
      receiver.events(came.events());
    }
    if (came.refused()) {
      end();
    }
  }

  /** Leaves the keyspace; the receiver is told unless it was the one to go. */
  void end() {
    if (!ended) {
      ended = true;
      client.closing(true);
      keyspace.leave(client);
      receiver.end();
    }
  }

  @Override
  public void flushSoon() {
    // Written by another client's command, which is to end first.
    keyspace.loop().execute(this::passOn);
  }

  @Override
  public void resume() {
    // Nothing waits: the receiver asks for more when it has taken what came.
  }

  @Override
  public void closeAfterReply() {
    keyspace
        .loop()
        .execute(
            () -> {
              passOn();
              end();
            });
  }

  @Override
  public void abort() {
    keyspace.loop().execute(this::end);
  }

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
    return remote;
  }

  @Override
  public String localAddress() {
    return "http";
  }
}
