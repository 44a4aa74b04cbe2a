package io.keyward.gateway.server;

import io.keyward.engine.Client;
import io.keyward.engine.Keyspace;
import io.keyward.engine.SteadyTime;
import io.keyward.engine.builtin.BlockedClients;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a session in good order: the client has ended its side, is sent away, or the server
 * stops. What has been asked by then is answered, and then the connection is closed.
 */
final class SessionEnd {
  private static final Logger log = LoggerFactory.getLogger(SessionEnd.class);

  /** More requests may be on their way from a client that has been heard of since. */
  private static final long RECENT_MILLIS = 1000;

  /** How long a client that is sent away may take to close its side. */
  private static final long LINGER_MILLIS = 2000;

  private final Session session;
  private final Client client;
  private final ChannelHandlerContext context;
  private boolean ended;
  private boolean sentAway;

  SessionEnd(Session session, ChannelHandlerContext context) {
    this.session = session;
    this.context = context;
    client = session.client();
  }

  /** Whether nothing more is going to be received, so that the rest is answered. */
  boolean ended() {
    return ended;
  }

  /** Whether the client is sent away, so that its side of the connection ends later than ours. */
  boolean sentAway() {
    return sentAway;
  }

  /**
   * The client has ended its side: as {@link #end}, when it is the keyspace's turn, since its
   * clients may all go at once.
   */
  void endInTurn() {
    if (!session.passedOn(this::endInTurn)) {
      Keyspace keyspace = client.keyspace();
      session.home().turns().add(keyspace == null ? session : keyspace, this::end);
    }
  }

  /**
   * No more input counts, since the client has ended its side or the server stops: what has been
   * asked is answered, then the connection is closed.
   */
  void end() {
    if (session.passedOn(this::end) || session.left()) {
      return;
    }
    if (client.closing()) {
      if (sentAway) {
        var _ = context.close();
      }
      return;
    }
    ended = true;
    if (session.residence().travelling()) {
      return;
    }
    if (client.blocked()) {
      session.abort();
    } else {
      session.goOn();
    }
  }

  /**
   * Ends the session since the server stops. A client that has been sending has its answers carried
   * to it as one that is sent away: closed with requests unread, the connection would be reset.
   */
  void endForStop() {
    if (session.passedOn(this::endForStop)) {
      return;
    }
    sentAway |= SteadyTime.millis() - client.lastInteraction() < RECENT_MILLIS;
    end();
  }

  /**
   * Sends the client away, if it is one of those, so that it connects anew: what has been asked is
   * answered, then our side is closed. A client that waits for keys gets no answer, as nothing has
   * been done for it: it asks again when it has connected anew. Nor is what the client sends
   * meanwhile executed or answered.
   *
   * @param one is asked on the session's home loop
   */
  void sendAwayIf(Predicate<Session> one) {
    if (session.passedOn(() -> sendAwayIf(one))
        || session.left()
        || ended
        || client.closing()
        || !one.test(session)) {
      return;
    }
    sentAway = true;
    if (BlockedClients.waits(client)) {
      session.flushNow();
      session.abort();
    } else {
      end();
    }
  }

  /**
   * As {@link #sendAwayIf}, but what waits for the keyspace's rate is not executed, since that may
   * take as long as the rate is small.
   *
   * @param one is asked on the session's home loop
   */
  void sendAwayAtLastIf(Predicate<Session> one) {
    if (session.passedOn(() -> sendAwayAtLastIf(one)) || session.left() || !one.test(session)) {
      return;
    }
    session.leaveUndoneWhatWaitsForRate();
    if (ended) {
      closeIfEnded();
    } else {
      sendAwayIf(one);
    }
  }

  /** Closes the connection when nothing that was asked before the end is left to do. */
  void closeIfEnded() {
    if (!ended || client.closing() || session.residence().travelling()) {
      return;
    }
    if (client.blocked()) {
      session.abort();
    } else if (!session.held()) {
      client.closing(true);
      session.flushNow();
    }
  }

  /**
   * Closes the connection at once, since the client does not take its output.
   *
   * @param limit what the output exceeds
   */
  void withoutTakingOutput(Server server, String limit) {
    if (!session.left()) {
      log.warn(
          "Client id={} addr={} closed: its unsent output is larger than {}",
          client.serial(),
          session.remoteAddress(),
          limit);
      server.traffic().closedForOutput();
      session.abort();
    }
  }

  /**
   * Closes the connection when the last has been sent. If the client is sent away, our side alone
   * at first: closed as a whole while the client still sends, the connection would be reset, and
   * what the client has not read yet would be lost.
   */
  void close(Future<?> sent) {
    if (sentAway
        && sent.isSuccess()
        && !session.tls()
        && context.channel() instanceof DuplexChannel duplex) {
      var _ = duplex.shutdownOutput();
      var _ =
          context
              .channel()
              .eventLoop()
              .schedule(this::closeAtLast, LINGER_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      closeAtLast();
    }
  }

  private void closeAtLast() {
    var _ = context.close();
  }
}
