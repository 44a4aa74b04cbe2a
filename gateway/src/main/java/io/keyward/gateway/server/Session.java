package io.keyward.gateway.server;

import io.keyward.config.directive.Directive;
import io.keyward.engine.Client;
import io.keyward.engine.Keyspace;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.gateway.protocol.Input;
import io.keyward.gateway.protocol.ProtocolException;
import io.keyward.tenancy.Decision;
import io.keyward.tenancy.Deployment;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, on the home loop of the keyspace it has entered.
 *
 * <p>Input comes and output leaves through the socket's own loop, which may be another one; then a
 * read hops over in one task and its replies hop back in one write. Requests are executed one after
 * the other as long as the client is not blocked and takes its replies; what remains waits in
 * {@link Input}, and the socket is no longer read when that grows. A burst that lasts long goes on
 * when the other keyspaces of the loop have had their turn, and what arrives for a keyspace that is
 * still to have its own comes after it.
 */
public final class Session implements Client.Connection {
  private static final Logger log = LoggerFactory.getLogger(Session.class);

  /** Unread input of a client that waits, beyond which its socket is no longer read. */
  private static final int ENOUGH_INPUT = 64 * 1024;

  /** How long a connection that can do nothing but log in may take to do so. */
  private static final long LOGIN_MILLIS = 60_000;

  private static final int MOST_INPUT = Integer.MAX_VALUE - 1024 * 1024;

  private final Server server;
  private final ChannelHandlerContext context;
  private final Peer peer;
  private final RedisHandler handler;
  private final Reply reply;
  private final Client client;
  private final Input input = new Input();
  private final OutputLimit outputLimit;
  private volatile GatewayLoop home;
  private Decision.@Nullable Admitted withoutLogin;
  private @Nullable Deployment deployment;
  private long beforeLoginSince;
  private boolean travelling;
  private boolean left;
  private boolean outOfTurn;
  private boolean ended;
  private boolean running;
  private boolean flushPending;
  private boolean resumePending;
  private boolean readingStopped;
  private boolean waitsForDisk;
  private boolean waitsForRoom;

  /** Output that is older than what the reply holds and waits for the disk with it. */
  private final ArrayDeque<ByteBuf> heldOutput = new ArrayDeque<>(0);

  Session(
      Server server,
      GatewayLoop home,
      ChannelHandlerContext context,
      Peer peer,
      RedisHandler handler) {
    this.server = server;
    this.home = home;
    this.context = context;
    this.peer = peer;
    this.handler = handler;
    reply = new Reply(new HomeArrays());
    reply.drainTo(this::drain);
    client = new Client(server.nextClientId(), this, reply, System.currentTimeMillis());
    outputLimit = new OutputLimit(server.live(), client, peer.tls());
  }

  /** The arrays of whatever loop the session lives on. */
  private final class HomeArrays implements Reply.Buffers {
    @Override
    public byte[] take() {
      return home.replyArrays().take();
    }

    @Override
    public void giveBack(byte[] buffer) {
      home.replyArrays().giveBack(buffer);
    }
  }

  public Client client() {
    return client;
  }

  GatewayLoop home() {
    return home;
  }

  /** Lets the client into the keyspace where connections begin. */
  void enter(Keyspace keyspace) {
    if (left) {
      return;
    }
    keyspace.enter(client);
    asBeforeLogin();
  }

  /**
   * Says who the client is without a login, by its port or certificate; null if it has to log in.
   */
  void withoutLogin(Decision.@Nullable Admitted known) {
    withoutLogin = known;
  }

  /** The client has shown a certificate that stands for a login. */
  void knownByCertificate(Decision.Admitted known) {
    withoutLogin = known;
    if (!left) {
      moveTo(entry(), null, this::asBeforeLogin);
    }
  }

  /** Makes the client what it is before it has logged in. */
  public void asBeforeLogin() {
    beforeLoginSince = System.currentTimeMillis();
    Decision.Admitted known = withoutLogin;
    if (known != null && known.deployment() != null && !known.deployment().enter()) {
      closeAfterReply();
      return;
    }
    take(known == null ? null : known.deployment());
    if (client.keyspace() instanceof BuiltinKeyspace keyspace) {
      if (known == null) {
        keyspace.members().logOut(client);
      } else {
        keyspace.members().logIn(client, keyspace.access().defaultUser());
      }
    }
    client.operator(client.authenticated() && server.tenancy().single());
  }

