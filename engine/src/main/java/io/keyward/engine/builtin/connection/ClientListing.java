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
import io.keyward.engine.builtin.ClientText;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Overview;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** CLIENT INFO and CLIENT LIST. */
final class ClientListing {
  private static final CommandException INVALID_ID = CommandException.error("Invalid client ID");

  /** What CLIENT LIST and KILL call the kinds of clients; the gateway has but two of them. */
  enum Kind {
    NORMAL,
    MASTER,
    REPLICA,
    PUBSUB;

    /**
     * The kind of this name.
     *
     * @throws CommandException if there is none
     */
    static Kind named(String name) {
      return switch (name.toLowerCase(Locale.ROOT)) {
        case "normal" -> NORMAL;
        case "master" -> MASTER;
        case "slave", "replica" -> REPLICA;
        case "pubsub" -> PUBSUB;
        default -> throw CommandException.error("Unknown client type '" + name + "'");
      };
    }

    boolean holds(Client client) {
      ClientState state = ClientState.of(client);
      Kind actual = state.replica() ? REPLICA : state.subscriptions() > 0 ? PUBSUB : NORMAL;
      return this == actual;
    }
  }

  private ClientListing() {}

  static CommandBuilder info() {
    return Command.named("info", CONNECTION)
        .since("6.2.0")
        .summary("Returns the connection's own line of CLIENT LIST.")
        .complexity("O(1)")
        .arity(2)
        .flags(NOSCRIPT, LOADING, STALE)
        .tips("nondeterministic_output")
        .handler(ClientListing::info);
  }

  static CommandBuilder list() {
    return Command.named("list", CONNECTION)
        .since("2.4.0")
        .summary("Returns a line for each connection.")
        .complexity("O(N) where N is the number of client connections")
        .syntax("[TYPE <NORMAL | MASTER | REPLICA | PUBSUB>] [ID client-id [client-id ...]]")
        .arity(-2)
        .flags(ADMIN, NOSCRIPT, LOADING, STALE)
        .tips("nondeterministic_output")
        .handler(ClientListing::list);
  }

  private static void info(Request request, Reply reply) {
    StringBuilder text = new StringBuilder(320);
    boolean forOperator = Overview.of(Database.of(request).keyspace()) != null;
    ClientText.append(text, request.client(), request, forOperator);
    send(text, reply);
  }

  private static void list(Request request, Reply reply) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    ToLongFunction<Client> idOf = idOf(keyspace);
    List<Long> ids = ids(request);
    Predicate<Client> wanted = wanted(request, ids, idOf);
    Overview overview = Overview.of(keyspace);
    if (overview == null) {
      send(ids, lines(List.of(keyspace), idOf, wanted, request, false), reply);
      return;
    }
    Request kept = request.copy();
    overview.gather(
        request,
        reply,
        each -> lines(each.rooms(), idOf, wanted, kept, true),
        (parts, to) -> {
          Map<Long, String> all = new LinkedHashMap<>();
          parts.forEach(all::putAll);
          send(ids, all, to);
        });
  }

  /** The number by which clients are named: the operator's are those among all connections. */
  static ToLongFunction<Client> idOf(BuiltinKeyspace keyspace) {
    return Overview.of(keyspace) == null ? Client::id : Client::serial;
  }

  /** The ids that a request asks for, in its order; none if it asks for all. */
  private static List<Long> ids(Request request) {
    List<Long> ids = new ArrayList<>();
    if (request.count() > 3 && request.is(2, "ID")) {
      for (int i = 3; i < request.count(); i++) {
        ids.add(request.integer(i, INVALID_ID));
      }
    }
    return ids;
  }

  private static Predicate<Client> wanted(
      Request request, List<Long> ids, ToLongFunction<Client> idOf) {
    if (request.count() == 2) {
      return client -> true;
    }
    if (request.count() == 4 && request.is(2, "TYPE")) {
      return Kind.named(request.text(3))::holds;
    }
    if (ids.isEmpty()) {
      throw Errors.SYNTAX;
    }
    Set<Long> named = Set.copyOf(ids);
    return client -> named.contains(idOf.applyAsLong(client));
  }

  /** The lines of the clients that are wanted, by their ids. */
  private static Map<Long, String> lines(
      Collection<BuiltinKeyspace> keyspaces,
      ToLongFunction<Client> idOf,
      Predicate<Client> wanted,
      Request asking,
      boolean forOperator) {
    Map<Long, String> lines = new LinkedHashMap<>();
    for (BuiltinKeyspace keyspace : keyspaces) {
      for (Client client : keyspace.clients()) {
        if (wanted.test(client)) {
          StringBuilder line = new StringBuilder(320);
          ClientText.append(line, client, asking, forOperator);
          lines.put(idOf.applyAsLong(client), line.toString());
        }
      }
    }
    return lines;
  }

  /** Sends the lines in the order in which ids have been asked for, if any have. */
  private static void send(List<Long> ids, Map<Long, String> lines, Reply reply) {
    StringBuilder text = new StringBuilder();
    Collection<Long> order = ids.isEmpty() ? lines.keySet() : ids;
    order.forEach(id -> text.append(lines.getOrDefault(id, "")));
    send(text, reply);
  }

  private static void send(StringBuilder text, Reply reply) {
    reply.verbatim("txt", text.toString().getBytes(StandardCharsets.ISO_8859_1));
  }
}
