package io.keyward.gateway.server;

import io.keyward.engine.Client;
import io.keyward.engine.Reply;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one session sends: the reply's bytes on their way into the socket.
 *
 * <p>They leave at once, or, if they acknowledge what is to be durable, when it is. A client that
 * does not take them is cut off at its {@link OutputLimit}.
 */
final class Output implements Reply.Drain {
  private static final Logger log = LoggerFactory.getLogger(Output.class);

  /** How long a client that is sent away may take to close its side. */
  private static final long LINGER_MILLIS = 2000;

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
  private final boolean tls;
  private boolean waitsForDisk;
  private boolean counted;

  /** The client has been cut off in the middle of its reply: nothing more is to be sent. */
  private boolean cut;

  /** Output that is older than what the reply holds and waits for the disk with it. */
  private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(0);

  private long heldBytes;

  /** Elements of an array whose header has not been written yet. */
  private final ArrayDeque<ByteBuf> putBy = new ArrayDeque<>(0);

  private long putByBytes;

  Output(Server server, Session session, ChannelHandlerContext context, boolean tls) {
    this.server = server;
    this.session = session;
    this.context = context;
    this.tls = tls;
    client = session.client();
    reply = client.reply();
    limit = new OutputLimit(server.live(), client, tls);
    reply.drainTo(this);
  }

  /** Whether output waits for the disk, and so do the client's next requests. */
  boolean waitsForDisk() {
    return waitsForDisk;
  }

  /** Sends what the reply holds, or lets it wait for the disk. */
  void flush() {
    if (!unacknowledged()) {
      send();
    } else if (!waitsForDisk) {
      waitsForDisk = true;
      session.home().flushWhenSafe(session);
    }
  }

  /** Whether what the reply acknowledges is to be safe and is not yet. */
  private boolean unacknowledged() {
    return waits() && (waitsForDisk || reply.length() > 0 || !held.isEmpty() || client.closing());
  }

  /** What the output waited for is safe. */
  void safe() {
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
    boolean any = reply.length() > 0 || !held.isEmpty();
    heldBytes = 0;
    for (ByteBuf older = held.poll(); older != null; older = held.poll()) {
      var _ = context.write(older, context.voidPromise());
    }
    if (any) {
      write(reply.bytes(), reply.length());
      reply.clear();
      context.flush();
      check();
    }
    if (client.closing() && !session.left()) {
      context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(this::close);
    }
  }

  /**
   * Closes the connection. If the client is sent away, our side alone at first: closed as a whole
   * while the client still sends, the connection would be reset, and what the client has not read
   * yet would be lost.
   */
  private void close(Future<?> sent) {
    if (session.departure().sentAway()
        && sent.isSuccess()
        && !tls
        && context.channel() instanceof DuplexChannel duplex) {
      var _ = duplex.shutdownOutput();
      var _ =
          context
              .channel()
              .eventLoop()
              .schedule(this::closeAtLast, LINGER_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      var _ = context.close();
    }
  }

  private void closeAtLast() {
    var _ = context.close();
  }

  /** Cuts the client off if it does not take its output. */
  void check() {
    long pending = pending();
    count(pending);
    if (limit.exceeded(pending)) {
      log.warn(
          "Client id={} addr={} closed: its unsent output is larger than"
              + " client-output-buffer-limit",
          client.serial(),
          session.remoteAddress());
      server.traffic().closedForOutput();
      session.abort();
    }
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
    if (waits()) {
      heldBytes += length;
      held.add(copy(bytes, 0, length));
      sent(length);
    } else {
      write(bytes, length);
      context.flush();
    }
    cutOffIfTooMuch();
  }

  private boolean gone() {
    return cut || session.left() || !context.channel().isOpen();
  }

  @Override
  public void putBy(byte[] bytes, int offset, int length) {
    if (!gone()) {
      putByBytes += length;
      putBy.add(copy(bytes, offset, length));
      cutOffIfTooMuch();
    }
  }

  @Override
  public void sendPutBy() {
    // The kernel takes a piece at a time, so that the command may stop between two of them.
    for (ByteBuf piece = putBy.poll(); piece != null; piece = putBy.poll()) {
      int length = piece.readableBytes();
      putByBytes -= length;
      sent(length);
      if (waits()) {
        heldBytes += length;
        held.add(piece);
        continue;
      }
      var _ = context.write(piece, context.voidPromise());
      context.flush();
      if (client.keyspace() instanceof BuiltinKeyspace keyspace) {
        keyspace.slices().longStep();
      }
    }
    putByBytes = 0;
  }

  @Override
  public void dropPutBy() {
    putBy.forEach(ByteBuf::release);
    putBy.clear();
    putByBytes = 0;
  }

  private void cutOffIfTooMuch() {
    long pending = pending();
    count(pending);
    if (pending >= MUCH
        && session.running()
        && client.keyspace() instanceof BuiltinKeyspace keyspace
        && keyspace.clientMemory().tooMuch()) {
      // Its own command goes on and on: nobody else could stop it in time.
      cutOff();
    }
  }

  private void cutOff() {
    cut = true;
    session.cutOff();
  }

  private void write(byte[] bytes, int length) {
    if (cut) {
      return;
    }
    var _ = context.write(copy(bytes, 0, length), context.voidPromise());
    sent(length);
  }

  private ByteBuf copy(byte[] bytes, int offset, int length) {
    ByteBuf out;
    try {
      out = context.alloc().directBuffer(length);
    } catch (OutOfMemoryError full) {
      log.warn("No memory for {} bytes of output: {}", length, full.getMessage());
      cutOff();
      return Unpooled.EMPTY_BUFFER;
    }
    out.writeBytes(bytes, offset, length);
    return out;
  }

  private void sent(long length) {
    server.traffic().sent(length);
    if (client.keyspace() instanceof BuiltinKeyspace keyspace) {
      keyspace.statistics().sent(length);
      Limits limits = keyspace.limits();
      if (limits != null) {
        limits.sent(length);
      }
    }
  }

  /** Forgets what has not been sent, since the socket is closed. */
  void discard() {
    if (client.turn() != Client.Turn.SUSPENDED) {
      reply.clear();
    }
    held.forEach(ByteBuf::release);
    held.clear();
    heldBytes = 0;
    dropPutBy();
  }

  /** Bytes in the reply and in the socket's queue. */
  long pending() {
    var queue = context.channel().unsafe().outboundBuffer();
    return reply.length()
        + heldBytes
        + putByBytes
        + (queue == null ? 0 : queue.totalPendingWriteBytes());
  }
}