  /** The keyspace where this connection is before it has logged in. */
  public Keyspace entry() {
    return server.entry(withoutLogin, context.channel().eventLoop());
  }

  /** The client's address without its port. */
  public String host() {
    return peer.remote().substring(0, peer.remote().lastIndexOf(':'));
  }

  /** Whether the client is counted in this deployment. */
  public boolean isIn(Deployment asked) {
    return asked.equals(deployment);
  }

  /**
   * Counts the client in a deployment, and no longer in the one where it was before.
   *
   * @param taken a place that has been taken by {@link Deployment#enter}; null for none
   */
  public void take(@Nullable Deployment taken) {
    Deployment before = deployment;
    deployment = taken;
    if (before != null) {
      before.leave();
    }
  }

  /**
   * Takes the client out of its keyspace and into another one, when the running command is over.
   * What it watched, was subscribed to or had begun is forgotten. No further request is executed
   * until it has arrived.
   *
   * @param place as in {@link #take}; given back if the client does not arrive
   * @param arrival runs on the other keyspace's home loop, in time to write a reply
   */
  public void moveTo(Keyspace target, @Nullable Deployment place, Runnable arrival) {
    travelling = true;
    home.execute(() -> depart(target, place, arrival));
  }

  private void depart(Keyspace target, @Nullable Deployment place, Runnable arrival) {
    if (left) {
      if (place != null) {
        place.leave();
      }
      return;
    }
    flushNow();
    Keyspace before = client.keyspace();
    if (before != null) {
      before.leave(client);
    }
    client.database(0);
    take(place);
    GatewayLoop from = home;
    GatewayLoop to = server.loopOf(target);
    home = to;
    if (to == from) {
      arrive(target, arrival);
      goOnAfterTravel();
    } else {
      to.execute(() -> arrive(target, arrival));
      handler.follow(from, to, this::goOnAfterTravel);
    }
  }

  private void arrive(Keyspace target, Runnable arrival) {
    flushPending = false;
    resumePending = false;
    if (left) {
      return;
    }
    if (!target.enter(client)) {
      abort();
      return;
    }
    arrival.run();
    flushSoon();
  }

  private void goOnAfterTravel() {
    travelling = false;
    if (!left) {
      goOn();
    }
  }

  /** As {@link #received}, on the present home if the session has moved on. */
  void receivedOrPassedOn(ByteBuf bytes) {
    GatewayLoop present = home;
    if (present.isCurrent()) {
      received(bytes);
    } else {
      present.execute(() -> receivedOrPassedOn(bytes));
    }
  }

  /** Whether the caller runs elsewhere; then the task is done on the present home. */
  private boolean passedOn(Runnable task) {
    GatewayLoop present = home;
    if (present.isCurrent()) {
      return false;
    }
    present.execute(task);
    return true;
  }

  /** Takes what has arrived and executes the requests in it. */
  void received(ByteBuf bytes) {
    try {
      if (left || ended || client.closing()) {
        return;
      }
      int length = bytes.readableBytes();
      server.traffic().received(length);
      if (client.keyspace() instanceof BuiltinKeyspace keyspace) {
        keyspace.statistics().received(length);
      }
      long most = Math.min(MOST_INPUT, server.live().number(Directive.CLIENT_QUERY_BUFFER_LIMIT));
      if (input.kept() + (long) length > most) {
        log.warn(
            "Client id={} addr={} closed: its unread input is larger than"
                + " client-query-buffer-limit",
            client.serial(),
            peer.remote());
        server.traffic().closedForInput();
        abort();
        return;
      }
      client.lastInteraction(System.currentTimeMillis());
      input.receive(bytes, home.scratch());
    } finally {
      bytes.release();
    }
    Keyspace keyspace = client.keyspace();
    if (!outOfTurn && keyspace != null && home.turns().waits(keyspace)) {
      waitForTurn(keyspace);
    }
    run();
  }

  /** Lets the other keyspaces of the loop come first. */
  private void waitForTurn(Keyspace keyspace) {
    outOfTurn = true;
    home.turns().add(keyspace, this::takeTurn);
  }

  private void takeTurn() {
    if (passedOn(this::takeTurn)) {
      return;
    }
    outOfTurn = false;
    if (!left) {
      goOn();
    }
  }

