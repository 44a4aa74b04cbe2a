package io.keyward.engine.builtin.connection;

import static io.keyward.engine.command.CommandFlag.ADMIN;
import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandGroup.CONNECTION;

import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.ClientState;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Overview;
import io.keyward.engine.builtin.acl.User;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * CLIENT KILL: closes the connections of the keyspace that meet every given filter.
 *
 * <p>A connection that closes itself gets its reply first; all others are closed at once.
 */
public final class ClientKill {
  private static final CommandException ID_TOO_SMALL =
      CommandException.error("client-id should be greater than 0");
  private static final CommandException NO_SUCH_CLIENT = CommandException.error("No such client");

  private ClientKill() {}

  static CommandBuilder declaration() {
    return Command.named("kill", CONNECTION)
        .since("2.4.0")
        .summary("Closes connections by address or by filters.")
        .complexity("O(N) where N is the number of client connections")
        .syntax(
            "<ip:port | FILTER [FILTER ...]>"
                .replace(
                    "FILTER",
                    "<[ID client-id] | [TYPE <NORMAL | MASTER | SLAVE | REPLICA | PUBSUB>] |"
                        + " [USER username] | [ADDR ip:port] | [LADDR ip:port] |"
                        + " [SKIPME <YES | NO>]>"))
        .arity(-3)
        .flags(ADMIN, NOSCRIPT, LOADING, STALE)
        .handler(ClientKill::kill);
  }

  private static void kill(Request request, Reply reply) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    boolean oneAddress = request.count() == 3;
    Predicate<Client> wanted = oneAddress ? at(request.text(2)) : filters(keyspace, request);
    Overview overview = Overview.of(keyspace);
    if (overview == null) {
      answer(close(keyspace, request, wanted), oneAddress, reply);
      return;
    }
    Request kept = request.copy();
    overview.gather(
        request,
        reply,
        each -> each.rooms().stream().mapToInt(room -> close(room, kept, wanted)).sum(),
        (counts, to) -> answer(counts.stream().mapToInt(Integer::intValue).sum(), oneAddress, to));
  }

  private static void answer(int closed, boolean oneAddress, Reply reply) {
    if (!oneAddress) {
      reply.integer(closed);
    } else if (closed == 0) {
      throw NO_SUCH_CLIENT;
    } else {
      reply.ok();
    }
  }

  private static Predicate<Client> at(String address) {
    return client -> client.connection().remoteAddress().equals(address);
  }

  private static Predicate<Client> filters(BuiltinKeyspace keyspace, Request request) {
    List<Predicate<Client>> wanted = new ArrayList<>();
    boolean skipMe = true;
    for (int i = 2; i < request.count(); i += 2) {
      if (i + 1 == request.count()) {
        throw Errors.SYNTAX;
      }
      String value = request.text(i + 1);
      if (request.is(i, "ID")) {
        long id = request.integer(i + 1, 1, Long.MAX_VALUE, ID_TOO_SMALL);
        ToLongFunction<Client> idOf = ClientListing.idOf(keyspace);
        wanted.add(client -> idOf.applyAsLong(client) == id);
      } else if (request.is(i, "TYPE")) {
        ClientListing.Kind kind = ClientListing.Kind.named(value);
        wanted.add(kind::holds);
      } else if (request.is(i, "ADDR")) {
        wanted.add(at(value));
      } else if (request.is(i, "LADDR")) {
        wanted.add(client -> client.connection().localAddress().equals(value));
      } else if (request.is(i, "USER")) {
        wanted.add(user(keyspace, value));
      } else if (request.is(i, "SKIPME")) {
        skipMe = request.is(i + 1, "YES");
        if (!skipMe && !request.is(i + 1, "NO")) {
          throw Errors.SYNTAX;
        }
      } else {
        throw Errors.SYNTAX;
      }
    }
    Client self = request.client();
    if (skipMe) {
      wanted.add(client -> client != self);
    }
    return client -> wanted.stream().allMatch(each -> each.test(client));
  }

  private static Predicate<Client> user(BuiltinKeyspace keyspace, String name) {
    if (Overview.of(keyspace) != null) {
      return client -> client.user().equals(name);
    }
    User user = keyspace.access().user(name);
    if (user == null) {
      throw CommandException.error("No such user '" + name + "'");
    }
    return client -> ClientState.of(client).user() == user;
  }

  /**
   * Closes all connections of a keyspace that are wanted.
   *
   * @return how many they were
   */
  public static int close(BuiltinKeyspace keyspace, Request request, Predicate<Client> wanted) {
    List<Client> found = new ArrayList<>();
    for (Client client : keyspace.clients()) {
      if (!client.closing() && wanted.test(client)) {
        found.add(client);
      }
    }
    for (Client client : found) {
      client.closing(true);
      if (client == request.client()) {
        client.connection().closeAfterReply();
      } else {
        client.connection().abort();
      }
    }
    return found.size();
  }
}
