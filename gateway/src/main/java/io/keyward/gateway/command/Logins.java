package io.keyward.gateway.command;

import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Keyspace;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.ClientState;
import io.keyward.engine.builtin.ClientText;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.acl.AccessControl;
import io.keyward.engine.builtin.acl.AccessLog.Context;
import io.keyward.engine.builtin.acl.User;
import io.keyward.gateway.server.Server;
import io.keyward.gateway.server.Session;
import io.keyward.tenancy.Decision;
import io.keyward.tenancy.Deployment;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what has been decided about a login: lets the client into its deployment, or refuses
 * it, later and later if failures repeat themselves.
 *
 * <p>The client is held back as long as that takes.
 */
final class Logins {
  private static final Logger log = LoggerFactory.getLogger(Logins.class);

  private static final CommandException WRONG_PASSWORD =
      new CommandException("WRONGPASS invalid username-password pair or user is disabled.");
  private static final CommandException IN_TRANSACTION =
      CommandException.error("a login that leads elsewhere is not possible in a transaction");
  private static final CommandException TOO_MANY =
      CommandException.error("max number of clients reached");
  private static final CommandException CLOSED =
      CommandException.error("the deployment takes no logins any more");

  private final Server server;

  Logins(Server server) {
    this.server = server;
  }

  /** The connection of a client. */
  static Session session(Client client) {
    return (Session) client.connection();
  }

  /**
   * Carries a decision out; called by the command's handler.
   *
   * @param name the user name that was given
   * @param answer writes the reply to a client that has been let in, on its keyspace's home loop,
   *     and changes what goes with it, whether or not the client wants to read it
   */
  void settle(Request request, String name, Decision decision, Consumer<Reply> answer) {
    Client client = request.client();
    boolean silent = client.silenced();
    boolean mayWait = Database.of(request).keyspace().mayBlock(client);
    switch (decision) {
      case Decision.Admitted admitted -> {
        Keyspace target = target(admitted);
        if (!target.equals(client.keyspace()) && !mayWait) {
          throw IN_TRANSACTION;
        }
        admit(client, admitted, target, silent, answer);
      }
      case Decision.Refused(String reason) -> throw CommandException.error(reason);
      case Decision.WrongPassword() -> {
        long delay = failed(request, name);
        if (delay == 0) {
          throw WRONG_PASSWORD;
        }
        if (!mayWait) {
          client.connection().closeAfterReply();
          throw WRONG_PASSWORD;
        }
        refuseLater(request.copy(), silent, delay);
      }
      case Decision.Undecided(var comparison) -> {
        if (!mayWait) {
          throw IN_TRANSACTION;
        }
        hold(request);
        Request kept = request.copy();
        Thread.ofVirtual()
            .name("keyward-login")
            .start(
                () -> {
                  Decision reached = comparison.get();
                  keyspace(kept).loop().execute(() -> resume(kept, name, reached, silent, answer));
                });
      }
    }
  }

  private static BuiltinKeyspace keyspace(Request request) {
    return Database.of(request).keyspace();
  }

  private Keyspace target(Decision.Admitted admitted) {
    Deployment deployment = admitted.deployment();
    return deployment == null
        ? server.operatorKeyspace()
        : server.engine().open(deployment.prefix());
  }

  /**
   * Counts and notes a failure, whether or not the name is known elsewhere: what the client's
   * keyspace tells of it is the same.
   *
   * @return the milliseconds to wait before the answer
   */
  private long failed(Request request, String name) {
    Client client = request.client();
    StringBuilder line = new StringBuilder();
    ClientText.append(line, client, request);
    boolean queues = ClientState.of(client).transaction() != null;
    keyspace(request)
        .access()
        .noteFailedLogin(
            queues ? Context.MULTI : Context.TOPLEVEL,
            request.text(0),
            name,
            line.toString(),
            request.now());
    log.warn("Login failed, client addr={}", client.connection().remoteAddress());
    return server.tenancy().failedLogins().failed(session(client).host());
  }

  private static void hold(Request request) {
    request.client().blocked(true);
    ClientState.of(request.client()).unfinished(true);
  }

  private static void release(Client client) {
    client.blocked(false);
    client.connection().flushSoon();
    client.connection().resume();
  }

  private void refuseLater(Request request, boolean silent, long delay) {
    if (!request.client().blocked()) {
      hold(request);
    }
    var _ = keyspace(request).loop().schedule(delay, () -> refuse(request, silent, WRONG_PASSWORD));
  }

  private static void refuse(Request request, boolean silent, CommandException answer) {
    Client client = request.client();
    if (client.keyspace() != null) {
      keyspace(request).executor().abandon(request, reply(client, silent), answer);
      release(client);
    }
  }

  /**
   * Where the answer to a client is written, which a client may have said that it does not want.
   */
  private static Reply reply(Client client, boolean silent) {
    return silent ? new Reply() : client.reply();
  }

  private void resume(
      Request request, String name, Decision decision, boolean silent, Consumer<Reply> answer) {
    Client client = request.client();
    if (client.keyspace() == null) {
      return;
    }
    switch (decision) {
      case Decision.Admitted admitted -> {
        keyspace(request).executor().finish(request, 0);
        client.blocked(false);
        try {
          admit(client, admitted, target(admitted), silent, answer);
        } catch (CommandException full) {
          reply(client, silent).error(full.line());
        }
        release(client);
      }
      case Decision.Refused(String reason) ->
          refuse(request, silent, CommandException.error(reason));
      case Decision.WrongPassword wrong ->
          refuseLater(request, silent, Math.max(1, failed(request, name)));
      case Decision.Undecided again ->
          throw new IllegalStateException("a comparison ends with a decision");
    }
  }

  private void admit(
      Client client,
      Decision.Admitted admitted,
      Keyspace target,
      boolean silent,
      Consumer<Reply> answer) {
    Deployment deployment = admitted.deployment();
    Session session = session(client);
    boolean alreadyIn = deployment != null && session.isIn(deployment);
    if (deployment != null
        && !alreadyIn
        && !(server.doorway().hasPlaceIn(deployment) && deployment.enter())) {
      throw deployment.closed() || deployment.gone() ? CLOSED : TOO_MANY;
    }
    if (target.equals(client.keyspace())) {
      if (!alreadyIn) {
        session.take(deployment);
      }
      become(client, admitted, silent, answer);
      return;
    }
    session.moveTo(target, deployment, () -> become(client, admitted, silent, answer));
  }

  /** Makes the client who it is to be, or closes it, told why, if it cannot be. */
  private void become(
      Client client, Decision.Admitted admitted, boolean silent, Consumer<Reply> answer) {
    session(client).login(admitted.login());
    Reply reply = reply(client, silent);
    if (client.keyspace() instanceof BuiltinKeyspace keyspace) {
      AccessControl access = keyspace.access();
      User user = admitted.user().isEmpty() ? access.defaultUser() : access.user(admitted.user());
      if (user == null || !user.enabled()) {
        // The deployment has switched it off, or has removed it since the password was right.
        reply.error(WRONG_PASSWORD.line());
        client.connection().closeAfterReply();
        return;
      }
      keyspace.members().logIn(client, user);
      if (admitted.deployment() == null) {
        // He is no user of a keyspace; what he is listed as is his login.
        client.user(admitted.login());
      }
    }
    client.operator(admitted.deployment() == null || server.tenancy().single());
    answer.accept(reply);
  }
}
