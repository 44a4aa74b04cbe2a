package io.keyward.engine.builtin;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Channels.Kind;
import io.keyward.engine.text.Glob;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The channels of all keyspaces as the operator sees them: each as {@code <prefix>::channel}.
 *
 * <p>Messages that the keyspaces' clients publish are heard here as well, on the loop of the
 * operator's clients, and are not counted as received. As long as none of these listens to
 * anything, that costs a publication one look at a field.
 */
public final class OverviewChannels {
  private final BuiltinKeyspace view;
  private final List<Home> homes;

  /**
   * Nobody listens yet.
   *
   * @param view the keyspace where the operator's clients are
   */
  OverviewChannels(BuiltinKeyspace view, List<Home> homes) {
    this.view = view;
    this.homes = List.copyOf(homes);
  }

  /** Has everything published told here from now on, or no longer. */
  void listening(Overview at, boolean any) {
    if (at.view() == view) {
      homes.forEach(home -> home.overheardBy(any ? this : null));
    }
  }

  /** The prefix, with its separator, under which the operator sees a channel. */
  private static byte[] prefix(BuiltinKeyspace from, byte[] channel, int offset, int length) {
    return from.routes() instanceof SharedRoutes its && its.cover(channel, offset, length)
        ? its.holder().effects().prefix()
        : from.effects().prefix();
  }

  private static byte[] join(byte[] before, byte[] bytes, int offset, int length) {
    byte[] whole = new byte[before.length + length];
    System.arraycopy(before, 0, whole, 0, before.length);
    System.arraycopy(bytes, offset, whole, before.length, length);
    return whole;
  }

  /** A client of a keyspace has published a message. */
  void hear(
      BuiltinKeyspace from,
      Kind kind,
      byte[] channel,
      int channelOffset,
      int channelLength,
      byte[] message,
      int messageOffset,
      int messageLength) {
    byte[] prefix = prefix(from, channel, channelOffset, channelLength);
    tell(
        kind,
        join(prefix, channel, channelOffset, channelLength),
        join(new byte[0], message, messageOffset, messageLength));
  }

  /** Delivers a message to the operator's clients under a name of theirs. */
  void tell(Kind kind, byte[] channel, byte[] message) {
    view.home().onLoop(() -> deliver(kind, channel, message));
  }

  private int deliver(Kind kind, byte[] channel, byte[] message) {
    return view.channels().deliver(kind, channel, 0, channel.length, message, 0, message.length);
  }

  /** Publishes in a keyspace what none of its clients has said. */
  private static int publishIn(BuiltinKeyspace owner, Kind kind, byte[] channel, byte[] message) {
    return owner
        .channels()
        .publishUnheard(kind, channel, 0, channel.length, message, 0, message.length);
  }

  /**
   * Publishes what a client of the operator says to a channel of a keyspace, or to one that is the
   * operator's own, and answers how many have received it.
   *
   * @param asked the view of the loop on which this is called
   */
  public void publish(Overview asked, Request request, Reply reply, Kind kind) {
    byte[] channel = join(new byte[0], request.bytes(), request.offset(1), request.length(1));
    byte[] message = join(new byte[0], request.bytes(), request.offset(2), request.length(2));
    BuiltinKeyspace owner = asked.owner(channel, 0, channel.length);
    if (owner == null) {
      reply.integer(deliver(asked, kind, channel, message));
      return;
    }
    int skipped = asked.skipped();
    byte[] own = join(new byte[0], channel, skipped, channel.length - skipped);
    byte[] seen = join(prefix(owner, own, 0, own.length), own, 0, own.length);
    if (owner.home() == asked.view().home()) {
      int received = publishIn(owner, kind, own, message);
      reply.integer(received + deliver(asked, kind, seen, message));
      return;
    }
    if (!asked.view().mayBlock(request.client())) {
      throw Overview.NOT_IN_A_UNIT;
    }
    LateReply late = LateReply.of(asked.view(), request);
    owner
        .loop()
        .execute(
            () -> {
              int received = publishIn(owner, kind, own, message);
              asked
                  .view()
                  .loop()
                  .execute(
                      () ->
                          late.write(
                              to -> to.integer(received + deliver(asked, kind, seen, message))));
            });
  }

  /**
   * On another loop than that of the operator's clients nobody can tell how many of them listen.
   */
  private int deliver(Overview asked, Kind kind, byte[] channel, byte[] message) {
    if (asked.view() == view) {
      return deliver(kind, channel, message);
    }
    tell(kind, channel, message);
    return 0;
  }

  /** Tells the names of a kind that have listeners, those that match a pattern if there is one. */
  public static void names(
      Overview asked, Request request, Reply reply, Kind kind, byte @Nullable [] pattern) {
    asked.gather(
        request,
        reply,
        OverviewChannels.ofHome(kind),
        (parts, to) -> {
          Set<Key> all = new LinkedHashSet<>();
          parts.forEach(all::addAll);
          all.removeIf(
              name ->
                  pattern != null
                      && !Glob.matches(
                          pattern, 0, pattern.length, name.bytes(), 0, name.bytes().length, false));
          to.array(all.size());
          all.forEach(name -> to.bulk(name.bytes()));
        });
  }

  /** Tells how many patterns have listeners. */
  public static void patterns(Overview asked, Request request, Reply reply) {
    asked.gather(
        request,
        reply,
        OverviewChannels.ofHome(Kind.PATTERN),
        (parts, to) -> to.integer(parts.stream().mapToLong(Set::size).sum()));
  }

  private static Key seenAs(byte[] prefix, Key name) {
    byte[] whole = join(prefix, name.bytes(), 0, name.bytes().length);
    return Key.copyOf(whole, 0, whole.length);
  }

  private static Function<Overview, Set<Key>> ofHome(Kind kind) {
    return overview -> {
      Set<Key> names = new LinkedHashSet<>(overview.view().channels().names(kind));
      for (BuiltinKeyspace keyspace : overview.keyspaces()) {
        byte[] prefix = keyspace.effects().prefix();
        for (Key name : keyspace.channels().names(kind)) {
          names.add(seenAs(prefix, name));
        }
      }
      return names;
    };
  }

  /** Tells how many listen to each of the channels that a request names. */
  public static void listeners(Overview asked, Request request, Reply reply, Kind kind) {
    Request copy = request.copy();
    asked.gather(
        request,
        reply,
        overview -> listeners(overview, copy, kind),
        (parts, to) -> {
          to.array((copy.count() - 2) * 2L);
          for (int i = 2; i < copy.count(); i++) {
            int at = i - 2;
            to.bulk(copy.bytes(), copy.offset(i), copy.length(i));
            to.integer(parts.stream().mapToLong(counts -> counts[at]).sum());
          }
        });
  }

  private static long[] listeners(Overview overview, Request request, Kind kind) {
    long[] counts = new long[request.count() - 2];
    for (int i = 2; i < request.count(); i++) {
      Key name = Key.copyOf(request.bytes(), request.offset(i), request.length(i));
      long count = overview.view().channels().listeners(kind, name);
      BuiltinKeyspace owner = overview.owner(name.bytes(), 0, name.bytes().length);
      if (owner != null && owner.home() == overview.view().home()) {
        int skipped = overview.skipped();
        Key own = Key.copyOf(name.bytes(), skipped, name.bytes().length - skipped);
        count += owner.channels().listenersOfAll(kind, own);
      }
      counts[i - 2] = count;
    }
    return counts;
  }
}
