package io.keyward.gateway.server;

import io.keyward.engine.Client;
import io.keyward.engine.Keyspace;
import io.keyward.engine.Reply;
import io.keyward.engine.Turns;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.bytes.Pieces;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one session sends: the reply's bytes on their way into the socket.
 *
 * <p>They leave at once, or, if they acknowledge what is to be durable, when it is; what is long,
 * and what comes behind it, as the socket takes it ({@link OutputQueue}). A client that does not
 * take its output is cut off at its {@link OutputLimit}.
 */
final class Output implements Reply.Drain {
  private static final Logger log = LoggerFactory.getLogger(Output.class);

  /** Bytes of output from which on it is worth counting. */
  private static final int NOTABLE = 16 * 1024;

  /** Bytes of output from which on a client that goes on and on may be cut off in its command. */
  private static final int MUCH = 1024 * 1024;

  private final Server server;
  private final Session session;
  private final ChannelHandlerContext context;
  private final Client client;
  private final Reply reply;
  private final OutputLimit limit;
  private boolean waitsForDisk;

  /** Whether the client was blocked when its output began to wait for the disk. */
  private boolean waitsWhileBlocked;

  private boolean counted;

  /** The client has been cut off in the middle of its reply: nothing more is to be sent. */
  private boolean cut;

  /** Output that is older than what the reply holds and waits for the disk with it. */
  private final OutputQueue held = new OutputQueue();

  /** Output that nothing but the socket holds up. */
  private final OutputQueue behind = new OutputQueue();

  /** Whether more of it leaves when it is the keyspace's turn. */
  private boolean waitsForTurn;

  /** Elements of an array whose header has not been written yet. */
  private final OutputQueue putBy = new OutputQueue();

  Output(Server server, Session session, ChannelHandlerContext context, boolean tls) {
    this.server = server;
    this.session = session;
    this.context = context;
    client = session.client();
    reply = client.reply();
    limit = new OutputLimit(server.live(), client, tls);
    reply.drainTo(this);
  }

  /** Whether output waits for the disk or the socket, and so do the client's next requests. */
  boolean waiting() {
    return waitsForDisk || !held.isEmpty() || !behind.isEmpty();
  }

  /** Sends what the reply holds, or lets it wait for the disk. */
  void flush() {
    if (waitsForDisk) {
      return;
    }
    if (unacknowledged()) {
      waitForDisk();
    } else {
      send();
    }
  }

  private void waitForDisk() {
    waitsForDisk = true;
    waitsWhileBlocked = client.blocked();
    session.home().flushWhenSafe(session);
  }

  /** Whether what the reply acknowledges is to be safe and is not yet. */
  private boolean unacknowledged() {
    return waits() && (reply.length() > 0 || !held.isEmpty() || client.closing());
  }

  /** What the output waited for is safe. */
  void safe() {
    if (waitsWhileBlocked && !client.blocked() && !session.left() && waits()) {
      // What it was blocked for has been done since, and its reply stands behind the others. It is
      // the only one: the client's next request waits until all have been sent.
      waitForDisk();
      return;
    }
    waitsForDisk = false;
    if (!session.left()) {
      send();
    }
  }

  /** A deployment that is in memory alone has nothing to wait for. */
  private boolean waits() {
    GatewayLoop home = session.home();
    return home.effects().gate().awaitsSafety(home.effects().position())
        && !(client.keyspace() instanceof BuiltinKeyspace keyspace
            && !keyspace.effects().reachFiles());
  }

  private void send() {
    boolean any = reply.length() > 0;
    if (!held.isEmpty()) {
      any = true;
      behind.addAll(held);
    }
    if (any) {
      write(reply.bytes(), reply.length());
      reply.clear();
      flushWritten();
      check();
    }
    closeIfAllIsSent();
  }

  private void closeIfAllIsSent() {
    if (client.closing() && !session.left() && behind.isEmpty()) {
      context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(session.end()::close);
    }
  }

  /** Gives the socket what it takes of what is behind, in slices. */
  private void sendWhatIsBehind() {
    long until = System.nanoTime() + Turns.SLICE_NANOS / 2;
    while (!behind.isEmpty() && context.channel().isWritable() && !waitsForTurn) {
      if (!sendOne()) {
        return;
      }
      if (!behind.isEmpty() && System.nanoTime() - until > 0) {
        waitForTurn();
      }
    }
    context.flush();
  }

  /** Gives the socket one buffer of what is behind; false if there is no memory for it. */
  private boolean sendOne() {
    ByteBuf next = behind.next(context.alloc());
    if (next == null) {
      noMemory();
      return false;
    }
    var _ = context.write(next, context.voidPromise());
    context.flush();
    return true;
  }

  private void waitForTurn() {
    waitsForTurn = true;
    GatewayLoop home = session.home();
    Keyspace keyspace = client.keyspace();
    home.turns().add(keyspace == null ? this : keyspace, this::takeTurn);
  }

  /**
   * Gives the socket what is behind: now, or between the slices of the command that adds to it,
   * unless that goes on and on.
   */
  private void sendSoon() {
    if (!inSlices()) {
      sendWhatIsBehind();
      return;
    }
    if (behind.bytes() > MUCH && context.channel().isWritable()) {
      boolean _ = sendOne();
    }
    if (!waitsForTurn && !behind.isEmpty()) {
      waitForTurn();
    }
  }

  private boolean inSlices() {
    return client.keyspace() instanceof BuiltinKeyspace keyspace && keyspace.slices().divided();
  }