  /** Whether the next request has to wait, be it for others or for the end of the last one. */
  private boolean held() {
    return client.blocked()
        || travelling
        || client.turn() != Client.Turn.FREE
        || outOfTurn
        || client.closing()
        || left
        || waitsForDisk
        || home.effects().gate().crowded()
        || !context.channel().isWritable();
  }

  private void run() {
    Keyspace keyspace = client.keyspace();
    Input.Scratch scratch = home.scratch();
    if (keyspace == null) {
      input.settle(scratch);
      return;
    }
    running = true;
    boolean suspended = false;
    boolean over = false;
    home.beginBurst();
    keyspace.beginBurst();
    try {
      long longestBulk = server.live().number(Directive.PROTO_MAX_BULK_LEN);
      while (!over && !held() && input.next(scratch, longestBulk, client.authenticated())) {
        Request request = input.request(scratch);
        request.client(client);
        keyspace.execute(request, reply);
        suspended = client.turn() == Client.Turn.SUSPENDED;
        over = keyspace.turnIsOver();
      }
    } catch (ProtocolException malformed) {
      refuse(malformed);
    } catch (RuntimeException | Error defect) {
      log.error("Client id={} addr={} closed by a defect", client.serial(), peer.remote(), defect);
      abort();
    } finally {
      keyspace.endBurst();
      running = false;
      if (suspended) {
        input.leaveRequest(scratch);
      }
      input.settle(scratch);
    }
    if (over && !outOfTurn && input.kept() > 0) {
      waitForTurn(keyspace);
    }
    flushNow();
    closeIfEnded();
    steerReading();
    if (home.effects().gate().crowded() && !waitsForRoom && (input.kept() > 0 || ended)) {
      waitsForRoom = true;
      home.resumeWhenRoom(this);
    }
    home.endBurst();
  }

  private void refuse(ProtocolException malformed) {
    server.traffic().protocolError();
    if (malformed.isAttack()) {
      log.warn(
          "Possible SECURITY ATTACK: {} sends HTTP (POST or Host:), as a browser does that was made"
              + " to; connection closed",
          peer.remote());
      abort();
      return;
    }
    log.debug("Client addr={} closed: {}", peer.remote(), malformed.line());
    reply.error(malformed.line());
    closeAfterReply();
  }

  /** Stops reading the socket while much input waits, and begins again when it does not. */
  private void steerReading() {
    boolean stop = ended || (input.kept() >= ENOUGH_INPUT && held());
    if (stop != readingStopped) {
      readingStopped = stop;
      context.channel().config().setAutoRead(!stop);
    }
  }

  /** Executes what waited, if it may. */
  void goOn() {
    resumePending = false;
    if (!held() && (input.kept() > 0 || ended)) {
      run();
    } else {
      steerReading();
    }
  }

  /** The socket takes bytes again. */
  void writable() {
    if (!passedOn(this::writable)) {
      resume();
    }
  }

  @Override
  public void resume() {
    if (!resumePending && !left) {
      resumePending = true;
      home.resumeSoon(this);
    }
  }

  @Override
  public void flushSoon() {
    if (!flushPending && !running && !left) {
      flushPending = true;
      home.flushSoon(this);
    }
  }

  /** Sends what the reply holds. */
  void flushNow() {
    flushPending = false;
    if (client.turn() == Client.Turn.SUSPENDED) {
      return;
    }
    if (left) {
      reply.clear();
    } else if (waitsForDisk()) {
      if (!waitsForDisk) {
        waitsForDisk = true;
        home.flushWhenDurable(this);
      }
    } else {
      send();
    }
  }

  /**
   * Whether what the reply acknowledges is not durable yet although it is to be: then it waits, and
   * so do the client's next requests.
   */
  private boolean waitsForDisk() {
    return home.effects().gate().awaitsDurability(home.effects().position())
        && (waitsForDisk || reply.length() > 0 || !heldOutput.isEmpty() || client.closing());
  }

  /** What the output waited for is durable. */
  void durable() {
    if (passedOn(this::durable)) {
      return;
    }
    waitsForDisk = false;
    if (!left) {
      send();
      resume();
    }
  }

  /** The stream of effects has room again. */
  void roomAgain() {
    if (passedOn(this::roomAgain)) {
      return;
    }
    waitsForRoom = false;
    resume();
  }

