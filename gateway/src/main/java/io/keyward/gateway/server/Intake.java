package io.keyward.gateway.server;

import io.keyward.config.directive.Directive;
import io.keyward.engine.Client;
import io.keyward.engine.Keyspace;
import io.keyward.engine.Request;
import io.keyward.engine.SteadyTime;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Throttle;
import io.keyward.gateway.protocol.Input;
import io.keyward.gateway.protocol.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one session receives: its requests are executed in bursts, each of what has arrived
 * together.
 *
 * <p>What may not be executed yet waits in {@link Input}, and the socket is no longer read when
 * that grows. A burst that lasts long goes on when the other keyspaces of the loop have had their
 * turn, and what arrives for a keyspace that is still to have its own comes after it.
 */
final class Intake {
  private static final Logger log = LoggerFactory.getLogger(Intake.class);

  /** Unread input of a client that waits, beyond which its socket is no longer read. */
  private static final int ENOUGH_INPUT = 64 * 1024;

  /** The same while it only waits for its turn: what comes meanwhile would be copied in between. */
  private static final int ENOUGH_FOR_A_TURN = 16 * 1024;

  /** The other keyspaces of the loop come first. */
  private static final int TURN = 1;

  /** The keyspace has done more than it may in so short a time. */
  private static final int RATE = 2;

  /** Unread input from which on it is looked whether there is memory for more. */
  private static final int MUCH_INPUT = 1024 * 1024;

  private static final int MOST_INPUT = Integer.MAX_VALUE - 1024 * 1024;

  private final Server server;
  private final Session session;
  private final ChannelHandlerContext context;
  private final Client client;
  private final Input input = new Input(this::foresee);

  /** What the next request waits for: {@link #TURN}, {@link #RATE}, or both. */
  private int waits;

  /** Made when the keyspace is first found to have limits. */
  private @Nullable LimitedIntake limited;

  private boolean running;
  private boolean readingStopped;
  private boolean waitsForRoom;

  Intake(Server server, Session session, ChannelHandlerContext context) {
    this.server = server;
    this.session = session;
    this.context = context;
    this.client = session.client();
  }

  /** Bytes that no command has taken yet. */
  long kept() {
    return input.kept();
  }

  /** Bytes of memory that the waiting input occupies. */
  long capacity() {
    return input.capacity();
  }

  /** Whether a request is being executed now. */
  boolean running() {
    return running;
  }

  /** Takes what has arrived and executes the requests in it. */
  void received(ByteBuf bytes) {
    try {
      if (session.left() || session.end().ended() || client.closing()) {
        return;
      }
      int length = bytes.readableBytes();
      server.traffic().received(length);
      if (client.keyspace() instanceof BuiltinKeyspace keyspace) {
        keyspace.statistics().received(length);
        if (keyspace.limits() != null) {
          limited().received(length);
        }
      }
      long most = Math.min(MOST_INPUT, server.live().number(Directive.CLIENT_QUERY_BUFFER_LIMIT));
      if (input.kept() + length > most) {
        log.warn(
            "Client id={} addr={} closed: its unread input is larger than"
                + " client-query-buffer-limit",
            client.serial(),
            session.remoteAddress());
        server.traffic().closedForInput();
        session.abort();
        return;
      }
      if (input.kept() > MUCH_INPUT && !fits(length)) {
        session.cutOff();
        return;
      }
      client.lastInteraction(SteadyTime.millis());
      session.home().arrivals().heardOf(client.createdAt(), client.lastInteraction());
      input.receive(bytes, session.home().scratch());
    } catch (OutOfMemoryError full) {
      log.warn("No memory for {} bytes of input: {}", bytes.readableBytes(), full.getMessage());
      session.cutOff();
      return;
    } finally {
      bytes.release();
    }
    Keyspace keyspace = client.keyspace();
    if ((waits & TURN) == 0 && keyspace != null && session.home().turns().waits(keyspace)) {
      waitForTurn(keyspace);
    }
    run();
    if (keyspace != null) {
      session.home().turns().alternate(keyspace);
    }
  }

  /** Whether there is memory for more input. */
  private boolean fits(int length) {
    long growth = input.growth(length);
    return growth == 0
        || !(client.keyspace() instanceof BuiltinKeyspace keyspace)
        || keyspace.clientMemory().hasRoom(growth);
  }

  /** Lets the other keyspaces of the loop come first. */
  private void waitForTurn(Keyspace keyspace) {
    waits |= TURN;
    session.home().turns().add(keyspace, this::takeTurn);
  }

  private void takeTurn() {
    if (session.passedOn(this::takeTurn)) {
      return;
    }
    waits &= ~TURN;
    if (!session.left()) {
      session.goOn();
    }
  }

  /** Lets other clients of the keyspace come first, or time pass. */
  void waitForRate(Throttle throttle) {
    waits |= RATE;
    throttle.await(this::takeRate);
  }

  private void takeRate() {
    if (session.passedOn(this::takeRate)) {
      return;
    }
    waits &= ~RATE;
    if (!session.left()) {
      session.goOn();
    }
  }

  /** Forgets the requests that wait until the keyspace may do more, if there are any. */
  void leaveUndoneWhatWaitsForRate() {
    if ((waits & RATE) != 0) {
      waits &= ~RATE;
      input.discard();
    }
  }

  /** Whether the next request has to wait, be it for others or for the end of the last one. */
  boolean held() {
    return client.blocked()
        || session.residence().travelling()
        || client.turn() != Client.Turn.FREE
        || waits != 0
        || client.closing()
        || session.left()
        || session.output().waiting()
        || session.home().effects().gate().crowded()
        || !context.channel().isWritable();
  }

