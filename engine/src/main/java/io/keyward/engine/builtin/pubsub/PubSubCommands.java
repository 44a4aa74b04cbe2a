package io.keyward.engine.builtin.pubsub;

import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.MAY_REPLICATE;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.PUBSUB;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandFlag.WHILE_SUBSCRIBED;
import static io.keyward.engine.command.KeySpec.KeyFlag.NOT_KEY;

import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Channels;
import io.keyward.engine.builtin.Channels.Kind;
import io.keyward.engine.builtin.ClientState;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Key;
import io.keyward.engine.builtin.Limits;
import io.keyward.engine.builtin.Overview;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandGroup;
import io.keyward.engine.command.CommandTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** SUBSCRIBE, UNSUBSCRIBE, PUBLISH and their forms for patterns and shards. */
public final class PubSubCommands {
  private static final CommandException NOT_IN_TRANSACTION =
      CommandException.error("SSUBSCRIBE isn't allowed for a DENY BLOCKING client");

  private PubSubCommands() {}

  public static void declare(CommandTable table) {
    table.add(
        Command.named("subscribe", CommandGroup.PUBSUB)
            .since("2.0.0")
            .summary("Listens to messages of the given channels.")
            .complexity("O(N) where N is the number of channels to subscribe to.")
            .syntax("channel [channel ...]")
            .arity(-2)
            .flags(PUBSUB, NOSCRIPT, LOADING, STALE, WHILE_SUBSCRIBED)
            .channels(1, -1)
            .handler((request, reply) -> subscribe(request, reply, Kind.CHANNEL)));
    table.add(
        Command.named("unsubscribe", CommandGroup.PUBSUB)
            .since("2.0.0")
            .summary("Stops listening to the given channels, or to all.")
            .complexity("O(N) where N is the number of channels to unsubscribe.")
            .syntax("[channel [channel ...]]")
            .arity(-1)
            .flags(PUBSUB, NOSCRIPT, LOADING, STALE, WHILE_SUBSCRIBED)
            .handler((request, reply) -> unsubscribe(request, reply, Kind.CHANNEL)));
    table.add(
        Command.named("psubscribe", CommandGroup.PUBSUB)
            .since("2.0.0")
            .summary("Listens to messages of all channels that match one of the patterns.")
            .complexity("O(N) where N is the number of patterns to subscribe to.")
            .syntax("pattern [pattern ...]")
            .arity(-2)
            .flags(PUBSUB, NOSCRIPT, LOADING, STALE, WHILE_SUBSCRIBED)
            .channelPatterns(1, -1)
            .handler((request, reply) -> subscribe(request, reply, Kind.PATTERN)));
    table.add(
        Command.named("punsubscribe", CommandGroup.PUBSUB)
            .since("2.0.0")
            .summary("Stops listening by the given patterns, or by all.")
            .complexity("O(N) where N is the number of patterns to unsubscribe.")
            .syntax("[pattern [pattern ...]]")
            .arity(-1)
            .flags(PUBSUB, NOSCRIPT, LOADING, STALE, WHILE_SUBSCRIBED)
            .handler((request, reply) -> unsubscribe(request, reply, Kind.PATTERN)));
    table.add(
        Command.named("ssubscribe", CommandGroup.PUBSUB)
            .since("7.0.0")
            .summary("Listens to messages of the given sharded channels.")
            .complexity("O(N) where N is the number of shard channels to subscribe to.")
            .syntax("shardchannel [shardchannel ...]")
            .arity(-2)
            .flags(PUBSUB, NOSCRIPT, LOADING, STALE, WHILE_SUBSCRIBED)
            .keys(1, -1, 1, NOT_KEY)
            .channels(1, -1)
            .handler((request, reply) -> subscribe(request, reply, Kind.SHARD_CHANNEL)));
    table.add(
        Command.named("sunsubscribe", CommandGroup.PUBSUB)
            .since("7.0.0")
            .summary("Stops listening to the given sharded channels, or to all.")
            .complexity("O(N) where N is the number of shard channels to unsubscribe.")
            .syntax("[shardchannel [shardchannel ...]]")
            .arity(-1)
            .flags(PUBSUB, NOSCRIPT, LOADING, STALE, WHILE_SUBSCRIBED)
            .keys(1, -1, 1, NOT_KEY)
            .handler((request, reply) -> unsubscribe(request, reply, Kind.SHARD_CHANNEL)));
    table.add(
        Command.named("publish", CommandGroup.PUBSUB)
            .since("2.0.0")
            .summary("Sends a message to all who listen to a channel.")
            .complexity(
                "O(N+M) where N is the number of clients subscribed to the receiving channel and M"
                    + " is the total number of subscribed patterns (by any client).")
            .syntax("channel message")
            .arity(3)
            .flags(PUBSUB, LOADING, STALE, FAST, MAY_REPLICATE)
            .channels(1, 1)
            .handler((request, reply) -> publish(request, reply, Kind.CHANNEL)));
    table.add(
        Command.named("spublish", CommandGroup.PUBSUB)
            .since("7.0.0")
            .summary("Sends a message to all who listen to a sharded channel.")
            .complexity(
                "O(N) where N is the number of clients subscribed to the receiving shard channel.")
            .syntax("shardchannel message")
            .arity(3)
            .flags(PUBSUB, LOADING, STALE, FAST, MAY_REPLICATE)
            .key(1, NOT_KEY)
            .channels(1, 1)
            .handler((request, reply) -> publish(request, reply, Kind.SHARD_CHANNEL)));
    PubSubQueries.declare(table);
  }