  private void send() {
    boolean any = reply.length() > 0 || !heldOutput.isEmpty();
    for (ByteBuf held = heldOutput.poll(); held != null; held = heldOutput.poll()) {
      var _ = context.write(held, context.voidPromise());
    }
    if (any) {
      write(reply.bytes(), reply.length());
      reply.clear();
      context.flush();
      checkOutput();
    }
    if (client.closing() && !left) {
      context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void checkOutput() {
    if (outputLimit.exceeded(pendingOutput())) {
      log.warn(
          "Client id={} addr={} closed: its unsent output is larger than"
              + " client-output-buffer-limit",
          client.serial(),
          peer.remote());
      server.traffic().closedForOutput();
      abort();
    }
  }

  /**
   * Closes the connection if it has been idle for so long, has not logged in for a minute although
   * it can do nothing else, or does not take its output.
   */
  void check(long now, long timeoutMillis) {
    if (left || client.closing()) {
      return;
    }
    if (now - beforeLoginSince > LOGIN_MILLIS
        && !client.authenticated()
        && !server.tenancy().hasDefault()) {
      log.debug("Client id={} addr={} closed: no login", client.serial(), peer.remote());
      abort();
      return;
    }
    boolean waits =
        client.blocked() || client.turn() != Client.Turn.FREE || OutputLimit.listens(client);
    if (timeoutMillis > 0 && !waits && now - client.lastInteraction() > timeoutMillis) {
      log.debug("Client id={} addr={} closed: idle for too long", client.serial(), peer.remote());
      abort();
      return;
    }
    checkOutput();
  }

  /**
   * No more input counts, since the client has ended its side or the server stops: what has been
   * asked is answered, then the connection is closed.
   */
  void end() {
    if (passedOn(this::end) || left || client.closing()) {
      return;
    }
    ended = true;
    if (travelling) {
      return;
    }
    if (client.blocked()) {
      abort();
    } else {
      goOn();
    }
  }

  /** Closes the connection when nothing that was asked before the end is left to do. */
  private void closeIfEnded() {
    if (!ended || client.closing() || travelling) {
      return;
    }
    if (client.blocked()) {
      abort();
    } else if (!held()) {
      client.closing(true);
      flushNow();
    }
  }

  /** Sends the first part of a reply that is so large that it would not fit one array. */
  private void drain(byte[] bytes, int length) {
    if (home.effects().gate().awaitsDurability(home.effects().position())) {
      heldOutput.add(copy(bytes, length));
      return;
    }
    write(bytes, length);
    context.flush();
  }

  private void write(byte[] bytes, int length) {
    var _ = context.write(copy(bytes, length), context.voidPromise());
  }

  private ByteBuf copy(byte[] bytes, int length) {
    ByteBuf out = context.alloc().directBuffer(length);
    out.writeBytes(bytes, 0, length);
    server.traffic().sent(length);
    if (client.keyspace() instanceof BuiltinKeyspace keyspace) {
      keyspace.statistics().sent(length);
    }
    return out;
  }

  @Override
  public void closeAfterReply() {
    client.closing(true);
    flushSoon();
  }

  @Override
  public void abort() {
    client.closing(true);
    var _ = context.close();
    if (!running) {
      // At once, not when the socket has closed: PUBLISH must no longer count this client.
      gone();
    }
  }

  /** The socket is closed: the keyspace forgets the client. */
  void gone() {
    if (passedOn(this::gone) || left) {
      return;
    }
    left = true;
    take(null);
    client.closing(true);
    Keyspace keyspace = client.keyspace();
    if (keyspace != null) {
      keyspace.leave(client);
    }
    if (client.turn() != Client.Turn.SUSPENDED) {
      reply.clear();
    }
    heldOutput.forEach(ByteBuf::release);
    heldOutput.clear();
    server.sessions().remove(this);
  }

  @Override
  public long pendingOutput() {
    var queue = context.channel().unsafe().outboundBuffer();
    return reply.length() + (queue == null ? 0 : queue.totalPendingWriteBytes());
  }

  @Override
  public long pendingInput() {
    return input.kept();
  }

  /** Bytes of memory that the waiting input occupies. */
  public long inputCapacity() {
    return input.capacity();
  }

  @Override
  public String remoteAddress() {
    return peer.remote();
  }

  @Override
  public String localAddress() {
    return peer.local();
  }

  /** Whether the connection is encrypted. */
  public boolean tls() {
    return peer.tls();
  }
}
