package io.keyward.engine.builtin.overview;

import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.ClientState;
import io.keyward.engine.builtin.Elsewhere;
import io.keyward.engine.builtin.LateReply;
import io.keyward.engine.builtin.Overview;
import io.keyward.engine.builtin.ScanOptions;
import io.keyward.engine.builtin.Transaction;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandFlag;
import io.keyward.engine.command.Reach;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Sends commands of the operator's clients to the homes of the keys that they name.
 *
 * <p>The clients are at one home. A command whose keys are all on another one is executed there by
 * an {@link Envoy}, and so is a transaction. Keys on several homes are asked for home by home where
 * that makes no difference (DEL, EXISTS, MGET, …); else the command is executed at the clients' own
 * home, where the key of another one is refused.
 */
public final class Relay implements Elsewhere {
  private static final CommandException DIVIDED =
      new CommandException(
          "EXECABORT Transaction discarded because of: CROSSSLOT the keys are of deployments that"
              + " live on different event loops");

  private static final CommandException NOT_EVERYWHERE =
      new CommandException(
          "EXECABORT Transaction discarded because of: " + Overview.NOT_IN_A_UNIT.line());

  private final BuiltinKeyspace own;
  private final List<BuiltinKeyspace> views;
  private final Overview overview;
  private final Map<Client, Map<BuiltinKeyspace, Envoy>> envoys = new ConcurrentHashMap<>();
  private final Map<Client, Reply> waiting = new HashMap<>();

  private Relay(List<BuiltinKeyspace> views, BuiltinKeyspace own) {
    this.views = List.copyOf(views);
    this.own = own;
    Overview seen = Overview.of(own);
    if (seen == null) {
      throw new IllegalArgumentException("no view of all keys");
    }
    overview = seen;
  }

  /**
   * Lets the clients of each view see what the others show, too.
   *
   * @param views one for each home
   */
  public static void connect(List<BuiltinKeyspace> views) {
    views.forEach(view -> view.executor().elsewhere(new Relay(views, view)));
  }

  @Override
  public boolean takes(Request request, Reply reply) {
    Command command = request.command();
    Client client = request.client();
    if (client.internal() || command.has(CommandFlag.PUBSUB)) {
      return false;
    }
    if (client.connection() instanceof Envoy) {
      return !command.has(CommandFlag.EXECUTES_QUEUE) && refusesHere(request, reply);
    }
    if (command.has(CommandFlag.EXECUTES_QUEUE)) {
      return takesTransaction(request, reply);
    }
    return switch (command.reach()) {
      case EVERYWHERE -> {
        if (views.size() == 1) {
          yield false;
        }
        Answers.Combination combination =
            command.tips().contains("response_policy:all_succeeded")
                ? Answers::first
                : Answers::join;
        Answers all = new Answers(LateReply.of(own, request), views.size(), combination);
        for (int i = 0; i < views.size(); i++) {
          int part = i;
          send(
              views.get(i),
              request.client(),
              List.of(request.copy()),
              answer -> all.add(part, answer));
        }
        yield true;
      }
      case OF_ITS_CURSOR -> {
        long cursor = ScanOptions.cursor(request, 1);
        BuiltinKeyspace next = overview.from(cursor >>> ScanOptions.CURSOR_BITS);
        yield next != null && forwards(request, viewOf(next));
      }
      case OF_ITS_KEYS -> takesKeys(request, reply);
    };
  }

  /** Looks before anything is done whether every key can be reached. */
  private boolean refusesHere(Request request, Reply reply) {
    try {
      return refuses(places(request), reply);
    } catch (CommandException refusal) {
      reply.error(refusal.line());
      return true;
    }
  }

  private BuiltinKeyspace viewOf(BuiltinKeyspace keyspace) {
    for (BuiltinKeyspace view : views) {
      if (view.home() == keyspace.home()) {
        return view;
      }
    }
    return own;
  }

  /**
   * Where each key of a request is.
   *
   * @throws CommandException if one belongs to no deployment, or to one that cannot be looked into
   */
  private Map<BuiltinKeyspace, List<Integer>> places(Request request) {
    List<Integer> keys = new ArrayList<>();
    try {
      request.command().keys(request, keys::add);
    } catch (CommandException malformed) {
      // The command itself says what is wrong with its arguments.
      return Map.of();
    }
    Map<BuiltinKeyspace, List<Integer>> places = new LinkedHashMap<>();
    for (int at : keys) {
      BuiltinKeyspace owner =
          overview.owner(request.bytes(), request.offset(at), request.length(at));
      if (owner == null) {
        throw Overview.NO_DEPLOYMENT;
      }
      if (owner.home() == own.home()) {
        // Refused now, if it is to be, and not when other keys have been changed.
        var _ =
            overview.lead(
                own.databases().at(0), request.bytes(), request.offset(at), request.length(at));
      }
      places.computeIfAbsent(viewOf(owner), k -> new ArrayList<>()).add(at);
    }
    return places;
  }

  /** As {@link #places}; of a key that belongs to nobody, here, where it is refused. */
  private Map<BuiltinKeyspace, List<Integer>> placesOfQueued(Request request) {
    try {
      return places(request);
    } catch (CommandException nobody) {
      return Map.of(own, List.of());
    }
  }

