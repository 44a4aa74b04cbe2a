package io.keyward.engine.builtin.stream;

import io.keyward.engine.CommandException;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Effects;
import io.keyward.engine.builtin.Key;
import org.jspecify.annotations.Nullable;

/** Finds groups and consumers by the arguments of a request. */
final class Consumers {
  private Consumers() {}

  /**
   * The group of a stream; key and group stand at arguments 1 and 2.
   *
   * @throws CommandException NOGROUP if the stream or the group is not there
   */
  static Group group(Request request, @Nullable Stream stream) {
    Group group = stream == null ? null : stream.group(request, 2);
    if (group == null) {
      throw new CommandException(
          "NOGROUP No such key '"
              + request.text(1)
              + "' or consumer group '"
              + request.text(2)
              + "'");
    }
    return group;
  }

  /** The group of a stream named by the arguments 2 and 3 of a subcommand. */
  static Group groupOfSubcommand(Request request, Stream stream) {
    Group group = stream.group(request, 3);
    if (group == null) {
      throw new CommandException(
          "NOGROUP No such consumer group '"
              + request.text(3)
              + "' for key name '"
              + request.text(2)
              + "'");
    }
    return group;
  }

  /** The consumer, made if it is not there, which is seen now. */
  static Consumer seen(Request request, int key, Stream stream, Group group, int argument) {
    Consumer consumer = group.consumer(request, argument);
    if (consumer == null) {
      consumer = create(request, key, stream, group, argument);
    }
    consumer.seenTime(now(request));
    return consumer;
  }

  /** Makes a consumer that is not there. */
  static Consumer create(Request request, int key, Stream stream, Group group, int argument) {
    Consumer consumer = group.addConsumer(key(request, argument), now(request));
    StreamValue.changedGroup(request, key, stream, "xgroup-createconsumer");
    if (request.command().name().equals("createconsumer")) {
      return consumer;
    }
    Effects effects = Database.of(request).keyspace().effects();
    if (effects.wanted()) {
      effects
          .begin(request, "XGROUP", 5)
          .argument("CREATECONSUMER")
          .key(request, key)
          .argument(group.name().bytes())
          .argument(request, argument)
          .end();
    }
    return consumer;
  }

  /** When a consumer is seen: what is replayed has no time of its own. */
  static long now(Request request) {
    return request.now() == BuiltinKeyspace.REPLAY_TIME
        ? System.currentTimeMillis()
        : request.now();
  }

  static Key key(Request request, int argument) {
    return Key.copyOf(request.bytes(), request.offset(argument), request.length(argument));
  }
}
