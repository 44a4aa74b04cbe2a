package io.keyward.engine.builtin.pubsub;

import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.PUBSUB;
import static io.keyward.engine.command.CommandFlag.STALE;

import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Channels;
import io.keyward.engine.builtin.Channels.Kind;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Key;
import io.keyward.engine.builtin.Overview;
import io.keyward.engine.builtin.OverviewChannels;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandGroup;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.text.Glob;
import org.jspecify.annotations.Nullable;

/** PUBSUB: which channels have listeners, and how many. */
final class PubSubQueries {
  private PubSubQueries() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("pubsub", CommandGroup.PUBSUB)
            .since("2.8.0")
            .summary("Tells about channels and listeners.")
            .complexity("Depends on subcommand.")
            .arity(-2)
            .subcommand(
                Command.named("channels", CommandGroup.PUBSUB)
                    .since("2.8.0")
                    .summary("Lists the channels that have listeners.")
                    .complexity(
                        "O(N) where N is the number of active channels, and assuming constant time"
                            + " pattern matching (relatively short channels and patterns)")
                    .syntax("[pattern]")
                    .arity(-2)
                    .flags(PUBSUB, LOADING, STALE)
                    .handler((request, reply) -> names(request, reply, Kind.CHANNEL)))
            .subcommand(
                Command.named("numpat", CommandGroup.PUBSUB)
                    .since("2.8.0")
                    .summary("Counts the patterns that have listeners.")
                    .complexity("O(1)")
                    .arity(2)
                    .flags(PUBSUB, LOADING, STALE)
                    .handler(PubSubQueries::patterns))
            .subcommand(
                Command.named("numsub", CommandGroup.PUBSUB)
                    .since("2.8.0")
                    .summary("Counts the listeners of each of the given channels.")
                    .complexity(
                        "O(N) for the NUMSUB subcommand, where N is the number of requested"
                            + " channels")
                    .syntax("[channel [channel ...]]")
                    .arity(-2)
                    .flags(PUBSUB, LOADING, STALE)
                    .handler((request, reply) -> listeners(request, reply, Kind.CHANNEL)))
            .subcommand(
                Command.named("shardchannels", CommandGroup.PUBSUB)
                    .since("7.0.0")
                    .summary("Lists the sharded channels that have listeners.")
                    .complexity(
                        "O(N) where N is the number of active shard channels, and assuming"
                            + " constant time pattern matching (relatively short shard channels).")
                    .syntax("[pattern]")
                    .arity(-2)
                    .flags(PUBSUB, LOADING, STALE)
                    .handler((request, reply) -> names(request, reply, Kind.SHARD_CHANNEL)))
            .subcommand(
                Command.named("shardnumsub", CommandGroup.PUBSUB)
                    .since("7.0.0")
                    .summary("Counts the listeners of each of the given sharded channels.")
                    .complexity(
                        "O(N) for the SHARDNUMSUB subcommand, where N is the number of requested"
                            + " shard channels")
                    .syntax("[shardchannel [shardchannel ...]]")
                    .arity(-2)
                    .flags(PUBSUB, LOADING, STALE)
                    .handler((request, reply) -> listeners(request, reply, Kind.SHARD_CHANNEL)))
            .withHelp("6.2.0"));
  }

  private static Channels channels(Request request) {
    return Database.of(request).keyspace().channels();
  }

  private static void names(Request request, Reply reply, Kind kind) {
    if (request.count() > 3) {
      throw Errors.misusedSubcommand(request);
    }
    Overview overview = overview(request);
    if (overview != null) {
      byte @Nullable [] pattern =
          request.count() == 2
              ? null
              : Key.copyOf(request.bytes(), request.offset(2), request.length(2)).bytes();
      OverviewChannels.names(overview, request, reply, kind, pattern);
      return;
    }
    int position = reply.beginArray();
    int found = 0;
    for (Key name : channels(request).namesOfAll(kind)) {
      byte[] bytes = name.bytes();
      if (request.count() == 2
          || Glob.matches(
              request.bytes(),
              request.offset(2),
              request.length(2),
              bytes,
              0,
              bytes.length,
              false)) {
        reply.bulk(bytes);
        found++;
      }
    }
    reply.endArray(position, found);
  }

  private static @Nullable Overview overview(Request request) {
    return Overview.of(Database.of(request).keyspace());
  }

  private static void patterns(Request request, Reply reply) {
    Overview overview = overview(request);
    if (overview == null) {
      reply.integer(channels(request).names(Kind.PATTERN).size());
    } else {
      OverviewChannels.patterns(overview, request, reply);
    }
  }

  private static void listeners(Request request, Reply reply, Kind kind) {
    Overview overview = overview(request);
    if (overview != null) {
      OverviewChannels.listeners(overview, request, reply, kind);
      return;
    }
    reply.array((request.count() - 2) * 2L);
    for (int i = 2; i < request.count(); i++) {
      Slices.step(request);
      Key name = Key.copyOf(request.bytes(), request.offset(i), request.length(i));
      reply.bulk(name.bytes());
      reply.integer(channels(request).listenersOfAll(kind, name));
    }
  }
}