  private static void subscribe(Request request, Reply reply, Kind kind) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    ClientState state = ClientState.of(request.client());
    if (kind == Kind.SHARD_CHANNEL && !keyspace.mayBlock(request.client())) {
      throw NOT_IN_TRANSACTION;
    }
    Limits limits = keyspace.limits();
    if (limits != null) {
      limits.subscribing(request.count() - 1);
    }
    Reply to = confirmations(keyspace, request, reply);
    String word =
        switch (kind) {
          case CHANNEL -> "subscribe";
          case PATTERN -> "psubscribe";
          case SHARD_CHANNEL -> "ssubscribe";
        };
    for (int i = 1; i < request.count(); i++) {
      Key name = Key.copyOf(request.bytes(), request.offset(i), request.length(i));
      keyspace.channels().subscribe(state, kind, name);
      confirm(to, word, name, count(state, kind));
    }
  }

  private static void unsubscribe(Request request, Reply reply, Kind kind) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    ClientState state = ClientState.of(request.client());
    Reply to = confirmations(keyspace, request, reply);
    if (request.count() == 1) {
      unsubscribeAll(keyspace.channels(), state, kind, to);
      return;
    }
    for (int i = 1; i < request.count(); i++) {
      Key name = Key.copyOf(request.bytes(), request.offset(i), request.length(i));
      keyspace.channels().unsubscribe(state, kind, name);
      confirm(to, unsubscribed(kind), name, count(state, kind));
    }
  }

  private static void unsubscribeAll(Channels channels, ClientState state, Kind kind, Reply reply) {
    List<Key> names = List.copyOf(Channels.own(state, kind));
    for (Key name : names) {
      channels.unsubscribe(state, kind, name);
      confirm(reply, unsubscribed(kind), name, count(state, kind));
    }
    if (names.isEmpty()) {
      confirm(reply, unsubscribed(kind), null, count(state, kind));
    }
  }

  private static String unsubscribed(Kind kind) {
    return switch (kind) {
      case CHANNEL -> "unsubscribe";
      case PATTERN -> "punsubscribe";
      case SHARD_CHANNEL -> "sunsubscribe";
    };
  }

  /** What the confirmation tells: sharded channels are counted by themselves. */
  private static int count(ClientState state, Kind kind) {
    return kind == Kind.SHARD_CHANNEL
        ? state.shardChannels().size()
        : state.channels().size() + state.patterns().size();
  }

  /** Confirmations are pushes: they come through although CLIENT REPLY drops the replies. */
  private static Reply confirmations(BuiltinKeyspace keyspace, Request request, Reply reply) {
    return request.client().silenced() ? keyspace.pushes().to(request.client()) : reply;
  }

  private static void confirm(Reply reply, String word, @Nullable Key name, int count) {
    reply.push(3);
    reply.bulk(word);
    if (name == null) {
      reply.nothing();
    } else {
      reply.bulk(name.bytes());
    }
    reply.integer(count);
  }

  private static void publish(Request request, Reply reply, Kind kind) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    Overview overview = Overview.of(keyspace);
    if (overview != null) {
      // The operator's clients publish to the channels of all deployments.
      overview.channels().publish(overview, request, reply, kind);
      return;
    }
    reply.integer(
        keyspace
            .channels()
            .publish(
                kind,
                request.bytes(),
                request.offset(1),
                request.length(1),
                request.bytes(),
                request.offset(2),
                request.length(2)));
  }
}
