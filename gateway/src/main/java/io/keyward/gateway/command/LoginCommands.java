package io.keyward.gateway.command;

import static io.keyward.engine.command.CommandFlag.ALLOW_BUSY;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.NOT_QUEUED;
import static io.keyward.engine.command.CommandFlag.NO_AUTH;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandFlag.WHILE_SUBSCRIBED;
import static io.keyward.engine.command.CommandGroup.CONNECTION;

import io.keyward.engine.Client;
import io.keyward.engine.Client.ReplyMode;
import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Keyspace;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.ClientState;
import io.keyward.engine.builtin.ClientText;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.acl.AccessControl;
import io.keyward.engine.builtin.acl.User;
import io.keyward.engine.builtin.tracking.Tracking;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.gateway.server.Server;
import io.keyward.gateway.server.Session;
import io.keyward.tenancy.Decision;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** AUTH, HELLO and RESET: who a connection is, and which protocol it speaks. */
final class LoginCommands {
  private static final CommandException NO_PASSWORD_SET =
      CommandException.error(
          "AUTH <password> called without any password configured for the default user. Are you"
              + " sure your configuration is correct?");
  private static final CommandException NOT_A_VERSION =
      CommandException.error("Protocol version is not an integer or out of range");
  private static final CommandException UNSUPPORTED_VERSION =
      new CommandException("NOPROTO unsupported protocol version");
  private static final CommandException HELLO_WITHOUT_LOGIN =
      new CommandException(
          "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO"
              + " <proto> AUTH <user> <pass> option can be used to authenticate the client and"
              + " select the RESP protocol version at the same time");
  private static final byte[] NO_NAME = {};

  private final Server server;
  private final Logins logins;

  LoginCommands(Server server) {
    this.server = server;
    this.logins = new Logins(server);
  }

  void declare(CommandTable table) {
    table.add(
        Command.named("auth", CONNECTION)
            .summary("Logs the connection in.")
            .complexity("O(N) where N is the number of passwords defined for the user")
            .syntax("[username] password")
            .arity(-2)
            .flags(NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, ALLOW_BUSY)
            .secretsBy(LoginCommands::secretsOfAuth)
            .handler(this::auth));
    table.add(
        Command.named("hello", CONNECTION)
            .since("6.0.0")
            .summary("Chooses the protocol, may log in, and tells about the server.")
            .complexity("O(1)")
            .syntax("[protover [AUTH username password] [SETNAME clientname]]")
            .arity(-1)
            .flags(NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, ALLOW_BUSY)
            .secretsBy(LoginCommands::secretsOfHello)
            .handler(this::hello));
    table.add(
        Command.named("reset", CONNECTION)
            .since("6.2.0")
            .summary("Makes the connection what it was when it was opened.")
            .complexity("O(1)")
            .arity(1)
            .flags(
                NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, ALLOW_BUSY, WHILE_SUBSCRIBED, NOT_QUEUED)
            .handler(this::reset));
  }

  private static void secretsOfAuth(Request request, IntConsumer positions) {
    for (int i = 1; i < request.count(); i++) {
      positions.accept(i);
    }
  }

  private static void secretsOfHello(Request request, IntConsumer positions) {
    for (int i = 2; i < request.count(); i++) {
      if (request.is(i, "AUTH")) {
        for (int secret = i + 1; secret <= i + 2 && secret < request.count(); secret++) {
          positions.accept(secret);
        }
        i += 2;
      } else if (request.is(i, "SETNAME")) {
        i++;
      }
    }
  }

  private void auth(Request request, Reply reply) {
    if (request.count() > 3) {
      throw Errors.SYNTAX;
    }
    if (request.count() == 2) {
      if (access(request).defaultUser().noPassword()) {
        throw NO_PASSWORD_SET;
      }
      byte[] password = request.copyOf(1);
      logIn(request, AccessControl.DEFAULT_USER, password, Reply::ok);
    } else {
      logIn(request, request.text(1), request.copyOf(2), Reply::ok);
    }
  }

  private static AccessControl access(Request request) {
    return Database.of(request).keyspace().access();
  }

  /**
   * Logs in to a deployment, or as a user of the client's own keyspace. Who is in a deployment
   * finds its users first, so that it makes no difference to them what other logins there are.
   */
  private void logIn(Request request, String name, byte[] password, Consumer<Reply> answer) {
    if (request.client().authenticated()) {
      User own = access(request).authenticate(name, password);
      if (own != null && comesFirst(request, own)) {
        become(request, own, answer);
        return;
      }
    }
    Decision decision = server.tenancy().logIn(name, password);
    if (decision != null) {
      logins.settle(request, name, decision, answer);
      return;
    }
    User user = access(request).authenticate(name, password);
    if (user == null || isBackDoor(request, user)) {
      logins.settle(request, name, server.tenancy().failure(password), answer);
      return;
    }
    become(request, user, answer);
  }