  private boolean takesKeys(Request request, Reply reply) {
    Map<BuiltinKeyspace, List<Integer>> places;
    try {
      places = places(request);
    } catch (CommandException refusal) {
      reply.error(refusal.line());
      return true;
    }
    if (places.isEmpty()) {
      return false;
    }
    boolean watches = request.command().has(CommandFlag.NOT_QUEUED);
    if (places.size() == 1 && !watches) {
      return forwards(request, places.keySet().iterator().next());
    }
    List<String> tips = request.command().tips();
    if (watches || !tips.contains("request_policy:multi_shard")) {
      return refuses(places, reply);
    }
    List<List<Integer>> parts = List.copyOf(places.values());
    Answers.Combination combination;
    if (tips.contains("response_policy:agg_sum")) {
      combination = Answers::sum;
    } else if (!request.command().write()) {
      combination = (answers, to) -> Answers.interleave(parts, answers, to);
    } else {
      return refuses(places, reply);
    }
    Answers all = new Answers(LateReply.of(own, request), parts.size(), combination);
    int part = 0;
    for (Map.Entry<BuiltinKeyspace, List<Integer>> place : places.entrySet()) {
      int which = part++;
      List<Request> sent = part(request, place.getValue());
      send(place.getKey(), request.client(), sent, answer -> all.add(which, answer));
    }
    return true;
  }

  /** Nothing is done of a command with keys on several homes, or watched ones on another. */
  private boolean refuses(Map<BuiltinKeyspace, List<Integer>> places, Reply reply) {
    if (places.isEmpty() || (places.size() == 1 && places.containsKey(own))) {
      return false;
    }
    reply.error(Overview.ELSEWHERE.line());
    return true;
  }

  /** The same command with some of its keys, which are all its arguments. */
  private static List<Request> part(Request request, List<Integer> keys) {
    Request part = new Request();
    Request copy = request.copy();
    part.begin(copy.bytes());
    part.add(copy.offset(0), copy.length(0));
    for (int key : keys) {
      part.add(copy.offset(key), copy.length(key));
    }
    return List.of(part);
  }

  private boolean takesTransaction(Request request, Reply reply) {
    Client client = request.client();
    ClientState state = ClientState.of(client);
    Transaction transaction = state.transaction();
    if (transaction == null || transaction.spoiled()) {
      return false;
    }
    BuiltinKeyspace target = null;
    boolean divided = false;
    for (Request queued : transaction.queue()) {
      if (views.size() > 1 && queued.command().reach() == Reach.EVERYWHERE) {
        state.endTransaction();
        transaction.end();
        reply.error(NOT_EVERYWHERE.line());
        return true;
      }
      for (BuiltinKeyspace view : placesOfQueued(queued).keySet()) {
        divided |= target != null && target != view;
        target = view;
      }
    }
    if (target == null || (target == own && !divided)) {
      return false;
    }
    boolean watches = state.watcher().size() > 0;
    List<Request> unit = new ArrayList<>();
    unit.add(words("MULTI"));
    transaction.queue().forEach(queued -> unit.add(queued.copy()));
    unit.add(words("EXEC"));
    state.endTransaction();
    transaction.end();
    if (divided || watches) {
      reply.error(DIVIDED.line());
      return true;
    }
    LateReply late = LateReply.of(own, request);
    send(target, client, unit, answer -> late.write(to -> to.raw(answer, 0, answer.length)));
    return true;
  }

  private static Request words(String word) {
    Request request = new Request();
    byte[] bytes = word.getBytes(StandardCharsets.US_ASCII);
    request.begin(bytes);
    request.add(0, bytes.length);
    return request;
  }

  private boolean forwards(Request request, BuiltinKeyspace view) {
    if (view == own) {
      return false;
    }
    LateReply late = LateReply.of(own, request);
    send(
        view,
        request.client(),
        List.of(request.copy()),
        answer -> late.write(to -> to.raw(answer, 0, answer.length)));
    return true;
  }

  /** What comes of requests, on the operator's loop. */
  private interface Answer {
    void arrives(byte[] reply);
  }

  private void send(BuiltinKeyspace view, Client client, List<Request> requests, Answer answer) {
    Envoy envoy = envoy(client, view);
    int database = client.database();
    boolean resp3 = client.reply().resp3();
    envoy
        .loop()
        .execute(
            () ->
                envoy.execute(
                    requests,
                    database,
                    resp3,
                    reply -> own.loop().execute(() -> arrives(client, reply, answer))));
  }

  private static void arrives(Client client, byte @Nullable [] reply, Answer answer) {
    if (reply == null) {
      client.connection().abort();
    } else {
      answer.arrives(reply);
    }
  }

  private Envoy envoy(Client client, BuiltinKeyspace view) {
    return envoys
        .computeIfAbsent(client, k -> new ConcurrentHashMap<>())
        .computeIfAbsent(
            view,
            k -> new Envoy(client, view, push -> own.loop().execute(() -> pushed(client, push))));
  }

  /** What comes while the client waits for a reply follows that. */
  private void pushed(Client client, byte[] push) {
    if (client.keyspace() != own) {
      return;
    }
    Reply before = waiting.get(client);
    if (before != null) {
      before.raw(push, 0, push.length);
    } else if (client.blocked()) {
      Reply held = new Reply();
      held.raw(push, 0, push.length);
      waiting.put(client, held);
      afterReply(client);
    } else {
      own.pushes().to(client).raw(push, 0, push.length);
    }
  }

  private void afterReply(Client client) {
    var _ =
        own.loop()
            .schedule(
                1,
                () -> {
                  if (client.blocked()) {
                    afterReply(client);
                    return;
                  }
                  Reply held = waiting.remove(client);
                  if (held != null && client.keyspace() == own) {
                    own.pushes().to(client).raw(held.bytes(), 0, held.length());
                  }
                });
  }

  @Override
  public Client standIn(Client client, Overview there) {
    return envoy(client, there.view()).client();
  }

  @Override
  public void forget(Client client) {
    waiting.remove(client);
    Map<BuiltinKeyspace, Envoy> ofClient = envoys.remove(client);
    if (ofClient != null) {
      ofClient.values().forEach(envoy -> envoy.loop().execute(envoy::leave));
    }
  }
}