  private void takeTurn() {
    if (session.passedOn(this::takeTurn)) {
      return;
    }
    waitsForTurn = false;
    goOn();
  }

  /** The socket may take more. */
  void goOn() {
    if (!behind.isEmpty() && !session.left()) {
      sendWhatIsBehind();
      count(memory(pending()));
      if (behind.isEmpty()) {
        closeIfAllIsSent();
        session.resume();
      }
    }
  }

  /** Cuts the client off if it does not take its output. */
  void check() {
    long pending = pending();
    count(memory(pending));
    if (limit.exceeded(pending)) {
      session.end().withoutTakingOutput(server, limit.name());
    }
  }

  /** Of output that is pending, the bytes that take memory which is not the data's as well. */
  private long memory(long pending) {
    return held.isEmpty() && behind.isEmpty() && putBy.isEmpty()
        ? pending
        : pending - waitingBytes() + held.memory() + behind.memory() + putBy.memory();
  }

  /** Counts the memory that much output takes. */
  private void count(long pending) {
    if ((pending >= NOTABLE || counted) && client.keyspace() instanceof BuiltinKeyspace keyspace) {
      counted = pending >= NOTABLE;
      keyspace.clientMemory().output(client, counted ? pending : 0);
    }
  }

  @Override
  public void drain(byte[] bytes, int length) {
    if (gone()) {
      return;
    }
    server.traffic().sent(client, length);
    if (holdsBack()) {
      add(held, bytes, 0, length);
    } else {
      add(behind, bytes, 0, length);
      sendSoon();
    }
    cutOffIfTooMuch();
  }

  @Override
  public void drain(Pieces row, int from, int length) {
    if (gone()) {
      row.release();
      return;
    }
    server.traffic().sent(client, length);
    if (holdsBack()) {
      held.add(row, from, length);
    } else {
      behind.add(row, from, length);
      sendSoon();
    }
    cutOffIfTooMuch();
  }

  /** Whether what is drained waits for the disk, or for what does. */
  private boolean holdsBack() {
    return waitsForDisk || !held.isEmpty() || waits();
  }

  private boolean gone() {
    return cut || session.left() || !context.channel().isOpen();
  }

  @Override
  public void putBy(byte[] bytes, int offset, int length) {
    if (!gone()) {
      add(putBy, bytes, offset, length);
      cutOffIfTooMuch();
    }
  }

  @Override
  public void sendPutBy() {
    server.traffic().sent(client, putBy.bytes());
    if (holdsBack()) {
      held.addAll(putBy);
    } else {
      behind.addAll(putBy);
      sendSoon();
    }
  }

  @Override
  public void dropPutBy() {
    putBy.release();
  }

  private void cutOffIfTooMuch() {
    long pending = pending();
    count(memory(pending));
    if (pending < MUCH || cut) {
      return;
    }
    if (!session.running()) {
      // What others send it may be as long as they like.
      if (limit.exceeded(pending)) {
        cutOff(() -> session.end().withoutTakingOutput(server, limit.name()));
      }
    } else if (client.keyspace() instanceof BuiltinKeyspace keyspace
        && keyspace.clientMemory().tooMuch()) {
      // Its own command goes on and on: nobody else could stop it in time.
      cutOff(session::cutOff);
    }
  }

  /** Sends nothing more, and closes the connection: later, if others are being sent the same. */
  private void cutOff(Runnable closing) {
    cut = true;
    releaseWaiting();
    if (session.running()) {
      closing.run();
    } else {
      session.home().execute(closing);
    }
  }

  private void write(byte[] bytes, int length) {
    if (cut) {
      return;
    }
    server.traffic().sent(client, length);
    if (behind.isEmpty() && length <= Reply.DRAIN_AT && context.channel().isWritable()) {
      var _ = context.write(copy(bytes, length), context.voidPromise());
    } else {
      add(behind, bytes, 0, length);
    }
  }

  private void add(OutputQueue to, byte[] bytes, int offset, int length) {
    try {
      to.add(bytes, offset, length, session.home().arrays());
    } catch (OutOfMemoryError full) {
      noMemory();
    }
  }

  /** Has what has been written leave, as far as the socket takes it. */
  private void flushWritten() {
    if (behind.isEmpty()) {
      context.flush();
    } else {
      sendWhatIsBehind();
    }
  }

  private ByteBuf copy(byte[] bytes, int length) {
    ByteBuf out;
    try {
      out = context.alloc().directBuffer(length);
    } catch (OutOfMemoryError full) {
      noMemory();
      return Unpooled.EMPTY_BUFFER;
    }
    out.writeBytes(bytes, 0, length);
    return out;
  }

  private void noMemory() {
    log.warn(
        "Client id={} addr={}: no memory for output", client.serial(), session.remoteAddress());
    cutOff(session::cutOff);
  }

  /** Forgets what has not been sent, since the socket is closed. */
  void discard() {
    if (client.turn() != Client.Turn.SUSPENDED) {
      reply.clear();
    }
    releaseWaiting();
  }

  private void releaseWaiting() {
    held.release();
    behind.release();
    putBy.release();
  }

  /** Bytes in the reply and in the socket's queue. */
  long pending() {
    var queue = context.channel().unsafe().outboundBuffer();
    return reply.length() + waitingBytes() + (queue == null ? 0 : queue.totalPendingWriteBytes());
  }

  private long waitingBytes() {
    return held.bytes() + behind.bytes() + putBy.bytes();
  }
}
