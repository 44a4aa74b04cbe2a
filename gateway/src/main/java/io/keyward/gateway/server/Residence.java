package io.keyward.gateway.server;

import io.keyward.engine.Client;
import io.keyward.engine.Keyspace;
import io.keyward.engine.SteadyTime;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.acl.User;
import io.keyward.tenancy.Decision;
import io.keyward.tenancy.Deployment;
import io.netty.channel.EventLoop;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Who a session's client is and which keyspace it is in, and its way from one to another. */
final class Residence {
  private final Server server;
  private final Session session;
  private final Client client;
  private final RedisHandler handler;
  private final EventLoop socketLoop;
  private Decision.@Nullable Admitted withoutLogin;
  private Supplier<@Nullable Decision> recognition = () -> null;
  private @Nullable Deployment deployment;
  private String login = "";
  private long beforeLoginSince;
  private boolean travelling;

  /** The way that the client is to go when its replies have left. */
  private @Nullable Travel ahead;

  /**
   * A way to another keyspace.
   *
   * @param place as in {@link Session#moveTo}
   */
  private record Travel(Keyspace target, @Nullable Deployment place, Runnable arrival) {}

  /** Between the former home, whose writes the socket's loop has yet to do, and the new one. */
  private volatile boolean betweenHomes;

  Residence(Server server, Session session, RedisHandler handler, EventLoop socketLoop) {
    this.server = server;
    this.session = session;
    this.client = session.client();
    this.handler = handler;
    this.socketLoop = socketLoop;
  }

  /** Whether the session has left its former home and nobody may touch it before it arrives. */
  boolean betweenHomes() {
    return betweenHomes;
  }

  /** Whether the client is on its way, so that its requests wait. */
  boolean travelling() {
    return travelling;
  }

  /**
   * Says who the client is without a login, by its port or certificate; null if it has to log in.
   *
   * @param again tells it anew when the client begins anew, since the configuration may change
   */
  void withoutLogin(Decision.@Nullable Admitted known, Supplier<@Nullable Decision> again) {
    withoutLogin = known;
    recognition = again;
  }

  /**
   * The keyspace where the connection is before it has logged in, as things are now: of a
   * deployment that takes nobody at the moment, who was in it stays in it.
   */
  Keyspace entry() {
    Decision now = recognition.get();
    if (!(now instanceof Decision.Refused)) {
      withoutLogin = now instanceof Decision.Admitted in ? in : null;
    }
    return server.entry(withoutLogin, socketLoop);
  }

  /** Makes the client what it is before it has logged in. */
  void asBeforeLogin() {
    beforeLoginSince = SteadyTime.millis();
    login = "";
    Decision.Admitted known = withoutLogin;
    if (known != null
        && known.deployment() != null
        && !(server.doorway().hasPlaceIn(known.deployment()) && known.deployment().enter())) {
      session.closeAfterReply();
      return;
    }
    take(known == null ? null : known.deployment());
    if (client.keyspace() instanceof BuiltinKeyspace keyspace) {
      if (known == null) {
        keyspace.members().logOut(client);
      } else {
        User user = keyspace.access().defaultUser();
        keyspace.members().logIn(client, user);
        client.authenticated(user.enabled());
      }
    }
    client.operator(client.authenticated() && server.tenancy().single());
    if (client.authenticated()) {
      server.doorway().isNoStranger(session);
    }
  }

  /** Whether the client can do nothing but log in, and could have done so for longer than that. */
  boolean hasNotLoggedIn(long now, long millis) {
    return now - beforeLoginSince > millis
        && !client.authenticated()
        && !server.tenancy().hasDefault();
  }

  /** As {@link Session#login()}. */
  String login() {
    return login;
  }

  void login(String name) {
    login = name;
  }

  boolean isIn(Deployment asked) {
    return asked.equals(deployment);
  }

  /** As {@link Session#take}. */
  void take(@Nullable Deployment taken) {
    Deployment before = deployment;
    deployment = taken;
    if (before != null) {
      before.leave();
      server.doorway().residents(-1);
    }
    if (taken != null) {
      server.doorway().residents(1);
      server.doorway().isNoStranger(session);
    } else if (before != null && !session.left()) {
      server.doorway().comes(session);
    }
  }

  /** As {@link Session#moveTo}. */
  void moveTo(Keyspace target, @Nullable Deployment place, Runnable arrival) {
    travelling = true;
    ahead = new Travel(target, place, arrival);
    departSoon();
  }

  /** Lets the client depart, if it is to, when the running command is over. */
  void departSoon() {
    if (ahead != null) {
      session.home().execute(this::departWhenSafe);
    }
  }

  /**
   * Departs unless replies are still on their way: nobody knows at another home, or in a keyspace
   * that no file has, what they wait for, and long values in them are the former home's.
   */
  private void departWhenSafe() {
    Travel travel = ahead;
    if (travel == null) {
      return;
    }
    if (session.left()) {
      giveUp();
      return;
    }
    session.flushNow();
    if (!session.output().waiting()) {
      ahead = null;
      depart(travel.target(), travel.place(), travel.arrival());
    }
  }

  /** The client goes nowhere any more, since it has left. */
  void giveUp() {
    Travel travel = ahead;
    ahead = null;
    if (travel != null && travel.place() != null) {
      travel.place().leave();
    }
  }

  private void depart(Keyspace target, @Nullable Deployment place, Runnable arrival) {
    Keyspace before = client.keyspace();
    if (before != null) {
      before.leave(client);
    }
    client.database(0);
    take(place);
    GatewayLoop from = session.home();
    GatewayLoop to = server.loopOf(target);
    betweenHomes = true;
    session.home(to);
    if (to == from) {
      arrive(target, arrival);
      goOnAfterTravel();
    } else {
      to.execute(() -> arrive(target, arrival));
      handler.follow(from, to, this::goOnAfterTravel);
    }
  }

  private void arrive(Keyspace target, Runnable arrival) {
    betweenHomes = false;
    session.forgetWaiting();
    if (session.left()) {
      return;
    }
    Deployment present = deployment;
    if (!target.enter(client) || (present != null && present.gone())) {
      session.abort();
      return;
    }
    arrival.run();
    if (client.authenticated()) {
      server.doorway().isNoStranger(session);
    }
    session.flushSoon();
    // The alias may have moved on while the client was on its way.
    session.sendAwayIf(one -> present != null && !server.tenancy().leads(login, present));
  }

  private void goOnAfterTravel() {
    travelling = false;
    if (!session.left()) {
      session.goOn();
    }
  }
}