  private void become(Request request, User user, Consumer<Reply> answer) {
    Client client = request.client();
    Database.of(request).keyspace().members().logIn(client, user);
    client.operator(client.operator() || server.tenancy().single());
    answer.accept(client.reply());
  }

  /**
   * Whether one of the keyspace's users is looked at before other logins. One without a password is
   * not where a connection is without a login: he would stop everybody there who logs in elsewhere.
   */
  private boolean comesFirst(Request request, User user) {
    Client client = request.client();
    boolean loggedIn =
        !user.noPassword()
            || !Logins.session(client).entry().equals(Database.of(request).keyspace());
    return !client.operator() && loggedIn && !isBackDoor(request, user);
  }

  /**
   * Whether a user of one of several deployments would become its default user, who needs no
   * password since the deployment's own has been shown at the login.
   */
  private boolean isBackDoor(Request request, User user) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    boolean ofDefault =
        server.tenancy().hasDefault()
            && keyspace.prefix().equals(server.tenancy().defaultDeployment().prefix());
    return !ofDefault
        && user.noPassword()
        && user == keyspace.access().defaultUser()
        && ClientState.of(request.client()).user() != user;
  }

  private void hello(Request request, Reply reply) {
    Client client = request.client();
    long version = 0;
    if (request.count() > 1) {
      version = request.integer(1, NOT_A_VERSION);
      if (version < 2 || version > 3) {
        throw UNSUPPORTED_VERSION;
      }
    }
    int login = 0;
    int name = 0;
    for (int i = 2; i < request.count(); i++) {
      int more = request.count() - 1 - i;
      if (request.is(i, "AUTH") && more >= 2) {
        login = i + 1;
        i += 2;
      } else if (request.is(i, "SETNAME") && more >= 1) {
        name = i + 1;
        ClientText.checkName(request.copyOf(name));
        i++;
      } else {
        throw CommandException.error("Syntax error in HELLO option '" + request.text(i) + "'");
      }
    }
    byte[] chosenName = name > 0 ? request.copyOf(name) : null;
    boolean resp3 = version == 0 ? reply.resp3() : version == 3;
    if (login > 0) {
      String user = request.text(login);
      byte[] password = request.copyOf(login + 1);
      logIn(request, user, password, answer -> greet(client, chosenName, resp3, answer));
      return;
    }
    if (!client.authenticated()) {
      throw HELLO_WITHOUT_LOGIN;
    }
    greet(client, chosenName, resp3, reply);
  }

  private static void greet(Client client, byte @Nullable [] name, boolean resp3, Reply answer) {
    if (name != null) {
      client.name(name);
    }
    client.reply().resp3(resp3);
    if (client.keyspace() instanceof BuiltinKeyspace keyspace) {
      describe(client, keyspace, answer);
    }
  }

  private static void describe(Client client, BuiltinKeyspace keyspace, Reply reply) {
    reply.map(7);
    reply.bulk("server");
    reply.bulk("redis");
    reply.bulk("version");
    reply.bulk(Server.redisVersion());
    reply.bulk("proto");
    reply.integer(reply.resp3() ? 3 : 2);
    reply.bulk("id");
    reply.integer(client.id());
    reply.bulk("mode");
    reply.bulk(keyspace.slotRules() == null ? "standalone" : "cluster");
    reply.bulk("role");
    reply.bulk("master");
    reply.bulk("modules");
    reply.array(0);
  }

  private void reset(Request request, Reply reply) {
    Client client = request.client();
    ClientState state = ClientState.of(client);
    state.endTransaction();
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    keyspace.channels().unsubscribeAll(state);
    keyspace.observation().monitors().remove(client);
    Tracking.of(keyspace).off(client);
    client.database(0);
    client.name(NO_NAME);
    if (client.replyMode() == ReplyMode.OFF) {
      client.replyMode(ReplyMode.ON);
      client.silenced(false);
    }
    boolean skipped = client.silenced();
    client.noEvict(false);
    client.noTouch(false);
    reply.resp3(false);
    Session session = Logins.session(client);
    Keyspace entry = session.entry();
    if (entry.equals(keyspace)) {
      session.asBeforeLogin();
      reply.simple("RESET");
    } else {
      client.authenticated(false);
      session.moveTo(
          entry,
          null,
          () -> {
            session.asBeforeLogin();
            if (!skipped) {
              client.reply().simple("RESET");
            }
          });
    }
  }
}
