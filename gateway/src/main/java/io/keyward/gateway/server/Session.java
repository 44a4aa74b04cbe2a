package io.keyward.gateway.server;

import io.keyward.engine.Client;
import io.keyward.engine.Keyspace;
import io.keyward.engine.Reply;
import io.keyward.engine.SteadyTime;
import io.keyward.engine.builtin.ClientState;
import io.keyward.tenancy.Decision;
import io.keyward.tenancy.Deployment;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, on the home loop of the keyspace it has entered.
 *
 * <p>Input comes and output leaves through the socket's own loop, which may be another one; then a
 * read hops over in one task and its replies hop back in one write. Requests are executed one after
 * the other ({@link Intake}) as long as the client is not blocked and takes its replies ({@link
 * Output}).
 */
public final class Session implements Client.Connection {
  private static final Logger log = LoggerFactory.getLogger(Session.class);

  private final Server server;
  private final ChannelHandlerContext context;
  private final Peer peer;
  private final Reply reply;
  private final Client client;
  private final Intake intake;
  private final Output output;
  private final Residence residence;
  private final SessionEnd end;
  private volatile GatewayLoop home;
  private boolean left;
  private boolean flushPending;
  private boolean resumePending;

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
    reply = new Reply(new HomeArrays());
    client = new Client(server.nextClientId(), this, reply, SteadyTime.millis());
    end = new SessionEnd(this, context);
    intake = new Intake(server, this, context);
    output = new Output(server, this, context, peer.tls());
    residence = new Residence(server, this, handler, context.channel().eventLoop());
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

  /** The session lives there from now on. */
  void home(GatewayLoop next) {
    home = next;
  }

  Output output() {
    return output;
  }

  Residence residence() {
    return residence;
  }

  /** How the session ends in good order. */
  SessionEnd end() {
    return end;
  }

  /** Whether the next request has to wait. */
  boolean held() {
    return intake.held();
  }

  /** Whether a request of this client is being executed now. */
  boolean running() {
    return intake.running();
  }

  /** Whether the socket is closed and the keyspace has forgotten the client. */
  boolean left() {
    return left;
  }

  /** Lets the client into the keyspace where connections begin. */
  void enter(Keyspace keyspace) {
    if (left) {
      return;
    }
    keyspace.enter(client);
    asBeforeLogin();
  }

  /** The client has shown a certificate that stands for a login. */
  void knownByCertificate(Decision.Admitted known, Supplier<@Nullable Decision> again) {
    residence.withoutLogin(known, again);
    if (!left) {
      moveTo(entry(), null, this::asBeforeLogin);
    }
  }

  /** Makes the client what it is before it has logged in. */
  public void asBeforeLogin() {
    residence.asBeforeLogin();
  }

  /** The keyspace where this connection is before it has logged in. */
  public Keyspace entry() {
    return residence.entry();
  }

  /** The client's address without its port. */
  public String host() {
    return peer.remote().substring(0, peer.remote().lastIndexOf(':'));
  }

  /** Whether the client is counted in this deployment. */
  public boolean isIn(Deployment asked) {
    return residence.isIn(asked);
  }

  /**
   * Counts the client in a deployment, and no longer in the one where it was before.
   *
   * @param taken a place that has been taken by {@link Deployment#enter}; null for none
   */
  public void take(@Nullable Deployment taken) {
    residence.take(taken);
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
    residence.moveTo(target, place, arrival);
  }

  /** What was to be sent or gone on with at the former home is no longer waited for. */
  void forgetWaiting() {
    flushPending = false;
    resumePending = false;
    intake.arrived();
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
  boolean passedOn(Runnable task) {
    GatewayLoop present = home;
    if (present.isCurrent() && !residence.betweenHomes()) {
      return false;
    }
    present.execute(task);
    return true;
  }

  /** Takes what has arrived and executes the requests in it. */
  void received(ByteBuf bytes) {
    intake.received(bytes);
  }

  /** Executes what waited, if it may. */
  void goOn() {
    resumePending = false;
    residence.departSoon();
    intake.goOn();
  }

  /** Whether the session is at a loop, and not merely on its way to it. */
  boolean isAt(GatewayLoop loop) {
    return home == loop && !residence.betweenHomes();
  }

  /** The socket takes bytes again. */
  void writable() {
    if (!passedOn(this::writable)) {
      output.goOn();
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
    if (!flushPending && !intake.running() && !left) {
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
    } else {
      output.flush();
    }
  }

  /** What the output waited for is safe. */
  void safe() {
    if (passedOn(this::safe)) {
      return;
    }
    output.safe();
    resume();
  }

  /** The stream of effects has room again. */
  void roomAgain() {
    if (passedOn(this::roomAgain)) {
      return;
    }
    intake.roomAgain();
    resume();
  }

  /** What is counted of the session from time to time is counted now. */
  void count() {
    output.check();
    intake.count();
  }

  /** The socket. */
  Channel channel() {
    return context.channel();
  }

  /**
   * Sends the client away, if it is one of those, so that it connects anew; see {@link
   * SessionEnd#sendAwayIf}.
   *
   * @param one is asked on the session's home loop
   */
  public void sendAwayIf(Predicate<Session> one) {
    end.sendAwayIf(one);
  }

  /**
   * Sends the client away, if it is one of those, without doing what waits for its rate; see {@link
   * SessionEnd#sendAwayAtLastIf}.
   *
   * @param one is asked on the session's home loop
   */
  public void sendAwayAtLastIf(Predicate<Session> one) {
    end.sendAwayAtLastIf(one);
  }

  /** As {@link Intake#leaveUndoneWhatWaitsForRate}. */
  void leaveUndoneWhatWaitsForRate() {
    intake.leaveUndoneWhatWaitsForRate();
  }

  /** Whether the client has nothing under way: no request, no transaction, nothing it waits for. */
  public boolean idle() {
    return !client.blocked()
        && client.turn() == Client.Turn.FREE
        && intake.kept() == 0
        && !residence.travelling()
        && (client.keyspace() == null || ClientState.of(client).transaction() == null);
  }

  /** The login that has led the client where it is; empty if there was none. */
  public String login() {
    return residence.login();
  }

  /** Notes the login that has led the client where it is. */
  public void login(String name) {
    residence.login(name);
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
    if (!intake.running()) {
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
    residence.giveUp();
    output.discard();
    intake.discard();
    server.sessions().remove(this);
    server.doorway().isNoStranger(this);
  }

  @Override
  public long pendingOutput() {
    return output.pending();
  }

  @Override
  public long pendingInput() {
    return intake.kept();
  }

  @Override
  public long occupiedInput() {
    return intake.capacity();
  }

  @Override
  public void cutOff() {
    log.warn(
        "Client id={} addr={} closed: clients take more memory than they may, and this one the most"
            + " of its deployment",
        client.serial(),
        peer.remote());
    server.traffic().cutOff();
    abort();
  }

  @Override
  public String remoteAddress() {
    return peer.remote();
  }

  @Override
  public String localAddress() {
    return peer.local();
  }

  /** After how many seconds of silence the kernel asks whether the client is there; 0 = never. */
  long keepAlive() {
    return peer.keepAlive();
  }

  /** Whether the connection is encrypted. */
  public boolean tls() {
    return peer.tls();
  }
}