  /** Executes what there is; where no memory is left for it, the client is cut off. */
  private void run() {
    try {
      runBurst();
    } catch (OutOfMemoryError full) {
      client.closing(true);
      // In a task of its own, since there is memory again when all this has been left.
      session.home().execute(session::cutOff);
      log.warn(
          "No memory for what client id={} addr={} has asked: {}",
          client.serial(),
          session.remoteAddress(),
          full.getMessage());
    }
  }

  private void runBurst() {
    Keyspace keyspace = client.keyspace();
    GatewayLoop home = session.home();
    Input.Scratch scratch = home.scratch();
    if (keyspace == null) {
      input.settle(scratch, false);
      return;
    }
    home.beginBurst();
    home.turns().begins(keyspace);
    try {
      boolean over = executeWhatIsThere(keyspace, scratch);
      count();
      if (over && (waits & TURN) == 0 && input.kept() > 0) {
        waitForTurn(keyspace);
      }
      session.flushNow();
      session.end().closeIfEnded();
      steerReading();
      waitForRoom();
    } finally {
      home.endBurst();
    }
  }

  /** Returns true if it is the others' turn before all of it has been executed. */
  private boolean executeWhatIsThere(Keyspace keyspace, Input.Scratch scratch) {
    boolean wasSuspended = client.turn() == Client.Turn.SUSPENDED;
    if (!wasSuspended) {
      input.requestIsDone(scratch);
    }
    boolean over = false;
    running = true;
    keyspace.beginBurst();
    try {
      long longestBulk = server.live().number(Directive.PROTO_MAX_BULK_LEN);
      if (keyspace instanceof BuiltinKeyspace own && own.limits() != null) {
        over = limited().execute(own, own.limits(), scratch, longestBulk);
      } else {
        over = execute(keyspace, scratch, longestBulk);
      }
    } catch (ProtocolException malformed) {
      refuse(malformed);
    } catch (OutOfMemoryError full) {
      throw full;
    } catch (RuntimeException | Error defect) {
      log.error(
          "Client id={} addr={} closed by a defect",
          client.serial(),
          session.remoteAddress(),
          defect);
      session.abort();
    } finally {
      keyspace.endBurst();
      running = false;
      if (client.turn() == Client.Turn.SUSPENDED && !wasSuspended) {
        input.leaveRequest(scratch);
      }
      input.settle(scratch, over || (waits & TURN) != 0);
    }
    return over;
  }

  private LimitedIntake limited() {
    LimitedIntake present = limited;
    if (present == null) {
      present = new LimitedIntake(this, client, input);
      limited = present;
    }
    return present;
  }

  /** Executes requests; true if it is the others' turn, false if there is none to execute now. */
  private boolean execute(Keyspace keyspace, Input.Scratch scratch, long longestBulk)
      throws ProtocolException {
    while (!held() && input.next(scratch, longestBulk, client.authenticated())) {
      Request request = input.request(scratch);
      request.client(client);
      keyspace.execute(request, client.reply());
      if (keyspace.turnIsOver()) {
        return true;
      }
    }
    return false;
  }

  private void foresee(Request[] requests, int count) {
    Keyspace keyspace = client.keyspace();
    if (keyspace != null) {
      keyspace.foresee(client, requests, count);
    }
  }

  private void refuse(ProtocolException malformed) {
    server.traffic().protocolError();
    if (malformed.isAttack()) {
      log.warn(
          "Possible SECURITY ATTACK: {} sends HTTP (POST or Host:), as a browser does that was made"
              + " to; connection closed",
          session.remoteAddress());
      session.abort();
      return;
    }
    log.debug("Client addr={} closed: {}", session.remoteAddress(), malformed.line());
    client.reply().error(malformed.line());
    session.closeAfterReply();
  }

  /** Stops reading the socket while much input waits, and begins again when it does not. */
  private void steerReading() {
    boolean stop =
        (session.end().ended() && !session.end().sentAway())
            || (input.kept() >= enoughInput() && held());
    if (stop != readingStopped) {
      readingStopped = stop;
      context.channel().config().setAutoRead(!stop);
    }
  }

  private int enoughInput() {
    return (waits & TURN) != 0 ? ENOUGH_FOR_A_TURN : ENOUGH_INPUT;
  }

  /** Executes what waited, if it may. */
  void goOn() {
    if (client.turn() != Client.Turn.SUSPENDED) {
      input.requestIsDone(session.home().scratch());
    }
    if (!held() && (input.kept() > 0 || session.end().ended())) {
      run();
    } else {
      steerReading();
      waitForRoom();
    }
  }

  /** Has the session go on when the stream of effects has room again, if it has none now. */
  private void waitForRoom() {
    GatewayLoop home = session.home();
    if (home.effects().gate().crowded()
        && !waitsForRoom
        && (input.kept() > 0 || session.end().ended())) {
      waitsForRoom = true;
      home.resumeWhenRoom(session);
    }
  }

  /** Forgets what has not been executed, since the socket is closed. */
  void discard() {
    if (!running && client.turn() != Client.Turn.SUSPENDED) {
      input.discard();
    }
  }

  /** Counts the memory that the client takes. */
  void count() {
    if (client.keyspace() instanceof BuiltinKeyspace keyspace) {
      keyspace.clientMemory().kept(client, input.capacity());
    }
  }

  /** The client has come into another keyspace. */
  void arrived() {
    input.limit(null);
  }

  /** The stream of effects has room again. */
  void roomAgain() {
    waitsForRoom = false;
  }
}
